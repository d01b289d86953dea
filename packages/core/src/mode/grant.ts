/** Limits of what one call may do, for a model that was manipulated or has lost its way. */
export interface Grant {
  /** Tool calls; what ends a call is always allowed. */
  readonly toolCalls: number
  /** Tool calls that run at the same time. */
  readonly toolCallsAtOnce: number
  /** Tool calls that store something. */
  readonly writes: number
  /** How often anybody is rung, by a transfer of either kind or by a key. */
  readonly rings: number
  /** How often the same person is rung. */
  readonly ringsPerPerson: number
}

/** The default grant: more than a normal call needs. */
export const DEFAULT_GRANT: Grant = { toolCalls: 60, toolCallsAtOnce: 4, writes: 10, rings: 6, ringsPerPerson: 3 }
