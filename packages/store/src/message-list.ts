import type { MessageKind, StoredMessage } from '@llc-phone/core'
import type { OutboundState } from './outbound-states.ts'

/** How far the delivery of a message to one destination is: delivered, tried again, or given up. */
export interface DeliveryState {
  /** The `to` of the destination. */
  readonly destination: string
  /** Attempts made. */
  readonly attempts: number
  /** Absent when it was sent or given up. */
  readonly nextAttemptAt?: Date
  readonly deliveredAt?: Date
  readonly gaveUpAt?: Date
  /** Why the last attempt failed, such as `HTTP 503`. */
  readonly problem?: string
}

/** A message as those read it who see to it. */
export interface ListedMessage extends StoredMessage {
  /** Absent while somebody has to see to it. */
  readonly doneAt?: Date
  readonly doneBy?: string
  readonly assignedTo?: string
  /** None: it was not to be sent anywhere. */
  readonly deliveries: readonly DeliveryState[]
  /** Of a wish to be called back: the last call that we have placed to its number since. */
  readonly calledBack?: { readonly callId: string; readonly state: OutboundState; readonly requestedAt: Date }
}

/** Which messages: those to which everything given applies. */
export interface MessageFilter {
  readonly done?: boolean | undefined
  readonly kind?: MessageKind | undefined
  /** A part of the recipient's name. */
  readonly recipient?: string | undefined
  readonly assignedTo?: string | undefined
  readonly urgent?: boolean | undefined
  /** Words in text or name. */
  readonly text?: string | undefined
  readonly callId?: string | undefined
  /** E.164; also those with an extension of it. */
  readonly number?: string | undefined
  /** The moment included. */
  readonly from?: Date | undefined
  /** The moment not included. */
  readonly to?: Date | undefined
  /** `failed`: given up at some destination; `pending`: still tried at some. */
  readonly delivery?: 'failed' | 'pending' | undefined
}

/** A place in the list. */
export interface MessagePosition {
  readonly createdAt: Date
  readonly id: string
}

/** What may change about a message; `null` takes it away. */
export interface MessageChange {
  readonly done?: boolean | undefined
  readonly assignedTo?: string | null | undefined
}

/** How many messages there are. */
export interface MessageCounts {
  /** Nobody has seen to them. */
  readonly toDo: number
  /** Of those to do, the urgent ones. */
  readonly urgent: number
  readonly done: number
}

/** The messages, for those who read them and see to them. */
export interface MessageList {
  /** The latest first, beginning behind `before`. Rows are read on the thread that carries audio: some hundred at a time. */
  page(filter: MessageFilter, limit: number, before?: MessagePosition): Promise<readonly ListedMessage[]>
  find(id: string): Promise<ListedMessage | undefined>
  /** Resolves to whether there is such a message. */
  change(id: string, change: MessageChange, by: string): Promise<boolean>
  counts(): Promise<MessageCounts>
}
