import type { Faults } from '../world/payloads.ts'
import type { Quantiles } from '../world/samples.ts'

/** How much is sent. */
export interface Amounts {
  readonly frames: number
  readonly events: number
  readonly requests: number
}

/** What the load of a fuzz run is told. */
export type ToFuzzLoad =
  | { readonly type: 'begin'; readonly origin: string; readonly seed: number }
  /** Send so much, or less when the time is over; calls and requests are counted on from what was sent before. */
  | { readonly type: 'send'; readonly amounts: Amounts; readonly limitMs?: number }
  | { readonly type: 'finish' }

/** What was sent, and what came of it. */
export interface FuzzLoadResult extends Amounts {
  readonly calls: number
  readonly sessions: number
  /** Answers by status; `0` is a connection closed without an answer. */
  readonly statuses: Readonly<Record<string, number>>
  /** What a gateway must not do, the first of many. */
  readonly wrong: readonly string[]
  readonly wrongCount: number
  /** Of the calls that behave, among all others. */
  readonly canary: {
    readonly calls: number
    readonly faults: Faults
    readonly framesToModel: number
    readonly framesToCaller: number
    readonly brokenSockets: number
    /** Holes within a reply, as the caller hears it. */
    readonly gaps: number
    readonly longestGapMs: number
    readonly toModelMs: Quantiles
    readonly toCallerMs: Quantiles
    readonly lateMs: Quantiles
  }
}

/** What the load of a fuzz run tells. */
export type FromFuzzLoad =
  | { readonly type: 'listening'; readonly modelUrl: string; readonly restUrl: string }
  | { readonly type: 'begun' }
  | { readonly type: 'sent' }
  | { readonly type: 'result'; readonly result: FuzzLoadResult }
