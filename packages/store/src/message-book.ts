import type { StoredMessage } from '@llc-phone/core'

/** A message that is still to be sent to one destination. */
export interface PendingDelivery {
  readonly message: StoredMessage
  /** The `to` of the destination. Of messages from before there were several: `webhook` or `email`. */
  readonly destination: string
  /** Failed attempts to send it there. */
  readonly attempts: number
  readonly nextAttemptAt: Date
}

/** Which delivery: of this message, to this destination. */
export interface DeliveryRef {
  readonly messageId: string
  readonly destination: string
}

/**
 * Messages to send. A message and its pending deliveries are written together, so that neither outlives the other. A message
 * that was sent but not yet marked as sent when the process died is sent again, with the same id.
 */
export interface MessageOutbox {
  /** Takes over what an earlier version of the gateway has left to send. */
  adoptDeliveries(): Promise<void>
  /** Deliveries due by `until` (default: now), the longest due first; a hundred at most. */
  pendingDeliveries(until?: Date): Promise<readonly PendingDelivery[]>
  /**
   * Has a delivery for this process until then, so that no other one sends it meanwhile. `false`: somebody else has it, or it is
   * not due any more.
   */
  claimDelivery(delivery: DeliveryRef & Pick<PendingDelivery, 'nextAttemptAt'>, until: Date): Promise<boolean>
  delivered(delivery: DeliveryRef): Promise<void>
  /** Counts the attempt; `null` gives up, the message itself stays. `problem` is why, such as `HTTP 503`. */
  deliveryFailed(delivery: DeliveryRef, nextAttemptAt: Date | null, problem: string): Promise<void>
  /** Gives up a delivery in favour of these, unless the message has one to them already. */
  redirectDelivery(delivery: DeliveryRef, destinations: readonly string[], problem: string): Promise<void>
  /** Sends the message to these, whatever came of it before; `false`: there is no such message. */
  deliverAgain(messageId: string, destinations: readonly string[]): Promise<boolean>
}
