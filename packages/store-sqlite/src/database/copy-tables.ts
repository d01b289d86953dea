import type SQLite from 'better-sqlite3'

/** Tables of the store itself whose rows a mode reads or adds to; the others are its journal and what belongs to operators. */
const SHARED = ['do_not_call_entries', 'contacts', 'consents']

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`

interface SchemaRow {
  readonly type: string
  readonly name: string
  readonly tbl_name: string
  readonly sql: string
}

/**
 * Copies what modes work with from another database: every table that is not the store's own, and those of the store that
 * they use. Only reads there, so nobody waits for it.
 */
export const copyTables = (into: SQLite.Database, from: string): void => {
  // Inside a transaction these two do nothing.
  into.pragma('foreign_keys = OFF')
  into.prepare('ATTACH DATABASE ? AS original').run(from)
  try {
    into.transaction(() => {
      const schemaOf = (name: string): SchemaRow[] =>
        into
          .prepare<[], SchemaRow>(`SELECT type, name, tbl_name, sql FROM ${name}.sqlite_schema WHERE sql IS NOT NULL`)
          .all()
      const own = new Set(schemaOf('main').map(({ name }) => name))
      const theirs = schemaOf('original').filter(
        ({ tbl_name: table }) => !own.has(table) && !table.startsWith('sqlite_'),
      )
      // Tables before what hangs on them, and triggers after the rows, which they would change.
      for (const { sql } of theirs.filter(({ type }) => type === 'table')) into.exec(sql)
      const tables = theirs.filter(({ type }) => type === 'table').map(({ name }) => name)
      for (const table of [...tables, ...SHARED.filter((name) => own.has(name))])
        into.exec(`INSERT INTO main.${quoted(table)} SELECT * FROM original.${quoted(table)}`)
      for (const { sql } of theirs.filter(({ type }) => type !== 'table')) into.exec(sql)
      into.exec(`INSERT OR IGNORE INTO main.__migrations SELECT * FROM original.__migrations WHERE package <> 'store'`)
    })()
  } finally {
    into.exec('DETACH DATABASE original')
    into.pragma('foreign_keys = ON')
  }
}
