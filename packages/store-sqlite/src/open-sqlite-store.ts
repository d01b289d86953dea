import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openBooks, sqliteKit, type DrizzleStore } from '@llc-phone/store-drizzle'
import { announceAlive } from './database/alive.ts'
import { connectDatabase, type ConnectionOptions } from './database/connection.ts'
import { databaseFile } from './database/database-file.ts'
import { createScrub } from './database/scrub.ts'
import { createDatabase, sqliteTables } from './database/sqlite-database.ts'

/** How a store in SQLite is opened. */
export interface SqliteOptions extends ConnectionOptions {
  /** `file:data/llc-phone.db`, `file:///var/lib/llc-phone.db` or `file::memory:`. */
  readonly url: string
  /** INSTANCE_ID. */
  readonly instance?: string | undefined
}

/**
 * Opens the store in a thread of its own, so that a slow disk is never audible, and brings its tables up to date.
 * A relative path counts from the working directory; missing folders are created.
 */
export const openSqliteStore = async ({ url, instance, ...options }: SqliteOptions): Promise<DrizzleStore> =>
  open(url, options, { instance })

/**
 * A store in memory that begins with what modes work with (customers, appointments, do-not-call, consents) as it is in the
 * database of `url`, and is gone when it is closed: whatever is done in it happens nowhere else. A database in memory cannot
 * be copied: the store is empty then.
 */
export const openScratchStore = async (url: string): Promise<DrizzleStore> => {
  const file = databaseFile(url)
  return open('file::memory:', {}, { copyOf: file === ':memory:' ? undefined : resolve(file) })
}

/** The folder of the store's migrations for SQLite. */
export const STORE_MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

const open = async (
  url: string,
  options: ConnectionOptions,
  { copyOf, instance }: { readonly copyOf?: string | undefined; readonly instance?: string | undefined },
): Promise<DrizzleStore> => {
  const connection = await connectDatabase(databaseFile(url), options)
  const migrate = (owner: string, folder: string) => connection.migrate(owner, join(folder, 'sqlite'))
  try {
    await connection.migrate('store', STORE_MIGRATIONS)
    if (copyOf !== undefined) await connection.copy(copyOf)
  } catch (error) {
    await connection.close()
    throw error
  }
  const database = createDatabase(connection, sqliteTables)
  const alive = await announceAlive(databaseFile(url))
  return {
    engine: 'sqlite',
    database,
    ...openBooks(database, { alive, scrub: createScrub(database), instance }),
    withTables: (define) => createDatabase(connection, define(sqliteKit)),
    migrate,
    problem: connection.problem,
    async close() {
      await connection.close()
      // Last, because the process counts as alive as long as it writes.
      alive.close()
    },
  }
}
