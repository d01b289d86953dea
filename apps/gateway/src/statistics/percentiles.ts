import { BIN_RATIO } from '@llc-phone/store'

/** Durations counted in bins, as the store does. */
export type Bins = ReadonlyMap<number, number>

/** Fewer calls than this say nothing about percentiles. */
export const LEAST_CALLS = 20
/** Bars of a distribution. */
const BARS = 20

/** Percentiles in ms, right to 1 %. */
export interface Percentiles {
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

/** A bar of a distribution: how many durations were that long. The last one has no end. */
export interface Bar {
  readonly fromMs: number
  readonly toMs?: number
  readonly count: number
}

/** Adds counts to others. */
export const addBins = (into: Map<number, number>, bins: Iterable<readonly [number, number]>): void => {
  for (const [bin, count] of bins) into.set(bin, (into.get(bin) ?? 0) + count)
}

const rounded = (ms: number): number => (ms < 10 ? Math.round(ms * 100) / 100 : Math.round(ms))

/** Percentiles of all that is counted; `undefined` when that is nothing. */
export const percentilesOf = (bins: Bins): Percentiles | undefined => {
  const sorted = [...bins].toSorted(([a], [b]) => a - b)
  const all = sorted.reduce((sum, [, count]) => sum + count, 0)
  if (all === 0) return undefined
  const at = (share: number): number => {
    // The nearest rank, and its place among those of the bin.
    const rank = Math.max(1, Math.ceil(all * share))
    let below = 0
    for (const [bin, count] of sorted) {
      if (below + count >= rank) return rounded(BIN_RATIO ** (bin + (rank - below - 0.5) / count))
      below += count
    }
    return rounded(BIN_RATIO ** sorted.at(-1)![0])
  }
  return { p50Ms: at(0.5), p95Ms: at(0.95), p99Ms: at(0.99) }
}

/** 1, 2 or 5 times a power of ten, at least that large. */
const roundStep = (least: number): number => {
  const power = 10 ** Math.floor(Math.log10(least))
  return [1, 2, 2.5, 5, 10].map((times) => times * power).find((step) => step >= least)!
}

/** Twenty bars of equal width up to the slowest hundredth, which are all in the last one; none when nothing is counted. */
export const distributionOf = (bins: Bins): readonly Bar[] => {
  const slow = percentilesOf(bins)?.p99Ms
  if (slow === undefined) return []
  const stepMs = roundStep(Math.max(slow, 1) / (BARS - 1))
  const counts = Array.from({ length: BARS }, () => 0)
  for (const [bin, count] of bins) counts[Math.min(BARS - 1, Math.floor(BIN_RATIO ** (bin + 0.5) / stepMs))]! += count
  return counts.map((count, index) => ({
    fromMs: index * stepMs,
    ...(index < BARS - 1 ? { toMs: (index + 1) * stepMs } : {}),
    count,
  }))
}
