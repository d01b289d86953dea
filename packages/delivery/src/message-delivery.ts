import { systemClock, type Clock, type MessageBook, type StoredMessage } from '@llc-phone/core'
import type { MessageOutbox, PendingDelivery } from '@llc-phone/store'
import * as z from 'zod'
import { createEmail, emailSchema, type EmailSettings } from './email.ts'
import { createOutbox, type OutboxProblem, type Send } from './outbox.ts'
import { checkSettings } from './settings.ts'
import { createWebhook, webhookSchema, type WebhookEvent, type WebhookSettings } from './webhook.ts'

/** The part of the store's message book that keeps messages to send. */
export type DeliveryBook = Pick<MessageBook, 'take'> & MessageOutbox

/** A message that could not be delivered, without its text. The target is `webhook` or `email`. */
export interface DeliveryProblem extends Omit<OutboxProblem, 'id'> {
  readonly messageId: string
}

/** Options of the delivery. Without `webhook` and `email` messages are only stored. */
export interface DeliverySettings {
  readonly messages: DeliveryBook
  readonly webhook?: WebhookSettings | undefined
  readonly email?: EmailSettings | undefined
  readonly clock?: Clock
  /** For the log. */
  onProblem?(problem: DeliveryProblem): void
}

/** Sends messages after they are stored: at least once each, always under the same id. */
export interface MessageDelivery {
  /** The message book for the modes, in place of the store's: messages taken by it are also sent. */
  readonly messages: Pick<MessageBook, 'take'>
  /** Starts sending, also what an earlier process left. */
  start(): void
  /** Waits for current requests, five seconds at most; the next process sends the rest. */
  stop(): Promise<void>
}

const settingsSchema = z.object({ webhook: webhookSchema.optional(), email: emailSchema.optional() })

const eventOf = (message: StoredMessage): WebhookEvent => {
  const { id, callId, callerName, callerNumber, callerExtension, text, urgency, route, recordingUrl, createdAt } =
    message
  const data = { id, createdAt, callId, callerName, callerNumber, callerExtension, text, urgency, route, recordingUrl }
  return { id, type: 'message.taken', timestamp: createdAt, data }
}

/**
 * Sends stored messages by webhook and by e-mail, in the background: taking a message waits for the store, never for a
 * receiver. A failed message is retried for about a day and a half, also by a later process. Throws
 * `config_invalid`.
 *
 * @example
 * const delivery = createMessageDelivery({ messages: store.messages, webhook: { url, secret } })
 * delivery.start()
 * receptionist({ business, routes, messages: delivery.messages })
 */
export const createMessageDelivery = (settings: DeliverySettings): MessageDelivery => {
  const { messages, webhook, email, clock = systemClock, onProblem } = settings
  checkSettings('messages', settingsSchema, { webhook, email })
  const senders = new Map<string, Send<PendingDelivery>>()
  if (webhook) {
    const post = createWebhook(webhook, clock)
    senders.set('webhook', (message, signal) => post(eventOf(message), signal))
  }
  if (email) senders.set('email', createEmail(email))
  const deliverTo = [...senders.keys()].join('+')
  const outbox = createOutbox<PendingDelivery>({
    book: {
      pending: (until) => messages.pendingDeliveries(until),
      delivered: ({ id }) => messages.delivered(id),
      failed: ({ id }, nextAttemptAt) => messages.deliveryFailed(id, nextAttemptAt),
    },
    senders,
    clock,
    onProblem: ({ id, ...problem }) => onProblem?.({ messageId: id, ...problem }),
  })
  return {
    messages: {
      async take(message) {
        const receipt = await messages.take(deliverTo ? { ...message, deliverTo } : message)
        outbox.wake()
        return receipt
      },
    },
    start: outbox.start,
    stop: outbox.stop,
  }
}
