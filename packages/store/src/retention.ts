/** Deletes what has been kept long enough, a few rows at a time. Each resolves to how many calls or rows there were. */
export interface Retention {
  /** When the job of this name has run last. */
  lastRun(job: string): Promise<Date | undefined>
  ran(job: string, at: Date): Promise<void>
  /** Of calls that ended before then: what was said, notes, reasons of transfers, inputs and results of tools. The call itself stays. */
  forgetWords(before: Date): Promise<number>
  /** Of calls that ended before then: inputs and results of tools. */
  forgetToolData(before: Date): Promise<number>
  /** Messages that were done before then. Those that nobody has seen to stay. */
  forgetMessages(before: Date): Promise<number>
  /** Counts of callers who got no assistant. */
  forgetTurnedAway(before: Date): Promise<number>
  /** Placed calls of callers who were deleted, once they count for nothing any more; requests of those that never got an end. */
  forgetErased(at: Date): Promise<number>
}
