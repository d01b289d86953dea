import type { Clock } from '@llc-phone/core'

/** Spaces things out: `next` says how long the next one has to wait (ms), and takes that moment. */
export const createPacer = (clock: Clock, perSecond: number) => {
  const spacingMs = 1_000 / perSecond
  let nextMs = -Infinity
  return {
    next(): number {
      const atMs = Math.max(clock.now(), nextMs)
      nextMs = atMs + spacingMs
      return atMs - clock.now()
    },
    /** How long it would have to wait now. */
    get waitMs(): number {
      return Math.max(0, nextMs - clock.now())
    },
    /** The moment that was taken last was not used. */
    giveBack(): void {
      nextMs = clock.now()
    },
  }
}
