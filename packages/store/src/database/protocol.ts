/** One SQL statement; `method` is Drizzle's word for the wanted shape of the rows. */
export interface Statement {
  readonly sql: string
  readonly params: readonly unknown[]
  readonly method: 'run' | 'all' | 'values' | 'get'
}

/** Rows as arrays of columns; with method `get` a single row or nothing. */
export interface StatementResult {
  readonly rows: unknown[]
}

/** Drizzle writes its queries this way; whatever else there is counts as a write. */
export const isRead = ({ sql }: Statement): boolean => sql.startsWith('select ')

/** The worker's code for whatever is asked while no file is open. */
export const NOT_OPEN = 'NOT_OPEN'

/** The worker's code for a file that somebody may still be writing. */
export const UNSETTLED = 'UNSETTLED'

/** Which file the worker may take for the database. */
export interface Opening {
  /** Whether a new one may be made if there is none. */
  readonly mayCreate: boolean
  /** The file that was open before, by device and inode; no other will do. */
  readonly mustBe?: string | undefined
  /** How long another process that holds the database is waited for. */
  readonly waitMs?: number | undefined
}

/** The file that was opened; without identity it is in memory. */
export interface Opened {
  readonly identity?: string
}

/** What the main thread asks of the worker. */
export type Task =
  /** Closes what was open and opens the file. Everything else fails until that has succeeded. */
  | ({ readonly kind: 'open' } & Opening)
  | { readonly kind: 'query'; readonly statement: Statement }
  | { readonly kind: 'batch'; readonly statements: readonly Statement[] }
  | { readonly kind: 'migrate'; readonly owner: string; readonly folder: string }
  /** Whether anything could be written now; fails like a write while another process holds the lock. */
  | { readonly kind: 'lock' }
  /** Closes the file; it may be opened again. */
  | { readonly kind: 'release' }
  /** Closes the file and ends the thread. */
  | { readonly kind: 'close' }

export interface Request {
  readonly id: number
  readonly task: Task
}

/** A failure as data: an error's own class does not survive the way between threads. */
export interface Failure {
  readonly message: string
  /** SQLite's code, such as `SQLITE_CONSTRAINT_UNIQUE`. */
  readonly code?: string
  /** What the operator reads, when more is known than the code says. */
  readonly says?: string
}

/** Told while a task goes on: another process holds the database, and is waited for. */
export interface Waiting {
  readonly waiting: true
}

export interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly failure?: Failure
}

/** Handed to the worker at its start. */
export interface WorkerSettings {
  /** A file's path or `:memory:`. */
  readonly file: string
  /** Every write is held up for so long, as a stalled disk would. For tests and the bench. */
  readonly stallMs?: number
}
