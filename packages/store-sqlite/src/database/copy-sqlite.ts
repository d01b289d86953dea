import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { GatewayError } from '@llc-phone/core'
import type { CopyEnd, CopySource, CopyTarget } from '@llc-phone/store-drizzle'
import SQLite from 'better-sqlite3'
import { openSqliteStore, STORE_MIGRATIONS } from '../open-sqlite-store.ts'
import { databaseError } from './failure.ts'
import { badLocation } from './location.ts'

/** Somebody waits for the answer. */
const BUSY_TIMEOUT_MS = 2_000

const failed = (error: unknown): GatewayError => {
  if (error instanceof GatewayError) return error
  const { message, code } = error as NodeJS.ErrnoException
  return databaseError(code === undefined ? { message } : { message, code })
}

const endOf = (database: SQLite.Database): CopyEnd => {
  const prepared = new Map<string, SQLite.Statement>()
  const statement = (text: string): SQLite.Statement => {
    const known = prepared.get(text)
    if (known) return known
    const made = database.prepare(text)
    prepared.set(text, made)
    return made
  }
  return {
    engine: 'sqlite',
    async query(text, params = []) {
      try {
        const made = statement(text)
        if (made.reader) return made.raw().all(...params) as unknown[][]
        made.run(...params)
        return []
      } catch (error) {
        throw failed(error)
      }
    },
    valueFor: (_type, value) => (typeof value === 'boolean' ? Number(value) : (value ?? null)),
  }
}

/** A SQLite file to copy from: all of it as it is now, whatever is written meanwhile. Blocks the thread while it is read. */
export const openSqliteSource = async (file: string): Promise<CopySource> => {
  if (!existsSync(file)) throw new GatewayError('database_failed', `There is no database at ${file}.`)
  try {
    const database = new SQLite(file, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    try {
      database.exec('BEGIN')
      // The moment is that of the first read.
      database.prepare('SELECT count(*) FROM sqlite_schema').get()
      return { ...endOf(database), storeMigrations: STORE_MIGRATIONS, close: async () => void database.close() }
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw failed(error)
  }
}

const sync = (path: string): void => {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** A SQLite file to copy into, which gets its name when it is committed. Throws `database_failed` when there is one already. */
export const openSqliteTarget = async (file: string): Promise<CopyTarget> => {
  const bad = badLocation(file)
  if (bad) throw databaseError({ message: bad.says, ...bad })
  if (existsSync(file))
    throw new GatewayError(
      'database_failed',
      `The target is not empty: ${file} exists. Name another file, or move this one away.`,
    )
  const partial = `${file}.copying`
  const clear = (): void => {
    for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(`${partial}${ending}`, { force: true })
  }
  clear()
  const store = await openSqliteStore({ url: `file:${partial}` })
  let database: SQLite.Database | undefined
  const close = async (): Promise<void> => {
    database?.close()
    await store.close()
    clear()
  }
  /** Its tables are made by the store's thread: it begins to write when it is first asked. */
  const writing = (): SQLite.Database => {
    if (database) return database
    database = new SQLite(partial, { timeout: BUSY_TIMEOUT_MS })
    // All references are checked at the end; the file is synced before it gets its name.
    database.pragma('foreign_keys = OFF')
    database.pragma('synchronous = OFF')
    database.exec('BEGIN IMMEDIATE')
    return database
  }
  let end: CopyEnd | undefined
  return {
    engine: 'sqlite',
    store,
    query: async (text, params) => (end ??= endOf(writing())).query(text, params),
    valueFor: (_type, value) => (typeof value === 'boolean' ? Number(value) : (value ?? null)),
    async commit() {
      try {
        const written = writing()
        const [orphan] = written.pragma('foreign_key_check') as { table: string }[]
        if (orphan)
          throw new GatewayError('database_failed', `Rows of ${orphan.table} refer to others that were not copied.`)
        written.exec('COMMIT')
        await store.close()
        written.pragma('wal_checkpoint(TRUNCATE)')
        written.close()
        sync(partial)
        renameSync(partial, file)
        sync(dirname(file))
      } catch (error) {
        throw failed(error)
      }
    },
    close,
  }
}
