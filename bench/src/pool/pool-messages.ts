import type { Quantiles } from '../world/samples.ts'

/** What the load is to do. */
export interface PoolJob {
  readonly origin: string
  /** Calls that are timed, one after the other. */
  readonly calls: number
  /** From a connection to `session.updated` (ms). */
  readonly startUpMs: number
}

/** What came of it. */
export interface PoolResult {
  /** From the webhook being posted to the first frame of audio that the caller gets (ms). */
  readonly firstAudioMs: Quantiles
  /** From the start of the media stream to that frame (ms). */
  readonly afterStreamMs: Quantiles
  /** Sessions that the model was asked for. */
  readonly sessions: number
  readonly silent: number
  readonly lateMs: Quantiles
}
