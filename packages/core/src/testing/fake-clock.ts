import type { Clock } from '../clock.ts'

/** A clock that only a test moves. */
export interface FakeClock extends Clock {
  /** Advances time; runs due timers in order, and lets promises settle between them. */
  advance(ms: number): Promise<void>
  /** Lets time pass while nothing runs, as for a process that is stopped: timers are late. */
  freeze(ms: number): void
  /** Sets the wall clock forward or back, as a time server does, without time passing. */
  setWallClock(byMs: number): void
  /** Number of running timers. */
  readonly pending: number
}

/** Waits until all promises have settled that can without time passing. */
export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 8; turn++) await Promise.resolve()
}

/** Creates a fake clock at 0 ms, on the morning of 2 March 2026 UTC. */
export const fakeClock = (): FakeClock => {
  let nowMs = 0
  let wallMs = 0
  let order = 0
  const timers = new Map<number, { atMs: number; task: () => void }>()
  const nextDue = (untilMs: number): number | undefined =>
    [...timers].filter(([, { atMs }]) => atMs <= untilMs).toSorted(([a, x], [b, y]) => x.atMs - y.atMs || a - b)[0]?.[0]

  return {
    now: () => nowMs,
    date: () => new Date(Date.UTC(2026, 2, 2, 9, 0, 0) + nowMs + wallMs),
    after(delayMs, task) {
      const id = ++order
      timers.set(id, { atMs: nowMs + delayMs, task })
      return { stop: () => void timers.delete(id) }
    },
    async advance(ms) {
      const untilMs = nowMs + ms
      await settle()
      for (let id = nextDue(untilMs); id !== undefined; id = nextDue(untilMs)) {
        const { atMs, task } = timers.get(id)!
        timers.delete(id)
        nowMs = Math.max(nowMs, atMs)
        task()
        await settle()
      }
      nowMs = untilMs
    },
    freeze(ms) {
      nowMs += ms
    },
    setWallClock(byMs) {
      wallMs += byMs
    },
    get pending() {
      return timers.size
    },
  }
}
