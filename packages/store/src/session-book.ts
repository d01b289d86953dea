/** A browser that is signed in. */
export interface BrowserSession {
  readonly id: string
  /** SHA-256, hex, of what the browser keeps. */
  readonly hash: string
  /** The key of a person that it was opened with. */
  readonly keyId?: string
  /** SHA-256, hex, of the ADMIN_TOKEN that it was opened with. */
  readonly tokenHash?: string
  readonly startedAt: Date
  /** To the minute. */
  readonly lastUsedAt: Date
  readonly address?: string
  /** What the browser calls itself. */
  readonly browser?: string
}

/** The sessions of browsers. Which of them still count is not decided here. */
export interface SessionBook {
  /** Adds one, and removes those started before `startedBefore`, and the oldest beyond `most` of the same key or token. */
  add(session: BrowserSession, limits: { readonly startedBefore: Date; readonly most: number }): Promise<void>
  list(): Promise<readonly BrowserSession[]>
  used(id: string, at: Date): Promise<void>
  /** Resolves when they can open nothing any more, in no process on this database. */
  remove(ids: readonly string[]): Promise<void>
}
