import { AsyncLocalStorage } from 'node:async_hooks'
import type { SQL } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/pg-proxy'
import type { Database } from '@llc-phone/store-drizzle'
import type { PostgresClient, PostgresPool } from './postgres-pool.ts'
import { postgresDialect } from './postgres-dialect.ts'

/**
 * A parameter as Postgres takes it: it refuses text with NUL characters. Throws for what the driver may fail to write: by then
 * the end of the transaction is on its way.
 */
const sendable = (value: unknown): unknown => {
  if (typeof value === 'string') return value.toWellFormed().replaceAll('\0', '')
  if (value === null || value instanceof Uint8Array || /^(number|boolean|bigint|undefined)$/.test(typeof value))
    return value
  throw new TypeError('A parameter of a statement must be text, a number, a boolean, bytes or null.')
}

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
interface Transaction {
  readonly pool: PostgresPool
  readonly client: PostgresClient
  /** Called when a statement was sent. */
  readonly sent?: () => void
}

const transactions = new AsyncLocalStorage<Transaction>()

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
  const current = (): Transaction | undefined => {
    const open = transactions.getStore()
    return open?.pool === pool ? open : undefined
  }
  const remote = drizzle(async (text, params) => {
    const open = current()
    const answer = (open?.client ?? pool).query(text, params.map(sendable))
    open?.sent?.()
    return { rows: await answer }
  })
  /** Drizzle's queries run when they are awaited, which `batch` relies on. */
  const run = (query: SQL) => remote.execute(query)

  /** Sends the queries one after the other without waiting for answers. Rejects when one cannot be sent. */
  const send = async (
    client: PostgresClient,
    queries: readonly PromiseLike<unknown>[],
    lock?: string,
  ): Promise<Promise<unknown>[]> => {
    // Held until the transaction ends; a number of 64 bits made of the topic.
    const answers: Promise<unknown>[] =
      lock === undefined ? [] : [client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [lock])]
    // Nobody waits for it where a query cannot be sent.
    answers[0]?.catch(() => {})
    for (const query of queries) {
      const { promise: isSent, resolve: sent } = Promise.withResolvers<void>()
      const answer = transactions.run({ pool, client, sent }, async () => query)
      // oxlint-disable-next-line no-await-in-loop -- Drizzle takes a moment to build a query, and their order counts
      await Promise.race([isSent, answer])
      answers.push(answer)
    }
    return answers
  }

  const batch =
    (lock?: string) =>
    async (queries: readonly PromiseLike<unknown>[]): Promise<unknown[]> => {
      const open = current()
      const answers = await (open
        ? Promise.all(await send(open.client, queries, lock))
        : pool.batch((client) => send(client, queries, lock)))
      return lock === undefined ? answers : answers.slice(1)
    }

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
      atomically: (work) =>
        current() ? work() : pool.inTransaction((client) => transactions.run({ pool, client }, work)),
      executeSql: async (text, values) => ({ rows: await (current()?.client ?? pool).objects!(text, values) }),
    })
  return database as unknown as Database<Tables>
}
