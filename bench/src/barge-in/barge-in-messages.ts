import type { Quantiles } from '../world/samples.ts'

/** What the load of a barge-in measurement is to do. */
export interface BargeInJob {
  readonly origin: string
  readonly calls: number
  /** How often callers break in, all calls together. */
  readonly bargeIns: number
  /** One echo of ten is late by up to this, the others by a few milliseconds. */
  readonly jitterMs: number
}

/** What came of it. */
export interface BargeInResult {
  readonly bargeIns: number
  /** From `speech_started` being sent to `clear` having arrived. */
  readonly clearMs: Quantiles
  /** How far the position that the model was told is from what was played (the frame being played included). */
  readonly truncateErrorMs: Quantiles & { readonly max: number }
  /** Times no `clear` came, or no truncation. */
  readonly missing: number
  readonly brokenSockets: number
  readonly lateMs: Quantiles
}
