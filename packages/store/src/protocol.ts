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

/** What the main thread asks of the worker. */
export type Task =
  | { readonly kind: 'query'; readonly statement: Statement }
  | { readonly kind: 'batch'; readonly statements: readonly Statement[] }
  | { readonly kind: 'migrate'; readonly owner: string; readonly folder: string }
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
