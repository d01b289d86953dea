import { pause, systemClock, type Clock, type Timer } from '@llc-phone/core'

/** Something that is still to be sent. */
export interface OutboxItem {
  /** The same at every attempt: receivers notice by it what they have already. */
  readonly id: string
  /** Names of senders with `+` between them. */
  readonly deliverTo: string
  /** How often it was tried. */
  readonly attempts: number
}

/** What remembers the items, also for a later process. */
export interface OutboxBook<Item extends OutboxItem> {
  /** What is due by `until`, the longest due first; a part of it when there is much. */
  pending(until: Date): Promise<readonly Item[]>
  delivered(item: Item): Promise<void>
  /** Counts the attempt; `null` gives up. */
  failed(item: Item, nextAttemptAt: Date | null): Promise<void>
}

/** Something that went wrong on the way, without a word of what was to be sent. */
export interface OutboxProblem {
  readonly id: string
  /** The sender's name. */
  readonly target: string
  /** This one included. */
  readonly attempts: number
  /** No further attempt: the item stays in the store. */
  readonly gaveUp: boolean
  /** Such as `HTTP 503` or `ECONNREFUSED`. */
  readonly cause: string
}

/** Resolves once the receiver has it. */
export type Send<Item> = (item: Item, signal: AbortSignal) => Promise<void>

/** What an outbox is made of. */
export interface OutboxSettings<Item extends OutboxItem> {
  readonly book: OutboxBook<Item>
  /** By name. Without any nothing is sent, and nothing is given up. */
  readonly senders: ReadonlyMap<string, Send<Item>>
  readonly clock?: Clock | undefined
  readonly onProblem?: ((problem: OutboxProblem) => void) | undefined
}

/** Sends what a book says is due. */
export interface Outbox {
  /** Begins with what an earlier process has left. */
  start(): void
  /** Something may have become due: without this it is noticed at the next look, ten seconds later at most. */
  wake(): void
  /** Lets what is being sent finish, five seconds at most; the rest is sent by the next process. */
  stop(): Promise<void>
}

const MINUTE_MS = 60_000

/** After the last one, a day and a half, nobody is waiting for it any more. */
const RETRY_AFTER_MS = [0.5, 2, 10, 30, 60, 120, 240, 480, 1_200].map((minutes) => minutes * MINUTE_MS)

/** What became due while nobody looked waits at most this long. */
const LOOK_EVERY_MS = 10_000

/** A receiver that hangs must not hold up all the others. */
const AT_ONCE = 4

const STOP_AFTER_MS = 5_000

const causeOf = (error: unknown): string => {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code
    if (/^HTTP \d+$/.test(cause.message) || cause.name === 'TimeoutError') return cause.message
  }
  return 'failed'
}

/** At least once each, always under the same id, four at a time; what fails is tried again for about a day and a half. */
export const createOutbox = <Item extends OutboxItem>(settings: OutboxSettings<Item>): Outbox => {
  const { book, senders, clock = systemClock, onProblem } = settings
  /** Of an item with several targets, those that have it: only the others are tried again while this process lives. */
  const done = new Map<string, Set<string>>()
  const sending = new Map<string, Promise<void>>()
  const cutOff = new AbortController()
  let due: Item[] = []
  let running = false
  let timer: Timer | undefined
  let looking: Promise<void> | undefined
  let again = false
  /** What the last look has brought, and how much of it the book has noted: what it cannot note is not asked for at once. */
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
    // What our own end cut off was no failure of the receiver, and is still due.
    if (problems.length > 0 && cutOff.signal.aborted) return
    const waitMs = RETRY_AFTER_MS[attempts]
    if (problems.length === 0) await book.delivered(item)
    else await book.failed(item, waitMs === undefined ? null : new Date(clock.date().getTime() + waitMs))
    noted++
    // While a receiver is away there would be one of these for every message.
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
        // A database that fails now is asked again in a moment; the store's own errors are reported where it is used.
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
    // Until the book has answered nothing is begun, so that nothing can be sent, noted, and then read as still due.
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
        // Woken a moment ago, as by the last call that ended: that one still goes out.
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
