import type { ModelQuota } from '../model.ts'
import type { WireResponse } from './protocol.ts'
import type { ReadError } from './server-errors.ts'
import { reasonOf, responseRetryAfterMs } from './translate.ts'

/** The budgets that are read; others are not known to limit calls. */
const budgets: ReadonlySet<unknown> = new Set(['requests', 'tokens'])
/** Longest time that a limit of a minute or an hour may name. */
const MAX_WHOLE_IN_MS = 600_000

/** The budgets of a `rate_limits.updated`; entries that make no sense are left out. */
export const quotasIn = (limits: unknown): readonly ModelQuota[] => {
  if (!Array.isArray(limits)) return []
  return limits.slice(0, 10).flatMap((entry: unknown): ModelQuota[] => {
    const { name, limit, remaining, reset_seconds: reset } = (entry ?? {}) as Record<string, unknown>
    if (!budgets.has(name) || typeof limit !== 'number' || typeof remaining !== 'number') return []
    const left = remaining / limit
    const wholeInMs = typeof reset === 'number' && reset >= 0 ? Math.min(reset * 1_000, MAX_WHOLE_IN_MS) : 0
    // A limit of 0 means that there is none.
    if (!(limit > 0) || !Number.isFinite(left)) return []
    return [{ type: 'left', budget: name as string, left: Math.min(1, Math.max(0, left)), wholeInMs }]
  })
}

/** Refusals that say "too many at once", and not that the account may not at all. */
const overloaded: ReadonlySet<unknown> = new Set(['rate_limit_exceeded', 'inference_rate_limit_exceeded'])

/** The refusal for load in an error, if it is one. */
export const quotaRefusal = ({
  code,
  retryAfterMs,
}: Pick<ReadError, 'code' | 'retryAfterMs'>): ModelQuota | undefined =>
  overloaded.has(code) ? { type: 'refused', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } : undefined

/** The same of a response that has failed. It is unchecked: a server may send anything, or nothing. */
export const quotaOfResponse = (response: unknown): ModelQuota | undefined => {
  if (typeof response !== 'object' || response === null) return undefined
  const failed = response as WireResponse
  return quotaRefusal({ code: reasonOf(failed), retryAfterMs: responseRetryAfterMs(failed) })
}

/**
 * The quota report for a handshake that was refused with 429. `retryAfter` is the header: seconds, or a date that is not read.
 */
export const refusedForLoad = ({ retryAfterMs }: ReadError, retryAfter: string | undefined): ModelQuota => {
  const headerMs = /^\d{1,5}$/.test(retryAfter ?? '')
    ? Math.min(Number(retryAfter) * 1_000, MAX_WHOLE_IN_MS)
    : undefined
  const waitMs = retryAfterMs ?? headerMs
  return { type: 'refused', ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) }
}
