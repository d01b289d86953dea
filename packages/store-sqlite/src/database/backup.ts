import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { GatewayError } from '@llc-phone/core'
import SQLite from 'better-sqlite3'
import { databaseError, held } from './failure.ts'
import { badLocation } from './location.ts'

/** A copy that was made and checked. */
export interface Backup {
  readonly file: string
  readonly sizeBytes: number
  readonly durationMs: number
}

/** How long to wait for a locked database (ms): somebody waits for the answer. */
const BUSY_TIMEOUT_MS = 1_000

const failed = (error: unknown): GatewayError => {
  if (error instanceof GatewayError) return error
  const { message, code } = error as NodeJS.ErrnoException
  return databaseError(code === undefined ? { message } : { message, code })
}

/** Syncs a folder: a renamed or created file is durable only after that. */
const syncFile = (path: string): void => {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Reads the whole copy, to be sure that it can be restored. Leaves it as one file, without a WAL beside it. */
const checkCopy = (copy: string): void => {
  const database = new SQLite(copy, { fileMustExist: true })
  try {
    const found = database.pragma('integrity_check', { simple: true })
    if (found !== 'ok')
      throw new GatewayError(
        'database_failed',
        `The database is damaged, and so would be its backup: ${String(found)}. Keep the last good one.`,
      )
    if ((database.pragma('foreign_key_check') as unknown[]).length > 0)
      throw new GatewayError(
        'database_failed',
        'The database has rows with broken references (PRAGMA foreign_key_check). Keep the last good backup.',
      )
    database.pragma('journal_mode = DELETE')
  } finally {
    database.close()
  }
}

/**
 * Copies the database while others read and write it. The copy is the state of one moment, and gets its name only after it
 * was checked and is on the disk. Throws `database_failed`, and then leaves no file behind.
 */
export const backUpDatabase = async (file: string, target: string): Promise<Backup> => {
  const begun = performance.now()
  const bad = badLocation(file)
  // A database that can only be read can be backed up.
  if (bad && bad.code !== 'EACCES') throw databaseError({ message: bad.says, ...bad })
  if (!existsSync(file)) throw new GatewayError('database_failed', `There is no database at ${file}.`)
  if (statSync(target, { throwIfNoEntry: false })?.isDirectory())
    throw new GatewayError('database_failed', `${target} is a folder: name the file that the backup becomes.`)
  if (existsSync(target))
    throw new GatewayError(
      'database_failed',
      `${target} exists already; a backup is never overwritten. Name another file.`,
    )
  const partial = `${target}.partial`
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    rmSync(partial, { force: true })
    // SQLite would create it readable by everybody.
    closeSync(openSync(partial, 'wx', 0o600))
    const database = new SQLite(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    try {
      // SQLite's backup takes a locked database for an empty one.
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
      // In one step: between steps a write of the gateway would restart the copy, without end on a busy day.
      await database.backup(partial, { progress: () => Number.MAX_SAFE_INTEGER })
    } finally {
      database.close()
    }
    if (statSync(partial).size === 0) throw held()
    checkCopy(partial)
    syncFile(partial)
    renameSync(partial, target)
    syncFile(dirname(target))
  } catch (error) {
    for (const rest of ['', '-wal', '-shm', '-journal']) rmSync(`${partial}${rest}`, { force: true })
    throw failed(error)
  }
  return { file: target, sizeBytes: statSync(target).size, durationMs: performance.now() - begun }
}
