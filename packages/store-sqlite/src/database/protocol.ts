/** One SQL statement; `method` is Drizzle's name for the wanted shape of the rows. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
  readonly method: 'run' | 'all' | 'values' | 'get'
}

/** Rows as arrays of columns; with method `get` a single row or nothing. */
export interface StatementResult {
  readonly rows: unknown[]
}

/** Whether the statement only reads: Drizzle's queries begin so, everything else counts as a write. */
export const isRead = ({ sql }: Statement): boolean => sql.startsWith('select ')

/** The worker's error code while no file is open. */
export const NOT_OPEN = 'NOT_OPEN'

/** The worker's error code for a file that somebody may still be writing. */
export const UNSETTLED = 'UNSETTLED'

/** Which file the worker may accept as the database. */
export interface Opening {
  /** Whether a missing file may be created. */
  readonly mayCreate: boolean
  /** Device and inode of the only acceptable file: the one that was open before. */
  readonly mustBe?: string | undefined
  /** How long to wait for another process that holds the database (ms). */
  readonly waitMs?: number | undefined
}

/** The file that was opened; without identity it is in memory. */
export interface Opened {
  readonly identity?: string
}

/** A request of the main thread to the worker. */
export type Task =
  /** Opens the file, after closing an open one. Everything else fails until this has succeeded. */
  | ({ readonly kind: 'open' } & Opening)
  | { readonly kind: 'query'; readonly statement: Statement }
  | { readonly kind: 'batch'; readonly statements: readonly Statement[] }
  | { readonly kind: 'migrate'; readonly owner: string; readonly folder: string }
  /** Copies what modes work with from another database. */
  | { readonly kind: 'copy'; readonly from: string }
  /** Tries the write lock; fails like a write while another process holds it. */
  | { readonly kind: 'lock' }
  /** Closes the file; it may be opened again. */
  | { readonly kind: 'release' }
  /** Closes the file and ends the thread. */
  | { readonly kind: 'close' }

export interface Request {
  readonly id: number
  readonly task: Task
}

/** A failure as data: the class of an error is lost between threads. */
export interface Failure {
  readonly message: string
  /** SQLite's code, such as `SQLITE_CONSTRAINT_UNIQUE`. */
  readonly code?: string
  /** Message for the operator, when more is known than the code says. */
  readonly says?: string
}

/** Sent during a task: it waits for another process that holds the database. */
export interface Waiting {
  readonly waiting: true
}

export interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly failure?: Failure
}

/** The worker's start parameters. */
export interface WorkerSettings {
  /** A file's path or `:memory:`. */
  readonly file: string
  /** Delays every write by this much, like a stalled disk (ms). For tests and the bench. */
  readonly stallMs?: number
}
