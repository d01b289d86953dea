/** What one call may do at most: a model that was talked into something, or has lost its way, must come to an end. */
export interface Grant {
  /** Tool calls; what ends a call is always allowed. */
  readonly toolCalls: number
  /** Tool calls that run at the same time. */
  readonly toolCallsAtOnce: number
  /** Tool calls that store something. */
  readonly writes: number
  /** Times anybody is rung, by a transfer of either kind or by a key. */
  readonly rings: number
  /** Times the same person is rung. */
  readonly ringsPerPerson: number
}

/** What a call may do where the mode says nothing else: more than any call that goes well needs. */
export const DEFAULT_GRANT: Grant = { toolCalls: 60, toolCallsAtOnce: 4, writes: 10, rings: 6, ringsPerPerson: 3 }
