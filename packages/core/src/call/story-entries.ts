/** What somebody has said, as far as it was heard. */
export interface Turn {
  readonly speaker: 'caller' | 'assistant'
  readonly text: string
  /** Milliseconds since the call began. */
  readonly atMs: number
}

/** A tool that has run. */
export interface ToolRun {
  readonly name: string
  readonly startedAtMs: number
  readonly durationMs: number
  readonly outcome: 'done' | 'failed' | 'timed_out' | 'aborted'
}
