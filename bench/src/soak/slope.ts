/** One sample of a series: when, in milliseconds, and how much. */
export interface Sample {
  readonly atMs: number
  readonly value: number
}

/** How fast a series grows, for each hour, by least squares; and how far that may be off (two standard errors). */
export const slopeOf = (samples: readonly Sample[]): { readonly perHour: number; readonly within: number } => {
  const count = samples.length
  const meanAt = samples.reduce((total, { atMs }) => total + atMs, 0) / count
  const meanValue = samples.reduce((total, { value }) => total + value, 0) / count
  const spread = samples.reduce((total, { atMs }) => total + (atMs - meanAt) ** 2, 0)
  const slope = samples.reduce((total, { atMs, value }) => total + (atMs - meanAt) * (value - meanValue), 0) / spread
  const residual = samples.reduce(
    (total, { atMs, value }) => total + (value - meanValue - slope * (atMs - meanAt)) ** 2,
    0,
  )
  const error = count > 2 ? Math.sqrt(residual / (count - 2) / spread) : Infinity
  return { perHour: slope * 3_600_000, within: 2 * error * 3_600_000 }
}
