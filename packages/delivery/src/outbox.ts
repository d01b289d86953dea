import { pause, systemClock, type Clock, type Timer } from '@llc-phone/core'
import type { DeliveryWatch } from './watch.ts'

/** An item to send: one thing to one target. */
export interface OutboxItem {
  /** The same at every attempt, and of no other item. */
  readonly id: string
  /** Failed attempts. */
  readonly attempts: number
  /** When it is due; another time once it is claimed. */
  readonly nextAttemptAt: Date
}

/** Stores the items, also for a later process. */
export interface OutboxBook<Item extends OutboxItem> {
  /** Items due by `until`, the longest due first; only a part if there are many. */
  pending(until: Date): Promise<readonly Item[]>
  /** Has the item for this process, due again at `until`; `false`: another process has it. */
  claim(item: Item, until: Date): Promise<boolean>
  delivered(item: Item): Promise<void>
  /** Counts the attempt; `null` gives up. `cause` is that of the problem. */
  failed(item: Item, nextAttemptAt: Date | null, cause: string): Promise<void>
}

/** A failed attempt. */
export interface OutboxProblem<Item extends OutboxItem> {
  readonly item: Item
  /** This one included. */
  readonly attempts: number
  /** Whether this was the last attempt; the item stays in the store. */
  readonly gaveUp: boolean
  /** Such as `HTTP 503` or `ECONNREFUSED`. */
  readonly cause: string
}

/** Sends an item; resolves once the receiver has it. */
export type Send<Item> = (item: Item, signal: AbortSignal) => Promise<void>

/** Thrown by a sender when nothing can be sent with the present settings; the message says why, without secrets. */
export class NotConfigured extends Error {}

/** Options of an outbox. */
export interface OutboxSettings<Item extends OutboxItem> {
  readonly book: OutboxBook<Item>
  readonly send: Send<Item>
  readonly clock?: Clock | undefined
  readonly onProblem?: ((problem: OutboxProblem<Item>) => void) | undefined
  readonly onResult?: DeliveryWatch['onResult']
}

/** Sends the items that are due. */
export interface Outbox {
  /** Starts sending, also what an earlier process left. */
  start(): void
  /** Checks for due items at once; without it, that takes up to ten seconds. */
  wake(): void
  /** Waits for current requests, five seconds at most; the next process sends the rest. */
  stop(): Promise<void>
}

const MINUTE_MS = 60_000

/** Retry delays; after the last one, a day and a half, the item is given up. */
const RETRY_AFTER_MS = [0.5, 2, 10, 30, 60, 120, 240, 480, 1_200].map((minutes) => minutes * MINUTE_MS)

/** Interval of checks for due items. */
const LOOK_EVERY_MS = 10_000

/** How many are sent at once, so that a receiver that hangs does not hold up the others. */
const AT_ONCE = 4

const STOP_AFTER_MS = 5_000
const GIVEN_BACK_WITHIN_MS = 500

/** Longer than any attempt: then the process that has claimed an item is dead, and another one sends it. */
const CLAIMED_FOR_MS = 60_000

/** The answer of a mail server is its number: its words may repeat what it was sent. */
const smtpAnswer = (error: Error): string =>
  'responseCode' in error && typeof error.responseCode === 'number' ? ` ${error.responseCode}` : ''

const causeOf = (error: unknown): string => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof NotConfigured) return cause.message
    if ('code' in cause && typeof cause.code === 'string') return `${cause.code}${smtpAnswer(cause)}`
    if (/^HTTP \d+$/.test(cause.message) || cause.name === 'TimeoutError') return cause.message
  }
  return 'failed'
}

/** Sends each item at least once, by one process at a time, four at a time; failed ones are retried for about a day and a half. */
export const createOutbox = <Item extends OutboxItem>(settings: OutboxSettings<Item>): Outbox => {
  const { book, send, clock = systemClock, onProblem, onResult } = settings
  /** Received, but the book could not note it: within this process they are not sent again. */
  const received = new Set<string>()
  const sending = new Map<string, Promise<void>>()
  const cutOff = new AbortController()
  let due: Item[] = []
  let running = false
  let timer: Timer | undefined
  let looking: Promise<void> | undefined
  let again = false
  /** How many items the last check found, and how many results the book has stored: if storing fails, the next check waits. */
  let brought = 0
  let noted = 0

  const sendOne = async (found: Item): Promise<void> => {
    const { id, attempts } = found
    const claimedUntil = new Date(clock.date().getTime() + CLAIMED_FOR_MS)
    if (!(await book.claim(found, claimedUntil))) {
      noted++
      return
    }
    const item = { ...found, nextAttemptAt: claimedUntil }
    let cause: string | undefined
    try {
      if (!received.has(id)) await send(item, cutOff.signal)
      received.add(id)
    } catch (error) {
      // An attempt aborted by `stop` is no failure of the receiver; the item is still due.
      if (cutOff.signal.aborted) {
        await book.claim(item, found.nextAttemptAt)
        return
      }
      cause = causeOf(error)
    }
    const waitMs = RETRY_AFTER_MS[attempts]
    if (cause === undefined) await book.delivered(item)
    else await book.failed(item, waitMs === undefined ? null : new Date(clock.date().getTime() + waitMs), cause)
    noted++
    received.delete(id)
    if (cause === undefined) return onResult?.('delivered')
    onResult?.(waitMs === undefined ? 'given_up' : 'failed')
    onProblem?.({ item, attempts: attempts + 1, gaveUp: waitMs === undefined, cause })
  }

  const fill = (): void => {
    if (!running) return
    while (sending.size < AT_ONCE) {
      const next = due.shift()
      if (!next) return
      const sent = sendOne(next)
        // The next check retries; the store reports its own failures.
        .catch(() => {})
        .finally(() => {
          sending.delete(next.id)
          fill()
          const isThrough = due.length === 0 && sending.size === 0
          if (isThrough && brought > AT_ONCE && noted > 0) look()
        })
      sending.set(next.id, sent)
    }
  }

  const readDue = async (): Promise<void> => {
    // Start nothing until the book has answered, or an item could be sent, marked as sent, and then read as still due.
    due = []
    const begun = new Set(sending.keys())
    const pending = await book.pending(clock.date())
    brought = pending.length
    noted = 0
    due = pending.filter(({ id }) => !begun.has(id))
  }

  const look = (): void => {
    if (!running) return
    again = looking !== undefined
    if (again) return
    timer?.stop()
    timer = clock.after(LOOK_EVERY_MS, look)
    looking = readDue()
      .catch(() => {})
      .finally(() => {
        looking = undefined
        fill()
        if (again) look()
      })
  }

  return {
    start() {
      running = true
      look()
    },
    wake: look,
    async stop() {
      const finish = async (): Promise<void> => {
        // Send what `wake` announced just before, such as the last call that ended.
        await looking
        running = false
        await Promise.all(sending.values())
      }
      await pause(clock, STOP_AFTER_MS, finish())
      running = false
      timer?.stop()
      cutOff.abort()
      // What was aborted is given back, so that the next process need not wait for it.
      await pause(clock, GIVEN_BACK_WITHIN_MS, Promise.all(sending.values()))
    },
  }
}
