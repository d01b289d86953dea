import type { E164 } from '@llc-phone/core'

/** A number that must not be called. */
export interface NewDoNotCallEntry {
  readonly number: E164
  readonly reason?: string
  /** Who put it there: the API, the command line, a list, or the callee in a call. */
  readonly source: 'api' | 'cli' | 'csv' | 'call'
  /** The call in which it was asked for. */
  readonly callId?: string
}

/** A number that must not be called, or once was not to be. */
export interface DoNotCallEntry extends NewDoNotCallEntry {
  readonly addedAt: Date
  readonly removedAt?: Date
  readonly removedBy?: string
}

/** Numbers that must not be called. What was removed stays, as a trace of who allowed it again. */
export interface DoNotCallList {
  /** In force when it resolves, power loss or not; the number's first entry stays. */
  add(entry: NewDoNotCallEntry): Promise<void>
  /** For long lists: in chunks, so that calls go on meanwhile. What was added before a failure stays. */
  addAll(entries: readonly NewDoNotCallEntry[]): Promise<{ readonly added: number; readonly known: number }>
  /** Whether it was listed. `by` says who asked for it. */
  remove(number: string, by: string): Promise<boolean>
  /** Only an entry in force. */
  find(number: string): Promise<DoNotCallEntry | undefined>
  /** Entries in force, by number, beginning behind the number `after`; 100 unless told otherwise. */
  list(options?: { readonly limit?: number; readonly after?: string }): Promise<readonly DoNotCallEntry[]>
  /** Every entry the number ever had, the latest first. */
  history(number: string): Promise<readonly DoNotCallEntry[]>
}
