import { systemClock, type Clock, type MessageBook, type StoredMessage } from '@llc-phone/core'
import type { MessageOutbox, PendingDelivery } from '@llc-phone/store'
import * as z from 'zod'
import { createEmail, emailSchema, type EmailSettings } from './email.ts'
import { createOutbox, type OutboxProblem, type Send } from './outbox.ts'
import { checkSettings } from './settings.ts'
import { createWebhook, webhookSchema, type WebhookEvent, type WebhookSettings } from './webhook.ts'

/** The part of the store's message book that remembers what is still to be sent. */
export type DeliveryBook = Pick<MessageBook, 'take'> & MessageOutbox

/** A message that did not arrive, without a word of it. The target is `webhook` or `email`. */
export interface DeliveryProblem extends Omit<OutboxProblem, 'id'> {
  readonly messageId: string
}

/** What a delivery is made of. Without `webhook` and `email` messages are only stored. */
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
  /** For the modes, in place of the store's: what is taken here is sent too. */
  readonly messages: Pick<MessageBook, 'take'>
  /** Begins with what an earlier process has left. */
  start(): void
  /** Lets what is being sent finish, five seconds at most; the rest is sent by the next process. */
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
 * Sends stored messages by webhook and by e-mail, beside the calls: taking a message waits for the store, never for a
 * receiver. What could not be sent is tried again for about a day and a half, also by a later process. Throws
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
