/** A token bucket for what one side of a call may send us. */
export interface Budget {
  /** Takes an amount at this time (ms); `false` when the bucket has too little, and nothing was taken. */
  take(nowMs: number, amount?: number): boolean
}

/** Creates a full bucket: `most` at once, `perSecond` in the long run. */
export const createBudget = ({ perSecond, most }: { readonly perSecond: number; readonly most: number }): Budget => {
  let left = most
  let countedAtMs: number | undefined
  return {
    take(nowMs, amount = 1) {
      left = Math.min(most, left + ((nowMs - (countedAtMs ?? nowMs)) / 1_000) * perSecond)
      countedAtMs = nowMs
      if (left < amount) return false
      left -= amount
      return true
    },
  }
}
