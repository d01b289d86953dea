/** Middle and tail of a series, in the unit it was measured in. */
export interface Quantiles {
  readonly count: number
  readonly p50: number
  readonly p99: number
}

/** Collects measurements while it is open. */
export const createSamples = () => {
  const values: number[] = []
  const quantiles = (): Quantiles => {
    const sorted = Float64Array.from(values).sort()
    const at = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
    return { count: sorted.length, p50: at(0.5), p99: at(0.99) }
  }
  return {
    add: (value: number): void => void values.push(value),
    quantiles,
    /** The quantiles so far, and a fresh start. */
    take(): Quantiles {
      const taken = quantiles()
      values.length = 0
      return taken
    },
  }
}
