import type { Quantiles } from '../world/samples.ts'

/** Rings that come beside a load, for a process of their own. */
export interface Flood {
  readonly type: 'ring'
  readonly origin: string
  readonly authToken: string
  readonly numbers: readonly string[]
  readonly rings: number
  /** 0: all at once. */
  readonly perSecond: number
  /** How long an admitted caller talks, in milliseconds; 0: nobody joins the call. */
  readonly talkMs: number
}

/** What became of the rings. */
export interface FloodResult {
  readonly offered: number
  readonly admitted: number
  readonly refused: number
  /** No answer, or none that leads anywhere. */
  readonly failed: number
  /** Media streams of admitted calls that the gateway closed. */
  readonly dropped: number
  /** From the connection to the end of the answer. */
  readonly admittedMs: Quantiles
  readonly refusedMs: Quantiles
}

export type FromFlood = { readonly type: 'ready' } | { readonly type: 'rung'; readonly result: FloodResult }
