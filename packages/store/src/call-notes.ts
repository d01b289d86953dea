/** A note that the assistant took in a call. */
export interface CallNote {
  readonly text: string
  readonly at: Date
}

/** Notes taken in calls. */
export interface CallNotes {
  /** Durable when it resolves. */
  add(note: { readonly callId: string; readonly text: string }): Promise<void>
  /** In the order they were taken. */
  of(callId: string): Promise<readonly CallNote[]>
}
