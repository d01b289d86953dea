import type { E164 } from '@llc-phone/core'

/** A number that must not be called. */
export interface NewDoNotCallEntry {
  readonly number: E164
  readonly reason?: string
  /** Who added it: the API, the command line, a list, or the callee in a call. */
  readonly source: 'api' | 'cli' | 'csv' | 'call'
  /** The call in which it was asked for. */
  readonly callId?: string
}

/** An entry of the list, in force or removed. */
export interface DoNotCallEntry extends NewDoNotCallEntry {
  readonly addedAt: Date
  readonly removedAt?: Date
  readonly removedBy?: string
}

/** Numbers that must not be called. Removed entries are kept, to show who allowed the number again. */
export interface DoNotCallList {
  /** Durable when it resolves. A number that is listed already keeps its entry. */
  add(entry: NewDoNotCallEntry): Promise<void>
  /** Adds a long list in chunks, so that calls are not held up. Chunks added before a failure stay. */
  addAll(entries: readonly NewDoNotCallEntry[]): Promise<{ readonly added: number; readonly known: number }>
  /** Resolves to whether it was listed. `by`: who made the change. */
  remove(number: string, by: string): Promise<boolean>
  /** Only an entry in force. */
  find(number: string): Promise<DoNotCallEntry | undefined>
  /**
   * Entries in force, by number, beginning behind the number `after` or with the one that `skip` others are before; 100 unless
   * told otherwise.
   */
  list(options?: {
    readonly limit?: number
    readonly after?: string
    readonly skip?: number
  }): Promise<readonly DoNotCallEntry[]>
  /** Every entry the number ever had, the latest first. */
  history(number: string): Promise<readonly DoNotCallEntry[]>
}
