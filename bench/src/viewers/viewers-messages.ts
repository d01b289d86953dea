/** Who looks on, or listens. */
export interface Audience {
  /** Pages that show the live calls; the first of them has a call open too. */
  readonly pages: number
  /** People who hear the same call. */
  readonly listeners: number
}

/** What the bench tells the process of those who look on. */
export type ToViewers =
  | { readonly type: 'open'; readonly origin: string; readonly token: string; readonly audience: Audience }
  /** Forgets what was told so far. */
  | { readonly type: 'count' }
  | { readonly type: 'close' }

/** What they were told since `count`. */
export interface Told {
  /** Events of the feed, of all pages together. */
  readonly events: number
  /** Answers to other requests of the pages. */
  readonly answers: number
  /** Blocks of sound. */
  readonly blocks: number
  /** Streams that ended by themselves, and requests that were refused. */
  readonly broken: number
}

/** What that process tells the bench. */
export type FromViewers =
  | { readonly type: 'ready' }
  | { readonly type: 'opened' }
  | { readonly type: 'closed'; readonly told: Told }
