import type { Clock, E164 } from '@llc-phone/core'
import type { TurnedAwayBook, TurnedAwayCalls } from '@llc-phone/store'

const MINUTE_MS = 60_000
/** Minutes, numbers and reasons kept while the database fails; beyond it only the metrics count. */
const MAX_KEPT = 1_000

/** Counts callers who got no assistant by minute, number and reason, and stores the counts once a minute. */
export interface TurnedAwayCount {
  add(dialled: E164 | undefined, reason: string): void
  /** Stores what is counted. Never rejects: what cannot be stored is kept for the next time. */
  write(): Promise<void>
}

/** Creates the count. A thousand callers in a minute are one row. */
export const createTurnedAwayCount = (book: Pick<TurnedAwayBook, 'add'>, clock: Clock): TurnedAwayCount => {
  const counted = new Map<string, TurnedAwayCalls>()
  let isWaiting = false

  const count = (each: TurnedAwayCalls): void => {
    const key = `${each.minute.getTime()} ${each.dialled} ${each.reason}`
    const before = counted.get(key)
    if (!before && counted.size >= MAX_KEPT) return
    counted.set(key, { ...each, calls: (before?.calls ?? 0) + each.calls })
    if (isWaiting) return
    isWaiting = true
    clock.after(MINUTE_MS, () => void write())
  }

  const write = async (): Promise<void> => {
    isWaiting = false
    const now = [...counted.values()]
    counted.clear()
    try {
      await book.add(now)
    } catch {
      // The store reports its own failures.
      for (const each of now) count(each)
    }
  }

  return {
    add(dialled, reason) {
      const minute = new Date(Math.floor(clock.date().getTime() / MINUTE_MS) * MINUTE_MS)
      count({ minute, dialled: dialled ?? '', reason, calls: 1 })
    },
    write,
  }
}
