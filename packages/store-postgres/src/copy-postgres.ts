import { GatewayError } from '@llc-phone/core'
import { psqlCommand } from '@llc-phone/store'
import type { CopyEnd, CopySource, CopyTarget } from '@llc-phone/store-drizzle'
import pg from 'pg'
import { jsonText } from './json-text.ts'
import { openStoreOn, STORE_MIGRATIONS } from './open-postgres-store.ts'
import { postgresError } from './postgres-failure.ts'
import { runPostgresMigrations } from './postgres-migrations.ts'
import type { PostgresClient, PostgresPool } from './postgres-pool.ts'
import { typeParsers } from './postgres-types.ts'

const CONNECT_MS = 10_000

/** Statements with thousands of places come again for each page of a table. */
const numberedBefore = new Map<string, string>()

/** Our statements have `?` for parameters only. */
const numbered = (text: string): string => {
  const before = numberedBefore.get(text)
  if (before !== undefined) return before
  let count = 0
  const made = text.replaceAll('?', () => `$${++count}`)
  numberedBefore.set(text, made)
  return made
}

const valueFor: CopyEnd['valueFor'] = (type, value) => {
  if (value === null || value === undefined) return null
  if (type === 'boolean') return Boolean(value)
  if (type === 'jsonb') return jsonText(typeof value === 'string' ? JSON.parse(value) : value)
  // SQLite keeps a fraction in a column of whole numbers.
  if (type === 'bigint') return typeof value === 'number' ? Math.round(value) : value
  // Postgres refuses NUL characters.
  return typeof value === 'string' && value.includes('\0') ? value.replaceAll('\0', '') : value
}

/** One connection in one transaction, without limits of time. */
const openTransaction = async (url: string, begin: string) => {
  const client = new pg.Client({
    connectionString: url,
    types: typeParsers,
    application_name: 'llc-phone copy',
    pipeline: true,
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
  })
  // The statement that runs says so.
  client.on('error', () => {})
  const query = async (text: string, params: readonly unknown[] = []): Promise<unknown[][]> => {
    try {
      return (await client.query<unknown[]>({ text, values: [...params], rowMode: 'array' })).rows
    } catch (error) {
      throw postgresError(error)
    }
  }
  try {
    await client.connect()
  } catch (error) {
    await client.end().catch(() => {})
    throw postgresError(error)
  }
  try {
    await query(begin)
    // A server may have limits of its own for everybody.
    await query('SET LOCAL statement_timeout = 0')
    await query('SET LOCAL idle_in_transaction_session_timeout = 0')
  } catch (error) {
    await client.end().catch(() => {})
    throw error
  }
  return { query, end: () => client.end().catch(() => {}) }
}

/** A Postgres database to copy from: all of it as it is now, whatever is written meanwhile. */
export const openPostgresSource = async (url: string): Promise<CopySource> => {
  const { query, end } = await openTransaction(url, 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
  return {
    engine: 'postgres',
    storeMigrations: STORE_MIGRATIONS,
    query: (text, params) => query(numbered(text), params),
    valueFor,
    close: end,
  }
}

/** An empty Postgres database to copy into, in one transaction. Throws `database_failed` when it has tables. */
export const openPostgresTarget = async (url: string): Promise<CopyTarget> => {
  const { query, end } = await openTransaction(url, 'BEGIN')
  try {
    const [[schema]] = (await query('SELECT quote_ident(current_schema())')) as [[string | null]]
    if (schema === null)
      throw new GatewayError(
        'database_failed',
        'The user of the target has no schema to make tables in: make it the owner of the database, or grant it CREATE on the schema public.',
      )
    const found = await query(
      `SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
        WHERE nspname = current_schema() AND relkind IN ('r', 'p') ORDER BY relname LIMIT 3`,
    )
    if (found.length > 0)
      throw new GatewayError(
        'database_failed',
        `The target is not empty: it has tables (${found.flat().join(', ')} …). Name an empty database, or empty this one, if nobody needs what is in it: ${psqlCommand(url, `DROP SCHEMA ${schema} CASCADE; CREATE SCHEMA ${schema}`)}`,
      )
    const client: PostgresClient = { query }
    const pool: PostgresPool = {
      query,
      inTransaction: (work) => work(client),
      batch: async (send) => Promise.all(await send(client)),
      close: async () => {},
    }
    const store = await openStoreOn(pool, {
      migrate: (owner, folder) => runPostgresMigrations(client, owner, folder),
    })
    return {
      engine: 'postgres',
      store,
      query: (text, params) => query(numbered(text), params),
      valueFor,
      commit: async () => void (await query('COMMIT')),
      // The server takes back what was not committed.
      close: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}
