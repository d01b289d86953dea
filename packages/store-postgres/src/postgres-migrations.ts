import { GatewayError } from '@llc-phone/core'
import { readMigrations } from '@llc-phone/store-drizzle/migrations'
import type { PostgresClient } from './postgres-pool.ts'

/** The oldest server that is known to work: 15. */
const OLDEST_VERSION = 150_000

/** How long another process may take for the same migrations. */
const WAIT = "SET LOCAL lock_timeout = '60s'"

/** Throws when the server is too old, or its text is not UTF-8. */
export const assertServer = async (client: PostgresClient): Promise<void> => {
  const [[version, encoding]] = (await client.query(
    `SELECT current_setting('server_version_num')::int, current_setting('server_encoding')`,
  )) as [[number, string]]
  if (version < OLDEST_VERSION)
    throw new GatewayError(
      'database_failed',
      `Postgres ${Math.trunc(version / 10_000)} is too old. Use Postgres ${OLDEST_VERSION / 10_000} or newer.`,
    )
  if (encoding !== 'UTF8')
    throw new GatewayError(
      'database_failed',
      `The database has the encoding ${encoding}, which lacks letters that callers' names have. Make one with: createdb --encoding=UTF8 --template=template0 NAME`,
    )
}

/** Brings one owner's tables to the newest shipped migration, all or nothing, in a transaction of the caller's. */
export const runPostgresMigrations = async (client: PostgresClient, owner: string, folder: string): Promise<void> => {
  const shipped = readMigrations(folder)
  await assertServer(client)
  const isNew = async (): Promise<boolean> => {
    const [[table]] = (await client.query(`SELECT to_regclass('__migrations')`)) as [[string | null]]
    return table === null
  }
  const appliedNow = async (): Promise<Map<string, string>> =>
    new Map(
      (await client.query('SELECT name, hash FROM __migrations WHERE package = $1', [owner])) as [string, string][],
    )
  // Usually there is nothing to do, and no reason to wait for others.
  if (!(await isNew())) {
    const applied = await appliedNow()
    if (applied.size === shipped.length && shipped.every(({ name, hash }) => applied.get(name) === hash)) return
  }
  await client.query(WAIT)
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', ['llc-phone migrations'])
  await client.query(`CREATE TABLE IF NOT EXISTS __migrations (
    package text NOT NULL, name text NOT NULL, hash text NOT NULL, applied_at bigint NOT NULL, PRIMARY KEY (package, name))`)
  const applied = await appliedNow()
  for (const [name, hash] of applied) {
    const known = shipped.find((migration) => migration.name === name)
    if (!known)
      throw new GatewayError(
        'database_failed',
        `The database comes from a newer version: it has the migration "${name}" of ${owner}, which this version does not know. Start the newer version, or restore a backup.`,
      )
    if (known.hash !== hash)
      throw new GatewayError(
        'database_failed',
        `The migration "${name}" of ${owner} was changed after it was applied. Restore the file and put the change into a new migration.`,
      )
  }
  for (const { name, sql, hash } of shipped.filter((migration) => !applied.has(migration.name))) {
    for (const statement of sql.split('--> statement-breakpoint')) await client.query(statement)
    await client.query('INSERT INTO __migrations VALUES ($1, $2, $3, $4)', [owner, name, hash, Date.now()])
  }
}
