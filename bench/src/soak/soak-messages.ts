import type { Faults } from '../world/payloads.ts'
import type { Quantiles } from '../world/samples.ts'

/** What the load of a soak is to do. */
export interface SoakJob {
  readonly origin: string
  /** Calls at once. */
  readonly calls: number
  readonly shortestMs: number
  readonly longestMs: number
}

/** What came of it. */
export interface SoakResult {
  /** Calls that have come and gone. */
  readonly calls: number
  readonly faults: Faults
  readonly brokenSockets: number
  /** Calls that could not be placed. */
  readonly failed: number
  /** Model sessions that are open when all calls are over. */
  readonly openSessions: number
  readonly lateMs: Quantiles
}
