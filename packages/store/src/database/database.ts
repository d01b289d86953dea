import { GatewayError } from '@llc-phone/core'
import { DrizzleQueryError } from 'drizzle-orm'
import { drizzle, type SqliteRemoteDatabase } from 'drizzle-orm/sqlite-proxy'
import type { DatabaseConnection } from './connection.ts'

/**
 * Drizzle over a database in another thread. Atomic writes go into `batch`. There are no transactions: one spread over
 * several messages would include the statements of other calls.
 */
export type Database = Omit<SqliteRemoteDatabase, 'transaction'>

/** Drizzle on top of a connection. */
export const createDatabase = (connection: DatabaseConnection): Database =>
  drizzle(
    (sql, params, method) => connection.query({ sql, params, method }),
    (statements) => connection.batch(statements),
  )

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
