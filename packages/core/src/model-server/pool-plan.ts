/** How many warm sessions a pool should have, as a pure function of the calls that came. */

/** Calls of one kind: when they came (clock ms, in order). */
export interface Demand {
  readonly name: string
  readonly arrivals: readonly number[]
}

/** Calls further back say nothing about the next one. */
export const REMEMBERED_MS = 10 * 60_000
/** A used session is replaced within this: until then calls have to share what there is. */
const BURST_MS = 5_000
/** One call in ten minutes does not make a line busy. */
const BUSY_CALLS = 2

/** The sessions that would have served the largest burst of these calls; 0 when hardly anybody calls. */
export const burstOf = (arrivals: readonly number[], now: number): number => {
  const recent = arrivals.filter((at) => now - at < REMEMBERED_MS)
  if (recent.length < BUSY_CALLS) return 0
  return Math.max(...recent.map((from, index) => recent.slice(index).filter((at) => at - from < BURST_MS).length))
}

/** Distributes up to `most` sessions: in turn to each kind until it has what its burst needs, the latest caller's kind first. */
export const planPool = (demands: readonly Demand[], most: number, now: number): ReadonlyMap<string, number> => {
  const wanted = demands
    .map(({ name, arrivals }) => ({ name, burst: burstOf(arrivals, now), latest: arrivals.at(-1) ?? 0 }))
    .toSorted((one, other) => other.latest - one.latest)
  const plan = new Map(wanted.map(({ name }) => [name, 0]))
  let left = most
  for (let round = 1; left > 0 && wanted.some(({ burst }) => burst >= round); round++)
    for (const { name, burst } of wanted)
      if (burst >= round && left > 0) {
        plan.set(name, round)
        left--
      }
  return plan
}
