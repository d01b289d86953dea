/** A stored call log. */
export interface KeptEvents {
  /** Version of the log's format. */
  readonly version: number
  /** The log's file, compressed with gzip, in base64, because the spool beside the database keeps JSON. */
  readonly gzip: string
}

/** Logs of calls. They are written with the story of their call, see `CallJournal.finish`. */
export interface EventArchive {
  /** By our id of the call, or by that of its leg. */
  find(id: string): Promise<(KeptEvents & { readonly callId: string }) | undefined>
  /** Deletes the logs of calls that ended before then, a few at a time. Resolves to how many there were. */
  forget(before: Date): Promise<number>
}
