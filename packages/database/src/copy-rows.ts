import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { sql, type SQL } from 'drizzle-orm'

/** Rows read and written at once: a page is in memory, and its values are parameters, of which engines take 30,000. */
const ROWS_AT_ONCE = 500

interface Column {
  readonly name: string
  readonly type: string
  readonly isKey: boolean
}

const named = (name: string): SQL => sql.raw(`"${name.replaceAll('"', '""')}"`)

/** The columns of a table in their order, and which of them are its primary key. */
const columnsOf = async ({ engine, database }: DrizzleStore, table: string): Promise<readonly Column[]> => {
  const rows = await runQuery(
    database.all<[string, string, number | boolean]>(
      engine === 'sqlite'
        ? sql`SELECT name, lower(type), pk > 0 FROM pragma_table_info(${table}) ORDER BY cid`
        : sql`SELECT column_name, data_type, EXISTS (
              SELECT 1 FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = ANY (indkey)
              WHERE indrelid = to_regclass(quote_ident(${table})) AND indisprimary AND attname = column_name)
            FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ${table} AND is_generated = 'NEVER'
            ORDER BY ordinal_position`,
    ),
  )
  return rows.map(([name, type, isKey]) => ({ name, type, isKey: Boolean(isKey) }))
}

/** A value of one engine as the other takes it: SQLite has numbers for booleans, and JSON is text in both. */
const valueFor = (engine: DrizzleStore['engine'], { type }: Column, value: unknown): unknown => {
  if (engine === 'sqlite') return typeof value === 'boolean' ? Number(value) : value
  if (value === null) return null
  return type === 'boolean' ? Boolean(value) : value
}

/**
 * Copies all rows of a table from one store into another one, whatever their engines, in order of the primary key. Tells
 * `copied` after each page how many rows it had.
 */
export const copyRows = async (
  from: DrizzleStore,
  into: DrizzleStore,
  table: string,
  copied: (rows: number) => void = () => {},
): Promise<void> => {
  const [theirs, ours] = await Promise.all([columnsOf(from, table), columnsOf(into, table)])
  // What an older schema lacks is left to its default.
  const columns = ours.filter(({ name }) => theirs.some((column) => column.name === name))
  const names = sql.join(
    columns.map(({ name }) => named(name)),
    sql`, `,
  )
  const keys = columns.filter(({ isKey }) => isKey)
  const key = sql.join(
    keys.map(({ name }) => named(name)),
    sql`, `,
  )
  for (let last: readonly unknown[] | undefined; ;) {
    const behind: SQL =
      last === undefined
        ? sql``
        : sql`WHERE (${key}) > (${sql.join(
            last.map((value) => sql`${value}`),
            sql`, `,
          )})`
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const rows: unknown[][] = await runQuery(
      from.database.all(sql`SELECT ${names} FROM ${named(table)} ${behind} ORDER BY ${key} LIMIT ${ROWS_AT_ONCE}`),
    )
    if (rows.length === 0) return
    const values = rows.map(
      (row) =>
        sql`(${sql.join(
          columns.map((column, at) => sql`${valueFor(into.engine, column, row[at])}`),
          sql`, `,
        )})`,
    )
    // oxlint-disable-next-line no-await-in-loop -- as above
    await runQuery(into.database.run(sql`INSERT INTO ${named(table)} (${names}) VALUES ${sql.join(values, sql`, `)}`))
    copied(rows.length)
    const end = rows.at(-1)!
    last = keys.map((column) => end[columns.indexOf(column)])
  }
}
