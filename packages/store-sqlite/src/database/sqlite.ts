import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import SQLite from 'better-sqlite3'
import { cutShort, identityOf, moved } from './file-check.ts'
import { badLocation } from './location.ts'
import { UNSETTLED, type Opening } from './protocol.ts'

/** SQLite's default is 5 s, which would hold up every other query; the asking thread retries for longer (connection.ts). */
const BUSY_TIMEOUT_MS = 20

/** How long two processes that start together wait for each other. */
const LOCK_TIMEOUT_MS = 30_000

const LOCK_RETRY_MS = 50

/** Whoever starts a gateway should read within two seconds why nothing is stored. */
const TOLD_AFTER_MS = 1_000

const isBusy = (error: unknown): boolean =>
  error instanceof SQLite.SqliteError && (error.code.startsWith('SQLITE_BUSY') || error.code === 'SQLITE_LOCKED')

/** Blocks its thread: for the worker only. */
export const sleepBlocking = (ms: number): void => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** How long to wait for another process that holds the database. */
export interface Patience {
  readonly waitMs?: number | undefined
  /** Called once when it takes long. */
  onLong?(): void
}

/** Repeats `work` while another process holds the database. Blocks its thread: for the worker only. */
export const retryWhileBusy = <Result>(
  work: () => Result,
  { waitMs = LOCK_TIMEOUT_MS, onLong }: Patience = {},
): Result => {
  const begun = performance.now()
  let isTold = false
  for (;;) {
    try {
      return work()
    } catch (error) {
      const waitedMs = performance.now() - begun
      if (!isBusy(error) || waitedMs > waitMs) throw error
      if (!isTold && waitedMs > TOLD_AFTER_MS) onLong?.()
      isTold ||= waitedMs > TOLD_AFTER_MS
      sleepBlocking(LOCK_RETRY_MS)
    }
  }
}

const assertPragma = (database: SQLite.Database, pragma: string, wanted: unknown): void => {
  const found = database.pragma(pragma, { simple: true })
  if (found !== wanted)
    throw new Error(`SQLite has ${pragma}=${String(found)} where ${String(wanted)} is needed for durable writes.`)
}

/** A file that did not change for this long is complete: a backup being copied changes more often. */
const SETTLED_AFTER_MS = 2_000

/** Rejects a half-copied backup, which would look damaged, and an empty file, which would look new. */
const assertSettled = (file: string): void => {
  const { size, mtimeMs } = statSync(file)
  const ageMs = Date.now() - mtimeMs
  if (size === 0 || (ageMs >= 0 && ageMs < SETTLED_AFTER_MS))
    throw Object.assign(new Error('The database file is empty or has just been written.'), { code: UNSETTLED })
}

const sizeOf = (file: string): number | undefined => statSync(file, { throwIfNoEntry: false })?.size

const prepareFile = (file: string, { mayCreate, mustBe }: Opening): void => {
  const bad = badLocation(file)
  if (bad) throw Object.assign(new Error(bad.says), bad)
  // Do not replace a lost database by an empty one.
  if (!mayCreate && !existsSync(file)) throw moved()
  if (mustBe !== undefined && identityOf(file) !== mustBe) throw moved()
  if (!mayCreate && mustBe === undefined) assertSettled(file)
  // SQLite would start a new database and discard the log with confirmed writes.
  if (sizeOf(file) === 0 && (sizeOf(`${file}-wal`) ?? 0) > 0) throw cutShort()
  if (mayCreate) mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  // Created here because SQLite would make it world-readable; -wal and -shm copy the mode of this file.
  closeSync(openSync(file, mayCreate ? 'a' : 'r+', 0o600))
}

/**
 * Opens (and creates) a database whose commits survive power loss: WAL with `synchronous=FULL`.
 * The file is readable by its owner only.
 */
export const openSqlite = (file: string, opening: Opening, onLong?: () => void): SQLite.Database => {
  const inMemory = file === ':memory:'
  if (!inMemory) prepareFile(file, opening)
  const database = new SQLite(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    // Turning WAL on takes an exclusive lock that the busy timeout does not cover.
    retryWhileBusy(
      () => {
        database.pragma('journal_mode = WAL')
        database.pragma('synchronous = FULL')
        database.pragma('foreign_keys = ON')
        database.pragma('journal_size_limit = 67108864')
        database.pragma('secure_delete = ON')
        database.pragma('trusted_schema = OFF')
        database.pragma('cell_size_check = ON')
        // better-sqlite3 is built to fall back to NORMAL with the first statement in WAL mode, which may lose commits the
        // caller was told of; only a check after a first read shows what holds.
        database.prepare('SELECT count(*) FROM sqlite_schema').get()
      },
      { waitMs: opening.waitMs, ...(onLong ? { onLong } : {}) },
    )
    if (!inMemory) assertPragma(database, 'journal_mode', 'wal')
    assertPragma(database, 'synchronous', 2)
    assertPragma(database, 'foreign_keys', 1)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
