import type { Quantiles } from '../world/samples.ts'

/** What the load of a greeting measurement is to do. */
export interface GreetingJob {
  readonly origin: string
  readonly calls: number
  /** From a connection to the model until it is configured (ms), in every call but the first. */
  readonly startUpMs: number
}

/** What came of it. */
export interface GreetingResult {
  readonly calls: number
  /** Greetings that the gateway has recorded from the first call: one. */
  readonly recorded: number
  /** From `start` being sent to the first audio. */
  readonly firstFrameMs: Quantiles
  /** Calls that heard nothing before they hung up. */
  readonly silent: number
  /** Calls whose model was configured when they heard the first audio, or that asked it for a reply. */
  readonly byModel: number
  readonly brokenSockets: number
  readonly lateMs: Quantiles
}
