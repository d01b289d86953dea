import { readMigrations, type Migration } from '@llc-phone/store-drizzle/migrations'
import type SQLite from 'better-sqlite3'
import { retryWhileBusy } from './sqlite.ts'

/**
 * Brings one owner's tables to the newest shipped migration, all or nothing.
 *
 * Not Drizzle's own migrator, for three reasons: it takes no lock, so processes that start together fail; it skips a
 * migration older than the newest applied one; and it cannot switch foreign keys off, so that rebuilding a table deletes
 * the rows that refer to it.
 */
export const runMigrations = (
  database: SQLite.Database,
  owner: string,
  folder: string,
  onLong: () => void = () => undefined,
): void => {
  const shipped = readMigrations(folder)
  // Usually there is nothing to do, and no reason to wait for the write lock.
  if (hasExactly(database, owner, shipped)) return
  // Inside a transaction this pragma does nothing.
  database.pragma('foreign_keys = OFF')
  try {
    // Take the write lock first: a process that waited for it sees what the other has applied.
    retryWhileBusy(() => database.exec('BEGIN IMMEDIATE'), { onLong })
    applyMissing(database, owner, shipped)
    database.exec('COMMIT')
  } finally {
    if (database.inTransaction) database.exec('ROLLBACK')
    database.pragma('foreign_keys = ON')
  }
}

const appliedTo = (database: SQLite.Database, owner: string): Map<string, string> =>
  new Map(
    database
      .prepare<[string], { name: string; hash: string }>('SELECT name, hash FROM __migrations WHERE package = ?')
      .all(owner)
      .map(({ name, hash }) => [name, hash]),
  )

const hasExactly = (database: SQLite.Database, owner: string, shipped: readonly Migration[]): boolean => {
  if (!database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = '__migrations'`).get()) return false
  const applied = appliedTo(database, owner)
  return applied.size === shipped.length && shipped.every(({ name, hash }) => applied.get(name) === hash)
}

const applyMissing = (database: SQLite.Database, owner: string, shipped: readonly Migration[]): void => {
  database.exec(`CREATE TABLE IF NOT EXISTS __migrations (
    package TEXT NOT NULL, name TEXT NOT NULL, hash TEXT NOT NULL, applied_at INTEGER NOT NULL,
    PRIMARY KEY (package, name)) STRICT`)
  const applied = appliedTo(database, owner)
  for (const [name, hash] of applied) {
    const known = shipped.find((migration) => migration.name === name)
    if (!known)
      throw new Error(
        `The database comes from a newer version: it has the migration "${name}" of ${owner}, which this version does not know. Start the newer version, or restore a backup.`,
      )
    if (known.hash !== hash)
      throw new Error(
        `The migration "${name}" of ${owner} was changed after it was applied. Restore the file and put the change into a new migration.`,
      )
  }
  const missing = shipped.filter(({ name }) => !applied.has(name))
  const remember = database.prepare('INSERT INTO __migrations VALUES (?, ?, ?, ?)')
  for (const { name, sql, hash } of missing) {
    database.exec(sql)
    if (!database.inTransaction)
      throw new Error(`The migration "${name}" of ${owner} ends the transaction it runs in. Remove its COMMIT.`)
    remember.run(owner, name, hash, Date.now())
  }
  const orphans = missing.length > 0 ? (database.pragma('foreign_key_check') as { table: string }[]) : []
  if (orphans[0])
    throw new Error(`The migrations of ${owner} leave rows of "${orphans[0].table}" that refer to nothing.`)
}
