import { pause, systemClock, type Clock, type Timer } from '@llc-phone/core'

/** An item to send. */
export interface OutboxItem {
  /** The same at every attempt, so that receivers recognise duplicates. */
  readonly id: string
  /** Names of senders with `+` between them. */
  readonly deliverTo: string
  /** Failed attempts. */
  readonly attempts: number
}

/** Stores the items, also for a later process. */
export interface OutboxBook<Item extends OutboxItem> {
  /** Items due by `until`, the longest due first; only a part if there are many. */
  pending(until: Date): Promise<readonly Item[]>
  delivered(item: Item): Promise<void>
  /** Counts the attempt; `null` gives up. */
  failed(item: Item, nextAttemptAt: Date | null): Promise<void>
}

/** A failed attempt, without the content of the item. */
export interface OutboxProblem {
  readonly id: string
  /** The sender's name. */
  readonly target: string
  /** This one included. */
  readonly attempts: number
  /** Whether this was the last attempt; the item stays in the store. */
  readonly gaveUp: boolean
  /** Such as `HTTP 503` or `ECONNREFUSED`. */
  readonly cause: string
}

/** Sends an item; resolves once the receiver has it. */
export type Send<Item> = (item: Item, signal: AbortSignal) => Promise<void>

/** Options of an outbox. */
export interface OutboxSettings<Item extends OutboxItem> {
  readonly book: OutboxBook<Item>
  /** Senders by name. Without any, nothing is sent and nothing is given up. */
  readonly senders: ReadonlyMap<string, Send<Item>>
  readonly clock?: Clock | undefined
  readonly onProblem?: ((problem: OutboxProblem) => void) | undefined
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

/** Time limit of one attempt, so that a receiver that hangs does not hold up the others. */
const AT_ONCE = 4

const STOP_AFTER_MS = 5_000

const causeOf = (error: unknown): string => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
    if (/^HTTP \d+$/.test(cause.message) || cause.name === 'TimeoutError') return cause.message
  }
  return 'failed'
}

/** Sends each item at least once, always with the same id, four at a time; failed ones are retried for about a day and a half. */
export const createOutbox = <Item extends OutboxItem>(settings: OutboxSettings<Item>): Outbox => {
  const { book, senders, clock = systemClock, onProblem } = settings
  /** Targets that have received an item already: within this process, only the others are retried. */
  const done = new Map<string, Set<string>>()
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

  const sendTo = async (target: string, item: Item): Promise<string | undefined> => {
    const send = senders.get(target)
    if (!send) return 'not configured'
    try {
      await send(item, cutOff.signal)
      return undefined
    } catch (error) {
      return causeOf(error)
    }
  }

  const sendOne = async (item: Item): Promise<void> => {
    const { id, deliverTo, attempts } = item
    const has = done.get(id) ?? new Set()
    done.set(id, has)
    const problems: Pick<OutboxProblem, 'target' | 'cause'>[] = []
    const trySending = async (target: string): Promise<void> => {
      const cause = await sendTo(target, item)
      if (cause === undefined) has.add(target)
      else problems.push({ target, cause })
    }
    await Promise.all(
      deliverTo
        .split('+')
        .filter((target) => !has.has(target))
        .map(trySending),
    )
    // An attempt aborted by `stop` is no failure of the receiver; the item is still due.
    if (problems.length > 0 && cutOff.signal.aborted) return
    const waitMs = RETRY_AFTER_MS[attempts]
    if (problems.length === 0) await book.delivered(item)
    else await book.failed(item, waitMs === undefined ? null : new Date(clock.date().getTime() + waitMs))
    noted++
    // Not one report per message while a receiver is down.
    if (problems.length === 0 || waitMs === undefined || has.size === 0) done.delete(id)
    for (const problem of problems)
      onProblem?.({ id, ...problem, attempts: attempts + 1, gaveUp: waitMs === undefined })
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
      running = senders.size > 0
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
    },
  }
}
