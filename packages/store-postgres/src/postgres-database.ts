import { AsyncLocalStorage } from 'node:async_hooks'
import type { SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pg-proxy'
import type { Database } from '@llc-phone/store-drizzle'
import type { PostgresClient, PostgresPool } from './postgres-pool.ts'
import { postgresDialect } from './postgres-dialect.ts'

/** Postgres refuses text with NUL characters. */
const withoutNul = (value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value

/**
 * Drizzle over a pool of connections. It has the methods of SQLite's Drizzle that Postgres's lacks: `all`, `run`, and
 * `batch`, which is one transaction.
 */
export const createPostgresDatabase = <Tables>(pool: PostgresPool, tables: Tables): Database<Tables> => {
  /** The connection of the transaction that the statement is part of. */
  const transaction = new AsyncLocalStorage<PostgresClient>()
  const remote = drizzle(async (text, params) => ({
    rows: await (transaction.getStore() ?? pool).query(text, params.map(withoutNul)),
  }))
  /** Drizzle's queries run when they are awaited, which `batch` relies on. */
  const run = (query: SQL) => remote.execute(query)

  const batch =
    (lock?: string) =>
    (queries: readonly PromiseLike<unknown>[]): Promise<unknown[]> =>
      pool.inTransaction((client) =>
        transaction.run(client, async () => {
          // Held until the transaction ends; a number of 64 bits made of the topic.
          if (lock !== undefined) await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lock])
          const results: unknown[] = []
          // oxlint-disable-next-line no-await-in-loop -- one connection takes one statement at a time
          for (const query of queries) results.push(await query)
          return results
        }),
      )

  const database = Object.assign(remote, {
    tables,
    engine: postgresDialect,
    all: run,
    run,
    batch: batch(),
    alone: (topic: string) => ({ batch: batch(`llc-phone ${topic}`) }),
  })
  return database as unknown as Database<Tables>
}
