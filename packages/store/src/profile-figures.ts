/** What calls of one tuning profile were like. */
export interface ProfileFigures {
  /** Absent: calls without a profile. */
  readonly profile?: string
  readonly calls: number
  /** Milliseconds to the assistant's first word; absent when it was measured in none. */
  readonly firstWordsMs?: { readonly p50: number; readonly p95: number }
  /** Mean of the calls whose cost is known, in US dollars. */
  readonly usdPerCall?: number
}

/** Compares the calls made with each tuning profile. */
export interface ProfileBook {
  /** Of calls that began in this span of time (`to` is not part of it) and are over, without those of tests; by name. */
  figures(span?: {
    readonly from?: Date | undefined
    readonly to?: Date | undefined
  }): Promise<readonly ProfileFigures[]>
}
