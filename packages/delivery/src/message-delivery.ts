import { systemClock, type Clock, type MessageBook, type StoredMessage } from '@llc-phone/core'
import type { MessageOutbox, PendingDelivery } from '@llc-phone/store'
import {
  destinationsFor,
  kindOf,
  obstacleTo,
  secretsSchema,
  shownDestination,
  type DeliverySecrets,
  type MessageDestination,
} from './destinations.ts'
import { createEmail } from './email.ts'
import { createOutbox, NotConfigured, type OutboxItem, type OutboxProblem } from './outbox.ts'
import { checkSettings } from './settings.ts'
import { createWebhook, type WebhookEvent } from './webhook.ts'
import type { DeliveryWatch } from './watch.ts'

/** The part of the store's message book that keeps messages to send. */
export type DeliveryBook = Pick<MessageBook, 'take'> & MessageOutbox

/** A message that could not be delivered, without its text. */
export interface DeliveryProblem extends Omit<OutboxProblem<OutboxItem>, 'item'> {
  readonly messageId: string
  /** As {@link shownDestination} has it. */
  readonly target: string
}

/** Options of the delivery. */
export interface DeliverySettings extends DeliveryWatch {
  readonly messages: DeliveryBook
  /** Where messages go now; asked for every message and every attempt. Without any, messages are only stored. */
  destinations(): readonly MessageDestination[]
  readonly secrets: DeliverySecrets
  /** Times in mails are of this zone; UTC when absent. */
  timeZone?(): string
  readonly clock?: Clock
  /** For the log. */
  onProblem?(problem: DeliveryProblem): void
}

/** Sends messages after they are stored: to each destination at least once, always under the same id. */
export interface MessageDelivery {
  /** The message book for the modes, in place of the store's: messages taken by it are also sent. */
  readonly messages: Pick<MessageBook, 'take'>
  /**
   * Sends a message again to where it goes by the present settings. Resolves to these destinations, as they are shown; to
   * `undefined` when there is no such message.
   */
  again(message: Pick<StoredMessage, 'id' | 'recipient' | 'urgency'>): Promise<readonly string[] | undefined>
  /** Starts sending, also what an earlier process left. */
  start(): void
  /** Waits for current requests, five seconds at most; the next process sends the rest. */
  stop(): Promise<void>
}

const eventOf = (message: StoredMessage): WebhookEvent => {
  const { recordingId: _id, idempotencyKey: _key, deliverTo: _to, kind = 'message', ...told } = message
  return { id: message.id, type: 'message.taken', timestamp: message.createdAt, data: { ...told, kind } }
}

const GONE = 'not configured: messages do not go there any more'

type Item = OutboxItem & PendingDelivery

/**
 * Sends stored messages by webhook and by e-mail, in the background: taking a message waits for the store, never for a
 * receiver. Each destination is tried by itself, for about a day and a half, also by a later process. A destination that
 * is not among the present ones gets nothing: those that are get it instead. One whose secret is not set counts as one that
 * has failed. Throws `config_invalid` for secrets that cannot be used.
 *
 * @example
 * const delivery = createMessageDelivery({ messages: store.messages, destinations: () => document.messages, secrets })
 * delivery.start()
 * receptionist({ business, routes, messages: delivery.messages })
 */
export const createMessageDelivery = (settings: DeliverySettings): MessageDelivery => {
  const {
    messages,
    destinations,
    secrets,
    timeZone,
    clock = systemClock,
    onProblem,
    onResult,
    traceparentOf,
  } = settings
  checkSettings('messages', secretsSchema, secrets)
  const mail = secrets.email && createEmail(secrets.email)

  /** Of messages from before there were several destinations: the first one of its kind. */
  const presentOf = (destination: string): string | undefined =>
    destinations().find(({ to }) => to === destination || kindOf(to) === destination)?.to

  const send = async ({ message, destination }: Item, signal: AbortSignal): Promise<void> => {
    const to = presentOf(destination)
    if (to === undefined) throw new NotConfigured(GONE)
    const obstacle = obstacleTo(to, secrets)
    if (obstacle !== undefined) throw new NotConfigured(`not configured: ${obstacle}`)
    if (kindOf(to) === 'email') return mail!(message, to, timeZone?.() ?? 'UTC')
    const post = createWebhook({ url: to, secret: secrets.webhookSecret! }, clock)
    return post({ ...eventOf(message), traceparent: traceparentOf?.(message.callId) }, signal)
  }

  /** Tells a delivery whose destination is gone to those that are present, so that a corrected address gets what waits. */
  const redirect = async ({ message, destination, attempts }: PendingDelivery): Promise<boolean> => {
    const isEarlier = destination === 'webhook' || destination === 'email'
    if (isEarlier || presentOf(destination) !== undefined) return false
    const instead = destinationsFor(message, destinations())
    if (instead.length === 0) return false
    await messages.redirectDelivery({ messageId: message.id, destination }, instead, GONE)
    const target = shownDestination(destination)
    onProblem?.({ messageId: message.id, target, attempts, gaveUp: true, cause: GONE })
    return true
  }

  const refOf = ({ message, destination }: Item) => ({ messageId: message.id, destination })
  const outbox = createOutbox<Item>({
    book: {
      async pending(until) {
        const found = await messages.pendingDeliveries(until)
        const redirected = await Promise.all(found.map(redirect))
        const due = redirected.includes(true) ? await messages.pendingDeliveries(until) : found
        return due.map((each) => ({ ...each, id: `${each.message.id} ${each.destination}` }))
      },
      claim: (item, until) => messages.claimDelivery({ ...refOf(item), nextAttemptAt: item.nextAttemptAt }, until),
      delivered: (item) => messages.delivered(refOf(item)),
      failed: (item, nextAttemptAt, cause) => messages.deliveryFailed(refOf(item), nextAttemptAt, cause),
    },
    send,
    clock,
    onResult,
    onProblem: ({ item, ...problem }) =>
      onProblem?.({ messageId: item.message.id, target: shownDestination(item.destination), ...problem }),
  })
  return {
    messages: {
      async take(message) {
        const receipt = await messages.take({ ...message, deliverTo: destinationsFor(message, destinations()) })
        outbox.wake()
        return receipt
      },
    },
    async again(message) {
      const to = destinationsFor(message, destinations())
      if (!(await messages.deliverAgain(message.id, to))) return undefined
      outbox.wake()
      return to.map(shownDestination)
    },
    start() {
      // If the database fails now, they are found at the next start.
      messages.adoptDeliveries().then(outbox.wake, () => {})
      outbox.start()
    },
    stop: outbox.stop,
  }
}
