/** What a process of racing reservers is to do. */
export interface RaceJob {
  readonly url: string
  /** Names this process in the ids of its calls. */
  readonly racer: number
  readonly reservers: number
  readonly attempts: number
  /** Calls at the same moment. */
  readonly cap: number
  /** Different numbers that are called: fewer than reservers, so that they meet. */
  readonly numbers: number
}

/** What came of it. */
export interface RaceResult {
  readonly attempts: number
  readonly granted: number
  /** How often the database showed more calls at once than the cap, more money than the limit, or two calls to a number. */
  readonly over: number
  /** Statements that waited longer than one may take, and were asked again. */
  readonly late: number
}
