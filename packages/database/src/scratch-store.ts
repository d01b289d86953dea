import { runQuery, type CopyEnd, type DrizzleStore } from '@llc-phone/store-drizzle'
import { sql, type SQL } from 'drizzle-orm'
import { isPostgresUrl } from '@llc-phone/store'
import { clearRows, copyRows, inOrder, tablesOf, type RowsEnd } from './copy-rows.ts'
import { openStore } from './open-store.ts'

/** Tables of the store itself whose rows a mode reads or adds to; the others are its journal and what belongs to operators. */
const SHARED = ['do_not_call_entries', 'contacts', 'consents']

/** A statement with `?` for its parameters. */
const statement = (text: string, params: readonly unknown[] = []): SQL =>
  sql.join(text.split('?').flatMap((part, at) => [sql.raw(part), ...(at < params.length ? [sql`${params[at]}`] : [])]))

const valueFor: CopyEnd['valueFor'] = (_type, value) => (typeof value === 'boolean' ? Number(value) : (value ?? null))

const endOf = ({ engine, database }: DrizzleStore): RowsEnd => ({
  engine,
  query: (text, params) =>
    runQuery(
      /^(SELECT|WITH)/.test(text) ? database.all(statement(text, params)) : run(database, statement(text, params)),
    ),
  valueFor,
})

const run = async (database: DrizzleStore['database'], query: SQL): Promise<unknown[][]> => {
  await database.run(query)
  return []
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
    openStore({ url, connections: 2 }),
    sqlite.openSqliteStore({ url: 'file::memory:' }),
  ])
  const [from, into] = [endOf(original), endOf(scratch)]
  const copy = async (tables: readonly string[]): Promise<void> => {
    // A migration puts rows in, which are in the original too, or were deleted there.
    // oxlint-disable-next-line no-await-in-loop -- what hangs on a table before it
    for (const table of tables.toReversed()) await clearRows(into, table)
    // oxlint-disable-next-line no-await-in-loop -- tables before what hangs on them
    for (const table of tables) await copyRows(from, into, table)
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
      const before = await tablesOf(into)
      await scratch.migrate(owner, folder)
      const made = (await tablesOf(into)).filter((table) => !before.includes(table))
      await copy(await inOrder(into, made))
    },
    close,
  }
}
