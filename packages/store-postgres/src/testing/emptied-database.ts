import { randomUUID } from 'node:crypto'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import pg from 'pg'
import { openPostgresStore, openStoreOn } from '../open-postgres-store.ts'
import { postgresError } from '../postgres-failure.ts'
import { runPostgresMigrations } from '../postgres-migrations.ts'
import type { PostgresClient } from '../postgres-pool.ts'
import { parsers } from '../postgres-types.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of the server for tests, with a database that is not theirs. */
    readonly postgres: string
  }
}

/** A database that one test after the other begins with empty: making one for each would take ten times as long. */
export interface EmptiedDatabase {
  /** Undefined where it is in this process. */
  readonly url?: string
  /** Another gateway's view of it. */
  open(): Promise<DrizzleStore>
  /** Deletes all rows, and the tables of other packages. */
  empty(): Promise<void>
  /** Runs statements as they are. */
  run(text: string): Promise<unknown[][]>
}

/** Triggers and foreign keys are off meanwhile. */
const emptying = (kept: readonly string[]): string => `DO $$ DECLARE name text; BEGIN
  PERFORM set_config('session_replication_role', 'replica', true);
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> '__migrations' LOOP
    IF name = ANY ('{${kept.join()}}') THEN EXECUTE format('DELETE FROM %I', name);
    ELSE EXECUTE format('DROP TABLE %I CASCADE', name);
    END IF;
  END LOOP;
  DELETE FROM __migrations WHERE package <> 'store';
  FOR name IN SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace LOOP
    PERFORM setval(format('%I', name)::regclass, 1, false);
  END LOOP;
END $$`

const emptied = async (database: Omit<EmptiedDatabase, 'empty'>): Promise<EmptiedDatabase> => {
  const first = await database.open()
  await first.close()
  const tables = await database.run(
    `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
  )
  const statement = emptying(tables.map(([name]) => String(name)))
  return { ...database, empty: async () => void (await database.run(statement)) }
}

const on = (connectionString: string) => {
  const pool = new pg.Pool({ connectionString, max: 1, idleTimeoutMillis: 500, allowExitOnIdle: true })
  // The server stops before the tests' process does.
  pool.on('error', () => {})
  return async (text: string) => (await pool.query<unknown[]>({ text, rowMode: 'array' })).rows
}

/** Makes an empty database on a server and resolves to its URL. */
export const createDatabase = async (server: string): Promise<string> => {
  const name = `test_${randomUUID().replaceAll('-', '')}`
  await on(server)(`CREATE DATABASE ${name}`)
  return server.replace('/postgres?', `/${name}?`)
}

/** A database of its own on a server. */
export const databaseOn = async (server: string): Promise<EmptiedDatabase> => {
  const url = await createDatabase(server)
  return emptied({ url, run: on(url), open: () => openPostgresStore({ url }) })
}

interface Queryable {
  query(
    text: string,
    params: unknown[],
    options: { rowMode: 'array'; parsers: Record<number, (text: string) => unknown> },
  ): Promise<{ rows: unknown[] }>
}

/** Postgres in this process. It has one connection, so no race can be seen on it. */
export const databaseInProcess = async (): Promise<EmptiedDatabase> => {
  const { PGlite } = await import('@electric-sql/pglite')
  const pglite = await PGlite.create()
  const client = (target: Queryable): PostgresClient => ({
    async query(text, params = []) {
      try {
        const { rows } = await target.query(text, [...params], { rowMode: 'array', parsers: { ...parsers } })
        return rows as unknown[][]
      } catch (error) {
        throw postgresError(error)
      }
    },
  })
  const inTransaction = <Result>(work: (client: PostgresClient) => Promise<Result>): Promise<Result> =>
    pglite.transaction((transaction) => work(client(transaction)))
  return emptied({
    run: (text) => client(pglite).query(text),
    open: () =>
      openStoreOn(
        {
          ...client(pglite),
          inTransaction,
          batch: (send) => inTransaction(async (inside) => Promise.all(await send(inside))),
          close: async () => {},
        },
        { migrate: (owner, folder) => inTransaction((inside) => runPostgresMigrations(inside, owner, folder)) },
      ),
  })
}
