import {
  GatewayError,
  systemClock,
  type Clock,
  type MessageBook,
  type StoredMessage,
  type Timer,
} from '@llc-phone/core'
import * as z from 'zod'
import { createEmail, emailSchema, type EmailSettings } from './email.ts'
import { createWebhook, webhookSchema, type WebhookSettings } from './webhook.ts'

interface PendingMessage extends StoredMessage {
  readonly deliverTo: string
  readonly attempts: number
}

/** The part of the store's message book that remembers what is still to be sent. */
export interface DeliveryBook extends Pick<MessageBook, 'take'> {
  pendingDeliveries(until?: Date): Promise<readonly PendingMessage[]>
  delivered(id: string): Promise<void>
  deliveryFailed(id: string, nextAttemptAt: Date | null): Promise<void>
}

/** Something that went wrong on the way, without a word of the message. */
export interface DeliveryProblem {
  readonly messageId: string
  /** `webhook` or `email`. */
  readonly target: string
  /** This one included. */
  readonly attempts: number
  /** No further attempt: the message stays in the store. */
  readonly gaveUp: boolean
  /** Such as `HTTP 503` or `ECONNREFUSED`. */
  readonly cause: string
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

type Send = (message: StoredMessage, signal: AbortSignal) => Promise<void>

const MINUTE_MS = 60_000

/** After the last one, a day and a half, nobody is waiting for the message any more. */
const RETRY_AFTER_MS = [0.5, 2, 10, 30, 60, 120, 240, 480, 1_200].map((minutes) => minutes * MINUTE_MS)

/** A message that became due while nobody looked waits at most this long. */
const LOOK_EVERY_MS = 10_000

/** A receiver that hangs must not hold up all the others. */
const AT_ONCE = 4

const STOP_AFTER_MS = 5_000

const settingsSchema = z.object({ webhook: webhookSchema.optional(), email: emailSchema.optional() })

const causeOf = (error: unknown): string => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
    if (/^HTTP \d+$/.test(cause.message) || cause.name === 'TimeoutError') return cause.message
  }
  return 'failed'
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
  const checked = settingsSchema.safeParse({ webhook, email })
  if (!checked.success) {
    const problems = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new GatewayError('config_invalid', `The delivery of messages has mistakes: ${problems.join('; ')}.`)
  }
  const senders = new Map<string, Send>()
  if (webhook)
    senders.set(
      'webhook',
      createWebhook(webhook, () => clock.date()),
    )
  if (email) senders.set('email', createEmail(email))
  const deliverTo = [...senders.keys()].join('+')

  /** Of a message with two targets, those that have it: only the other is tried again while this process lives. */
  const done = new Map<string, Set<string>>()
  const cutOff = new AbortController()
  let running = false
  let timer: Timer | undefined
  let round: Promise<void> | undefined
  let again = false

  const sendTo = async (target: string, message: StoredMessage): Promise<string | undefined> => {
    const send = senders.get(target)
    if (!send) return 'not configured'
    try {
      await send(message, cutOff.signal)
      return undefined
    } catch (error) {
      return causeOf(error)
    }
  }

  const sendOne = async ({ deliverTo: names, attempts, ...message }: PendingMessage): Promise<void> => {
    const { id } = message
    const has = done.get(id) ?? new Set()
    done.set(id, has)
    const problems: Pick<DeliveryProblem, 'target' | 'cause'>[] = []
    const trySending = async (target: string): Promise<void> => {
      const cause = await sendTo(target, message)
      if (cause === undefined) has.add(target)
      else problems.push({ target, cause })
    }
    await Promise.all(
      names
        .split('+')
        .filter((target) => !has.has(target))
        .map(trySending),
    )
    // What our own end cut off was no failure of the receiver, and is still due.
    if (problems.length > 0 && cutOff.signal.aborted) return
    const waitMs = RETRY_AFTER_MS[attempts]
    if (problems.length === 0) await messages.delivered(id)
    else await messages.deliveryFailed(id, waitMs === undefined ? null : new Date(clock.date().getTime() + waitMs))
    for (const problem of problems)
      onProblem?.({ ...problem, messageId: id, attempts: attempts + 1, gaveUp: waitMs === undefined })
    if (problems.length === 0 || waitMs === undefined) done.delete(id)
  }

  const sendDue = async (): Promise<void> => {
    const due = [...(await messages.pendingDeliveries(clock.date()))]
    const sendNext = async (): Promise<void> => {
      const next = running ? due.shift() : undefined
      if (!next) return
      await sendOne(next)
      await sendNext()
    }
    await Promise.all(Array.from({ length: AT_ONCE }, sendNext))
  }

  const look = (): void => {
    if (!running) return
    again = round !== undefined
    if (again) return
    timer?.stop()
    timer = clock.after(LOOK_EVERY_MS, look)
    // A database that fails now is asked again in a moment; the store's own errors are reported where it is used.
    round = sendDue()
      .catch(() => {})
      .finally(() => {
        round = undefined
        if (again) look()
      })
  }

  return {
    messages: {
      async take(message) {
        const receipt = await messages.take(deliverTo ? { ...message, deliverTo } : message)
        look()
        return receipt
      },
    },
    start() {
      running = deliverTo !== ''
      look()
    },
    async stop() {
      running = false
      timer?.stop()
      const late = new Promise<void>((resolve) => cutOff.signal.addEventListener('abort', () => resolve()))
      const deadline = clock.after(STOP_AFTER_MS, () => cutOff.abort())
      await Promise.race([round, late])
      deadline.stop()
      cutOff.abort()
    },
  }
}
