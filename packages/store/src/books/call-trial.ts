/** What only a call from the console has, which happens on a copy. */
export interface CallTrial {
  /** The revision of the draft that answered; absent when it was a version. */
  readonly draft?: number
  /** What it would have done, a sentence each. */
  readonly wouldHave: readonly string[]
}
