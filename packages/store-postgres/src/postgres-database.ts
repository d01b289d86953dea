import { AsyncLocalStorage } from 'node:async_hooks'
import type { SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pg-proxy'
import type { Database } from '@llc-phone/store-drizzle'
import type { PostgresClient, PostgresPool } from './postgres-pool.ts'
import { postgresDialect } from './postgres-dialect.ts'

/** Postgres refuses text with NUL characters. */
const withoutNul = (value: unknown): unknown =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '') : value

/** Postgres's own way in, for what is more than a batch. */
export interface PostgresAccess {
  /**
   * Runs `work` in one transaction: every query of this database within it, batches too, is part of it. It may run again
   * after a lost race, so it must do nothing else.
   */
  atomically<Result>(work: () => Promise<Result>): Promise<Result>
  /** Runs a statement, in the transaction that it is called in if there is one. */
  executeSql(text: string, values?: readonly unknown[]): Promise<{ rows: Record<string, unknown>[] }>
}

/** The transaction that a statement is part of, and the connections that it belongs to. */
const transactions = new AsyncLocalStorage<{ readonly pool: PostgresPool; readonly client: PostgresClient }>()

const accesses = new WeakMap<object, PostgresAccess>()

/** The access to a database of `openPostgresStore`; throws for any other. */
export const postgresOf = (database: object): PostgresAccess => {
  const access = accesses.get(database)
  if (!access) throw new TypeError('This database is not one of `openPostgresStore`.')
  return access
}

/**
 * Drizzle over a pool of connections. It has the methods of SQLite's Drizzle that Postgres's lacks: `all`, `run`, and
 * `batch`, which is one transaction.
 */
export const createPostgresDatabase = <Tables>(pool: PostgresPool, tables: Tables): Database<Tables> => {
  const current = (): PostgresClient | undefined => {
    const open = transactions.getStore()
    return open?.pool === pool ? open.client : undefined
  }
  const remote = drizzle(async (text, params) => ({
    rows: await (current() ?? pool).query(text, params.map(withoutNul)),
  }))
  /** Drizzle's queries run when they are awaited, which `batch` relies on. */
  const run = (query: SQL) => remote.execute(query)

  const transact = <Result>(work: (client: PostgresClient) => Promise<Result>): Promise<Result> => {
    const open = current()
    if (open) return work(open)
    return pool.inTransaction((client) => transactions.run({ pool, client }, () => work(client)))
  }

  const batch =
    (lock?: string) =>
    (queries: readonly PromiseLike<unknown>[]): Promise<unknown[]> =>
      transact(async (client) => {
        // Held until the transaction ends; a number of 64 bits made of the topic.
        if (lock !== undefined) await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lock])
        const results: unknown[] = []
        // oxlint-disable-next-line no-await-in-loop -- one connection takes one statement at a time
        for (const query of queries) results.push(await query)
        return results
      })

  const database = Object.assign(remote, {
    tables,
    engine: postgresDialect,
    all: run,
    run,
    batch: batch(),
    alone: (topic: string) => ({ batch: batch(`llc-phone ${topic}`) }),
  })
  if (pool.objects)
    accesses.set(database, {
      atomically: (work) => transact(work),
      executeSql: async (text, values) => ({ rows: await (current() ?? pool).objects!(text, values) }),
    })
  return database as unknown as Database<Tables>
}
