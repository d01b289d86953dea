import type { ModelQuota } from '../model.ts'

/** How many more calls the model server's limits allow, and from when on. All times in ms of one clock. */
export interface ModelShare {
  /** By budget, such as tokens a minute: the share that was left, and when a fifth is there again. */
  readonly budgets: Readonly<Partial<Record<string, { readonly left: number; readonly enoughAtMs: number }>>>
  /** The server has refused for load: no new calls before this. */
  readonly closedUntilMs: number
  /** How often in a row it has refused. */
  readonly refusals: number
  /** Calls it carried when it refused; more are tried from `closedUntilMs` on, step by step. */
  readonly carried?: number
}

/** Below this share no new call is taken. */
const KEPT_FOR_CALLS = 0.1
/** Below this share no outbound call is placed. */
const KEPT_FOR_CALLERS = 0.2
/** Pause after a refusal that names none; doubled for each further one. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** A server that has recovered gets a tenth more every five seconds, so that waiting calls do not overload it again. */
const STEP_MS = 5_000
const STEP_SHARE = 0.1
/** After this long without a refusal there is no limit any more. */
const FORGOTTEN_AFTER_MS = 120_000

/** No limit is known. */
export const wholeShare: ModelShare = { budgets: {}, closedUntilMs: -Infinity, refusals: 0 }

/** The share after one more report of the server; `live` calls are up, the one that was refused among them. */
export const shareAfter = (share: ModelShare, quota: ModelQuota, live: number, nowMs: number): ModelShare => {
  if (quota.type === 'left') {
    const { budget, left, wholeInMs } = quota
    const missing = Math.max(0, KEPT_FOR_CALLERS - left)
    const enoughAtMs = nowMs + (wholeInMs * missing) / Math.max(1 - left, missing, Number.EPSILON)
    return { ...share, budgets: { ...share.budgets, [budget]: { left, enoughAtMs } } }
  }
  const isForgotten = nowMs - share.closedUntilMs > FORGOTTEN_AFTER_MS
  const carried = Math.max(1, Math.min(live - 1, (isForgotten ? undefined : share.carried) ?? Infinity))
  // Several calls meet the same refusal.
  if (nowMs < share.closedUntilMs) {
    const closedUntilMs = Math.max(share.closedUntilMs, nowMs + (quota.retryAfterMs ?? 0))
    return { ...share, closedUntilMs, carried }
  }
  const refusals = isForgotten ? 0 : share.refusals
  const pauseMs = quota.retryAfterMs ?? Math.min(FIRST_PAUSE_MS * 2 ** refusals, LONGEST_PAUSE_MS)
  return { ...share, closedUntilMs: nowMs + pauseMs, refusals: Math.min(refusals + 1, 10), carried }
}

/** Whether the server leaves room for one more call. Callers come before those we call. */
export const shareAllows = (
  { budgets, closedUntilMs, carried }: ModelShare,
  direction: 'inbound' | 'outbound',
  live: number,
  nowMs: number,
): boolean => {
  if (nowMs < closedUntilMs) return false
  const kept = direction === 'outbound' ? KEPT_FOR_CALLERS : KEPT_FOR_CALLS
  for (const budget of Object.values(budgets))
    if (budget && budget.left < kept && nowMs < budget.enoughAtMs) return false
  const openMs = nowMs - closedUntilMs
  if (carried === undefined || openMs > FORGOTTEN_AFTER_MS) return true
  const steps = 1 + Math.floor(openMs / STEP_MS)
  return live < carried + steps * Math.max(1, Math.floor(carried * STEP_SHARE))
}
