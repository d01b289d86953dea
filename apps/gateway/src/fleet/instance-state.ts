import type { InstanceState } from '@llc-phone/store'

/** What the state of an instance follows from. */
export interface Circumstances {
  /** It listens, and has read its settings. */
  readonly serves: boolean
  /** Another process has its place. */
  readonly isFenced: boolean
  /** It was told to finish its calls. */
  readonly isDraining: boolean
  /** It hands the last ones over, or closes everything. */
  readonly isClosing: boolean
  /** It takes no new callers, as it has as many as it can carry. */
  readonly isFull: boolean
}

/** The state of an instance: the first that applies. */
export const stateOf = ({ serves, isFenced, isDraining, isClosing, isFull }: Circumstances): InstanceState => {
  if (isFenced) return 'fenced'
  if (isClosing) return 'closing'
  if (!serves) return 'starting'
  if (isDraining) return 'draining'
  return isFull ? 'full' : 'ready'
}

/**
 * The status of `GET /lbz`, for proxies: 200, send new calls; 404, only what belongs to calls of this instance; 503, nothing.
 * 404 is what HAProxy's `disable-on-404` understands so.
 */
export const lbzStatusOf = (state: InstanceState): 200 | 404 | 503 => {
  if (state === 'ready') return 200
  return state === 'draining' || state === 'full' ? 404 : 503
}
