/** Twilio sends a frame every 20 ms. */
export const TICK_MS = 20

/** Runs many 20 ms clocks with one timer, spread evenly over the tick so that calls do not beat in step. */
export interface Ticker {
  /** Calls `onTick` every 20 ms until the returned function is called. */
  add(onTick: (now: number) => void): () => void
  stop(): void
}

/** Starts at once. A late pass catches up, so that every clock keeps its rate, and tells for each millisecond how late it came. */
export const createTicker = (onSlot: (lateMs: number) => void): Ticker => {
  const slots = Array.from({ length: TICK_MS }, () => new Set<(now: number) => void>())
  const startedAt = performance.now()
  let passed = 0
  let added = 0

  const pass = (): void => {
    const elapsedMs = performance.now() - startedAt
    for (const due = Math.floor(elapsedMs); passed < due; passed++) {
      onSlot(elapsedMs - passed - 1)
      for (const onTick of slots[passed % TICK_MS]!) onTick(performance.now())
    }
  }
  const timer = setInterval(pass, 1)

  return {
    add(onTick) {
      // 7 and 20 have no common factor: neighbours land far apart and every slot fills equally.
      const slot = slots[(added++ * 7) % TICK_MS]!
      slot.add(onTick)
      return () => void slot.delete(onTick)
    },
    stop: () => clearInterval(timer),
  }
}
