/** Callers of one minute who got no assistant, for one reason. */
export interface TurnedAwayCalls {
  /** The beginning of the minute. */
  readonly minute: Date
  /** Our number that was called; empty for another destination. */
  readonly dialled: string
  readonly reason: string
  readonly calls: number
}

/** Counts of callers who got no assistant. */
export interface TurnedAwayBook {
  /** Adds to what is counted already. Durable when it resolves. */
  add(counted: readonly TurnedAwayCalls[]): Promise<void>
  /** The latest minutes first. */
  recent(limit: number): Promise<readonly TurnedAwayCalls[]>
}
