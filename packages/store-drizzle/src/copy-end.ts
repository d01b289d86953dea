import type { DrizzleStore } from './drizzle-store.ts'

/** A database that rows are copied from or into, in SQL that both engines understand. */
export interface CopyEnd {
  readonly engine: DrizzleStore['engine']
  /** Runs a statement with `?` for its parameters. Rows are arrays of columns. */
  query(text: string, params?: readonly unknown[]): Promise<unknown[][]>
  /** A value read from any engine as a column of this one takes it; `type` as this engine names it, in lower case. */
  valueFor(type: string, value: unknown): unknown
}

/** A database that is read as it is at one moment: no table is made or changed. */
export interface CopySource extends CopyEnd {
  /** The folder of the store's migrations for this engine. */
  readonly storeMigrations: string
  close(): Promise<void>
}

/** A new database, whose tables `store` has made. It is there when it was committed, and not at all before. */
export interface CopyTarget extends CopyEnd {
  /** For packages that make their tables. */
  readonly store: DrizzleStore
  commit(): Promise<void>
  /** Without `commit` nothing is left. */
  close(): Promise<void>
}
