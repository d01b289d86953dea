/** The load of a process over one second: the event loop's delay (p99, ms) and the share of the heap's limit in use, 0 to 1. */
export interface LoadSample {
  readonly delayMs: number
  readonly heapShare: number
}

/** What the load allows: everything, no new outbound calls (`tight`), or no new calls at all (`full`). */
export type LoadLevel = 'normal' | 'tight' | 'full'

/** The brake: pulled by load, released when it has been low for a while. */
export interface Brake {
  readonly level: LoadLevel
  /** What pulled it last. */
  readonly by: 'delay' | 'heap'
  /** Since when the load has been low (ms). */
  readonly lowSinceMs?: number
  /** Whether the last sample was over the limit: one slow second alone is not an overload. */
  readonly wasSlow: boolean
}

/** Low load for this long releases the brake. */
const RELEASED_AFTER_MS = 6_000
/** From this share of the limit on, the delay counts as high: outbound calls stop, and a pulled brake is not released. */
const TIGHT_SHARE = 2 / 3
/** Above these shares of the heap's limit most time goes into garbage collection. */
const HEAP_FULL = 0.7
const HEAP_TIGHT = 0.6

/** The brake of a process that has just started. */
export const released: Brake = { level: 'normal', by: 'delay', wasSlow: false }

/** The brake after one more sample. `limitMs`: the delay above which callers hear it. */
export const brakeAfter = (brake: Brake, { delayMs, heapShare }: LoadSample, nowMs: number, limitMs: number): Brake => {
  const isSlow = delayMs > limitMs
  const isHigh = delayMs > limitMs * TIGHT_SHARE
  if (heapShare > HEAP_FULL) return { level: 'full', by: 'heap', wasSlow: isSlow }
  if (isSlow && brake.wasSlow) return { level: 'full', by: 'delay', wasSlow: true }
  if (isHigh || heapShare > HEAP_TIGHT) {
    const level = brake.level === 'normal' ? 'tight' : brake.level
    return { level, by: isHigh ? 'delay' : 'heap', wasSlow: isSlow }
  }
  const lowSinceMs = brake.lowSinceMs ?? nowMs
  return nowMs - lowSinceMs >= RELEASED_AFTER_MS ? released : { ...brake, lowSinceMs, wasSlow: false }
}
