/** A token bucket: limits the rate of something, with room for a burst. */
export interface Budget {
  /** Takes an amount at this time (ms); `false` when the bucket has too little, and nothing was taken. */
  take(nowMs: number, amount?: number): boolean
  /** The amount left at this time (ms); below 0 when it is overdrawn. */
  left(nowMs: number): number
  /** Takes one at this time (ms) whether it is there or not; overdrawn by a full budget at most. */
  overdraw(nowMs: number): void
}

/** Creates a full bucket: `most` at once, `perSecond` in the long run. */
export const createBudget = ({ perSecond, most }: { readonly perSecond: number; readonly most: number }): Budget => {
  let left = most
  let filledAtMs: number | undefined

  const fill = (nowMs: number): number => {
    const passedMs = nowMs - (filledAtMs ?? nowMs)
    filledAtMs = nowMs
    // Without a limit, nothing times infinity would be no number.
    if (passedMs > 0) left = Math.min(most, left + (passedMs / 1_000) * perSecond)
    return left
  }

  return {
    take(nowMs, amount = 1) {
      if (fill(nowMs) < amount) return false
      left -= amount
      return true
    },
    left: fill,
    overdraw(nowMs) {
      left = Math.max(fill(nowMs) - 1, -most)
    },
  }
}
