/** The circuit breaker as a pure state machine: what calls have found out about the model server, and what follows from it. */

/** What one connection has shown. */
export type Evidence =
  /** The server serves. */
  | { readonly type: 'served' }
  /** The server did not serve. `late`: it did not answer in time. */
  | { readonly type: 'failed'; readonly code: string; readonly late?: true }
  /** The server refuses us until somebody does something: key, account, model, address. */
  | { readonly type: 'denied'; readonly code: string }

/** An open breaker: as far as is known, the server serves no calls. */
export interface Outage {
  /** Code of the failure that opened it. */
  readonly code: string
  /** `denied`: refused for good; `failed`: may be over at any time. */
  readonly kind: 'denied' | 'failed'
  /** Clock ms. */
  readonly since: number
}

/** State of a breaker; `outage` is there while it is open. */
export interface BreakerState {
  readonly outage?: Outage
  /** Latest results, oldest first. */
  readonly recent: readonly { readonly at: number; readonly weight: number }[]
  /** Weight of the failures since the server last served. */
  readonly failing: number
  /** Probes since it opened. */
  readonly probes: number
  /** When it closed last (clock ms). */
  readonly closedAt?: number
}

/** Closed, and nothing known. */
export const closedBreaker: BreakerState = { recent: [], failing: 0, probes: 0 }

/** Failures in a row that open it: the tries of one call. A late one has kept its caller waiting for seconds, and counts twice. */
const OPENS_AT = 3
const LATE_WEIGHT = 2
/** It also opens when half of the last twenty connections failed, within this time. */
const RECENT = 20
const RECENT_FAILURES = RECENT / 2
const RECENT_MS = 5 * 60_000

/** A restart of the server is over within a second; a long outage is asked about every five. */
const PROBE_AFTER_MS = [1_000, 2_000, 5_000] as const
/**
 * A permanent refusal needs an operator, so frequent probes are of no use. The first probe comes soon all the same, because one
 * call alone has opened the breaker.
 */
const PROBE_DENIED_MS = 30_000
/** Open again this soon after it closed, it is asked about at the slow pace from the beginning. */
const REOPENED_WITHIN_MS = 60_000

/** How long to wait before the next probe; `undefined` while closed. */
export const probeDelayMs = ({ outage, probes, closedAt }: BreakerState): number | undefined => {
  if (!outage) return undefined
  const isReopened = closedAt !== undefined && outage.since - closedAt < REOPENED_WITHIN_MS
  if (outage.kind === 'denied') return probes === 0 && !isReopened ? PROBE_AFTER_MS[0] : PROBE_DENIED_MS
  return isReopened ? PROBE_AFTER_MS[2] : (PROBE_AFTER_MS[probes] ?? PROBE_AFTER_MS[2])
}

/** A probe begins. */
export const probed = (state: BreakerState): BreakerState => ({ ...state, probes: state.probes + 1 })

const opened = (state: BreakerState, kind: Outage['kind'], code: string, now: number): BreakerState => ({
  ...state,
  outage: { kind, code, since: now },
  probes: 0,
})

/** The state after this evidence. */
export const withEvidence = (state: BreakerState, evidence: Evidence, now: number): BreakerState => {
  if (evidence.type === 'served' && state.outage) return { ...closedBreaker, closedAt: now }
  const weight = evidence.type === 'served' ? 0 : evidence.type === 'failed' && evidence.late ? LATE_WEIGHT : 1
  const next: BreakerState = {
    ...state,
    recent: [...state.recent.filter(({ at }) => now - at < RECENT_MS), { at: now, weight }].slice(-RECENT),
    failing: weight === 0 ? 0 : state.failing + weight,
  }
  if (evidence.type === 'served') return next
  if (evidence.type === 'denied')
    // A refusal says more than a failure: from now on it is asked about less often.
    return state.outage?.kind === 'denied' ? next : opened(next, 'denied', evidence.code, state.outage?.since ?? now)
  if (state.outage) return next
  const isOut = next.failing >= OPENS_AT || next.recent.filter((result) => result.weight > 0).length >= RECENT_FAILURES
  return isOut ? opened(next, 'failed', evidence.code, now) : next
}
