import type { CopyEnd } from '@llc-phone/store-drizzle'

/** Rows read and written at once: a page is in memory, and its values are parameters, of which SQLite takes 32,766. */
const ROWS_AT_ONCE = 500
const PARAMETERS_AT_ONCE = 30_000

/** What a database is read and written by. */
export type RowsEnd = Pick<CopyEnd, 'engine' | 'query' | 'valueFor'>

interface Column {
  readonly name: string
  readonly type: string
  readonly isKey: boolean
}

const named = (name: string): string => `"${name.replaceAll('"', '""')}"`

const namesOf = (columns: readonly Column[]): string => columns.map(({ name }) => named(name)).join(', ')

/** What each database has for itself: the record of migrations, the index for full text, and which gateways run on it. */
const NOT_COPIED = ['__migrations', 'call_words', 'instances']

/** The tables with rows of their own; of {@link NOT_COPIED} nothing is copied. */
export const tablesOf = async ({ engine, query }: RowsEnd): Promise<string[]> => {
  const rows = await query(
    engine === 'sqlite'
      ? `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'`
      : `SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
          WHERE nspname = current_schema() AND relkind = 'r'`,
  )
  const names = rows.map(([name]) => String(name))
  return names.filter((name) => !NOT_COPIED.includes(name)).toSorted()
}

/** The columns of a table in their order, and which of them are its primary key. */
const columnsOf = async ({ engine, query }: RowsEnd, table: string): Promise<readonly Column[]> => {
  const rows = await query(
    engine === 'sqlite'
      ? 'SELECT name, lower(type), pk > 0 FROM pragma_table_info(?) ORDER BY cid'
      : `SELECT column_name, data_type, EXISTS (
            SELECT 1 FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
            WHERE indrelid = to_regclass(quote_ident(table_name)) AND indisprimary AND attname = column_name)
          FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ? AND is_generated = 'NEVER'
          ORDER BY ordinal_position`,
    [table],
  )
  return rows.map(([name, type, isKey]) => ({ name: String(name), type: String(type), isKey: Boolean(isKey) }))
}

/** The tables that a table refers to. */
const parentsOf = async ({ engine, query }: RowsEnd, table: string): Promise<string[]> => {
  const rows = await query(
    engine === 'sqlite'
      ? 'SELECT "table" FROM pragma_foreign_key_list(?)'
      : `SELECT parent.relname FROM pg_constraint JOIN pg_class AS parent ON parent.oid = confrelid
          WHERE contype = 'f' AND conrelid = to_regclass(quote_ident(?))`,
    [table],
  )
  return rows.map(([name]) => String(name))
}

/** The tables in an order in which every one comes after those that it refers to. */
export const inOrder = async (end: RowsEnd, tables: readonly string[]): Promise<string[]> => {
  const ordered = new Set<string>()
  const visited = new Set<string>()
  const visit = async (table: string): Promise<void> => {
    if (visited.has(table) || !tables.includes(table)) return
    visited.add(table)
    // oxlint-disable-next-line no-await-in-loop -- few tables, once
    for (const parent of await parentsOf(end, table)) await visit(parent)
    ordered.add(table)
  }
  // oxlint-disable-next-line no-await-in-loop -- as above
  for (const table of tables) await visit(table)
  return [...ordered]
}

/** How many rows a table has. */
export const countRows = async ({ query }: RowsEnd, table: string): Promise<number> => {
  const [[count]] = (await query(`SELECT count(*) FROM ${named(table)}`)) as [[number]]
  return count
}

/** Deletes all rows of a table. */
export const clearRows = async ({ query }: RowsEnd, table: string): Promise<void> => {
  await query(`DELETE FROM ${named(table)}`)
}

/** What is made anew in the other database, because it says where something is in this one. */
const isPlace = (table: string, { name }: Column): boolean => table === 'calls' && name === 'words_id'

/**
 * Copies all rows of a table, whatever the engines of both databases, page by page in the order of its primary key. Tells
 * `copied` after each page how many rows it had. The error of a database names the table.
 */
export const copyRows = async (
  from: RowsEnd,
  into: RowsEnd,
  table: string,
  copied: (rows: number) => void = () => {},
): Promise<void> => {
  const [theirs, ours] = await Promise.all([columnsOf(from, table), columnsOf(into, table)])
  // What an older schema lacks is left to its default.
  const columns = ours.filter((column) => !isPlace(table, column) && theirs.some(({ name }) => name === column.name))
  if (columns.length === 0) return
  const keys = theirs.filter(({ isKey, name }) => isKey && columns.some((column) => column.name === name))
  // The primary key; a table without one is ordered by everything.
  const order = keys.length > 0 ? keys : columns
  const atOnce = Math.min(ROWS_AT_ONCE, Math.floor(PARAMETERS_AT_ONCE / columns.length))
  const select = `SELECT ${namesOf(columns)} FROM ${named(table)}`
  const places = `(${columns.map(() => '?').join(', ')})`
  const insertion = (rows: number): string =>
    `INSERT INTO ${named(table)} (${namesOf(columns)}) VALUES ${Array<string>(rows).fill(places).join(', ')}`
  const insertWhole = insertion(atOnce)
  const keyPlaces = order.map((key) => columns.findIndex(({ name }) => name === key.name))

  let last: readonly unknown[] | undefined
  for (let done = 0; ;) {
    const isBehind = keys.length > 0 && last !== undefined
    const behind = isBehind ? `WHERE (${namesOf(order)}) > (${order.map(() => '?').join(', ')})` : ''
    const skip = keys.length > 0 ? '' : `OFFSET ${done}`
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const rows = await from.query(
      `${select} ${behind} ORDER BY ${namesOf(order)} LIMIT ${atOnce} ${skip}`,
      isBehind ? last : [],
    )
    if (rows.length === 0) return
    const values = rows.flatMap((row) => columns.map(({ type }, at) => into.valueFor(type, row[at])))
    // oxlint-disable-next-line no-await-in-loop -- as above
    await into.query(rows.length === atOnce ? insertWhole : insertion(rows.length), values)
    done += rows.length
    copied(rows.length)
    const end = rows.at(-1)!
    last = keyPlaces.map((place) => end[place])
  }
}

/**
 * Sets the counters of primary keys behind those that were copied, and behind those that were given before and deleted since:
 * no number is given twice.
 */
export const copyCounters = async (from: RowsEnd, into: RowsEnd, tables: readonly string[]): Promise<void> => {
  for (const table of tables) {
    // oxlint-disable-next-line no-await-in-loop -- few tables, once
    const column = await counterOf(into, table)
    if (column === undefined) continue
    // oxlint-disable-next-line no-await-in-loop -- as above
    const [[most]] = (await into.query(`SELECT coalesce(max(${named(column)}), 0) FROM ${named(table)}`)) as [[number]]
    // oxlint-disable-next-line no-await-in-loop -- as above
    const given = Math.max(most, await lastGiven(from, table))
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (given > 0) await setCounter(into, table, column, given)
  }
}

/** The column of a table that counts up. */
const counterOf = async ({ engine, query }: RowsEnd, table: string): Promise<string | undefined> => {
  const [found] =
    engine === 'sqlite'
      ? await query(
          `SELECT info.name FROM sqlite_schema, pragma_table_info(?) AS info
            WHERE sqlite_schema.type = 'table' AND sqlite_schema.name = ? AND pk = 1 AND upper(sql) LIKE '%AUTOINCREMENT%'`,
          [table, table],
        )
      : await query(
          `SELECT column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name = ? AND is_identity = 'YES'`,
          [table],
        )
  return found && String(found[0])
}

/** The number that was given last; 0 when there was none. */
const lastGiven = async (from: RowsEnd, table: string): Promise<number> => {
  const { engine, query } = from
  const column = await counterOf(from, table)
  if (column === undefined) return 0
  if (engine === 'sqlite') {
    const [found] = await query('SELECT seq FROM sqlite_sequence WHERE name = ?', [table])
    return Number(found?.[0] ?? 0)
  }
  const [[sequence]] = (await query('SELECT pg_get_serial_sequence(quote_ident(?::text), ?::text)', [
    table,
    column,
  ])) as [[string]]
  // The name comes quoted.
  const [found] = await query(`SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM ${sequence}`)
  return Number(found?.[0] ?? 0)
}

const setCounter = async ({ engine, query }: RowsEnd, table: string, column: string, last: number): Promise<void> => {
  if (engine === 'postgres') {
    await query('SELECT setval(pg_get_serial_sequence(quote_ident(?::text), ?::text), ?::bigint)', [
      table,
      column,
      last,
    ])
    return
  }
  await query('DELETE FROM sqlite_sequence WHERE name = ?', [table])
  await query('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)', [table, last])
}
