import { GatewayError } from '@llc-phone/core'
import { DrizzleQueryError } from 'drizzle-orm'
import type { SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import type { Dialect } from './dialect.ts'
import type { StoreTables } from './schema/store-tables.ts'

/**
 * Drizzle over a database, with the types of SQLite's for every engine. Rows of `all` are arrays of columns. There are no
 * interactive transactions: SQLite's thread would have to hold up the statements of other calls meanwhile.
 */
export type Database<Tables = StoreTables> = Omit<SqliteRemoteDatabase, 'transaction'> & {
  readonly tables: Tables
  readonly engine: Dialect
  /**
   * A `batch` that no other batch with this topic runs beside, in any process: what it counts stays true until it has
   * written. SQLite's batches are all of this kind.
   */
  readonly alone: (topic: string) => Pick<SqliteRemoteDatabase, 'batch'>
}

/**
 * Awaits a Drizzle query. A failure is the `database_failed` of the connection: Drizzle's own error carries every
 * parameter in its text, which is how names and numbers get into logs.
 */
export const runQuery = async <Result>(query: PromiseLike<Result>): Promise<Result> => {
  try {
    return await query
  } catch (error) {
    const cause = error instanceof DrizzleQueryError ? error.cause : error
    if (cause instanceof GatewayError) throw cause
    throw new GatewayError('database_failed', 'The query could not be run.')
  }
}
