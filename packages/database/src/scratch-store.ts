import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { sql } from 'drizzle-orm'
import { copyRows } from './copy-rows.ts'
import { isPostgresUrl } from './database-url.ts'
import { openStore } from './open-store.ts'

/** Tables of the store itself whose rows a mode reads or adds to; the others are its journal and what belongs to operators. */
const SHARED = ['do_not_call_entries', 'contacts', 'consents']

const tablesIn = async ({ database }: DrizzleStore): Promise<string[]> => {
  const rows = await runQuery(
    database.all<[string]>(
      sql`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid`,
    ),
  )
  return rows.map(([name]) => name)
}

/**
 * A store in memory that begins with what modes work with (customers, appointments, do-not-call, consents) as it is in the
 * database of `url`, and is gone when it is closed: whatever is done in it happens nowhere else. A database in memory cannot
 * be copied: the store is empty then.
 */
export const openScratchStore = async (url: string): Promise<DrizzleStore> => {
  const sqlite = await import('@llc-phone/store-sqlite')
  if (!isPostgresUrl(url)) return sqlite.openScratchStore(url)
  const [original, scratch] = await Promise.all([
    openStore({ url, connections: 1 }),
    sqlite.openSqliteStore({ url: 'file::memory:' }),
  ])
  const copy = async (tables: readonly string[]): Promise<void> => {
    // oxlint-disable-next-line no-await-in-loop -- tables before what hangs on them
    for (const table of tables) await copyRows(original, scratch, table)
  }
  const close = async (): Promise<void> => void (await Promise.all([original.close(), scratch.close()]))
  try {
    await copy(SHARED)
  } catch (error) {
    await close()
    throw error
  }
  return {
    ...scratch,
    // A mode makes its tables when it is opened.
    async migrate(owner, folder) {
      const before = await tablesIn(scratch)
      await scratch.migrate(owner, folder)
      await copy((await tablesIn(scratch)).filter((table) => !before.includes(table)))
    },
    close,
  }
}
