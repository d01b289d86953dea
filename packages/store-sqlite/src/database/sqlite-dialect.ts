import { sql, type SQL } from 'drizzle-orm'
import type { Dialect } from '@llc-phone/store-drizzle'

const named = (name: string): SQL => sql.raw(`"${name}"`)

const matching = (words: readonly string[]): string =>
  words.map((word) => (word.endsWith('*') ? `"${word.slice(0, -1)}"*` : `"${word}"`)).join(' ')

/** The SQL of SQLite. */
export const sqliteDialect: Dialect = {
  rows: (list, columns, as) => {
    const fields = Object.entries(columns).map(
      ([name, type]) => sql`value ${sql.raw(type === 'json' ? '->' : '->>')} ${sql.raw(`'${name}'`)} AS ${named(name)}`,
    )
    return sql`(SELECT key AS position, ${sql.join(fields, sql`, `)} FROM json_each(${JSON.stringify(list)})) AS ${named(as)}`
  },
  signTime: (at) => sql`${at.getTime()}`,
  json: (value) => sql`${JSON.stringify(value)}`,
  among: (texts) => sql`(SELECT value FROM json_each(${JSON.stringify(texts)}))`,
  // With one argument it would be the aggregate.
  greatest: (...values) => (values.length === 1 ? values[0]! : sql`max(${sql.join([...values], sql`, `)})`),
  list: (...columns) => sql`json_group_array(json_array(${sql.join([...columns], sql`, `)}))`,
  contains: (column, text) =>
    sql`${column} LIKE ${`%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`} ESCAPE '\\'`,
  readBy: (table, index) => sql.raw(`${table} INDEXED BY ${index}`),
  hasWords: (words) => sql`words_id IN (SELECT rowid FROM call_words WHERE call_words MATCH ${matching(words)})`,
  // A trigger reads the words: each call has a place of its own in the index.
  indexWords: (callId, _words, which) =>
    sql`UPDATE calls SET words_id = coalesce(words_id, started_at * 1048576 + abs(random() % 1048576)) WHERE id = ${callId} AND ${which}`,
  now: sql`CAST(unixepoch('subsec') * 1000 AS integer)`,
  // Other processes ask often enough.
  announce: () => sql`NULL`,
  // SQLite has one writer.
  lockedRows: () => sql``,
  rowid: sql`rowid`,
}
