import type { E164 } from '@llc-phone/core'

/** What is kept of a caller. */
export interface CallerTraces {
  /** Calls with this number, placed or taken, and those on which a message for it was left. */
  readonly callIds: readonly string[]
  /** How many of them go on. */
  readonly live: number
  readonly messages: number
  /** Whether the number stands among the people we call. */
  readonly contacts: number
}

/** What was deleted. */
export interface ErasedCaller {
  readonly calls: number
  readonly messages: number
  readonly notes: number
  readonly outboundCalls: number
  readonly contacts: number
}

/** Finds and deletes what is kept of one caller. Entries of the do-not-call list stay: the wish not to be called must be known. */
export interface CallerEraser {
  find(number: E164): Promise<CallerTraces>
  /** Deletes the traces, some calls at a time: after a failure, another try deletes the rest. */
  erase(number: E164, traces: Pick<CallerTraces, 'callIds'>): Promise<ErasedCaller>
  /**
   * Removes what deleted rows have left in the index for full text and in the log of the database (WAL), in small steps. Resolves
   * to `false` when another process reads the log just now: it then goes with a later checkpoint.
   */
  scrub(): Promise<boolean>
}
