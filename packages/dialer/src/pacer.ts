import type { Clock } from '@llc-phone/core'

/** Rate limiter: `next` takes the next free moment and says how long to wait for it (ms). */
export const createPacer = (clock: Clock, perSecond: () => number) => {
  let nextMs = -Infinity
  return {
    next(): number {
      const atMs = Math.max(clock.now(), nextMs)
      nextMs = atMs + 1_000 / perSecond()
      return atMs - clock.now()
    },
    /** How long `next` would have to wait now (ms). */
    get waitMs(): number {
      return Math.max(0, nextMs - clock.now())
    },
    /** Returns the moment that was taken last, unused. */
    giveBack(): void {
      nextMs = clock.now()
    },
  }
}
