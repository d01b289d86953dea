import type { Faults } from '../world/payloads.ts'
import type { Quantiles } from '../world/samples.ts'

/** What the bench tells its load generator. */
export type ToLoad =
  | {
      readonly type: 'begin'
      /** Where the relay under test listens. */
      readonly origin: string
      readonly calls: number
      readonly warmUpMs: number
      /** Pause between two rings; 25 ms when absent. */
      readonly ringEveryMs?: number
      readonly authToken: string
      /** The callers spread over these numbers. */
      readonly numbers: readonly string[]
    }
  | { readonly type: 'measure' }
  /** Tells what was seen since the last look, and forgets it. */
  | { readonly type: 'look' }
  | { readonly type: 'finish' }

/** The delays since the last look. */
export type Seen = Pick<LoadResult, 'toModelMs' | 'toCallerMs' | 'lateMs'>

/** What one run showed from outside the relay. */
export interface LoadResult {
  /** From the caller's frame being sent to the model having it, in milliseconds. */
  readonly toModelMs: Quantiles
  /** The same for the model's deltas on their way to the caller. */
  readonly toCallerMs: Quantiles
  /** From `start` on the media socket to the first greeting frame, for greetings that were ready before. */
  readonly greetingMs: Quantiles
  /** How late the load generator itself was: when this is large, so are the delays, and the relay is not to blame. */
  readonly lateMs: Quantiles
  readonly framesToModel: number
  readonly framesToCaller: number
  readonly faults: Faults
  /** Sockets that ended before their time. */
  readonly brokenSockets: number
  /** Those of callers among them; the model's end when other calls do. */
  readonly brokenCallers: number
}

/** What the load generator tells the bench. */
export type FromLoad =
  | { readonly type: 'listening'; readonly modelUrl: string; readonly restUrl: string }
  | { readonly type: 'live' }
  | { readonly type: 'seen'; readonly seen: Seen }
  | { readonly type: 'result'; readonly result: LoadResult }
