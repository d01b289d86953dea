/** An allowance that fills evenly with time, for what one side of a call may send us. */
export interface Budget {
  /** Takes an amount at this time (ms); `false`: it is not there, and nothing was taken. */
  take(nowMs: number, amount?: number): boolean
}

/** Creates a full budget: `most` at once, `perSecond` in the long run. */
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
