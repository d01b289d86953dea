import { sql, type SQL } from 'drizzle-orm'
import type { Dialect, RowType } from '@llc-phone/store-drizzle'
import { jsonText } from './json-text.ts'

/** Where changes of the table `changes` are told. */
export const CHANGES_CHANNEL = 'llc_changed'

const named = (name: string): SQL => sql.raw(`"${name}"`)

/** Types of the fields of a list. A whole number is rounded afterwards: Postgres refuses one with a fraction. */
const TYPES: Readonly<Record<RowType, string>> = {
  text: 'text',
  integer: 'double precision',
  real: 'double precision',
  boolean: 'boolean',
  json: 'json',
}

/** Not the time at which the transaction began: it may have waited for a lock. */
const NOW = sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`

const columnOf = ([name, type]: [string, RowType]): SQL =>
  type === 'integer' ? sql`CAST(fields.${named(name)} AS bigint) AS ${named(name)}` : sql`fields.${named(name)}`

/** The index of a call holds a megabyte: so many words of so many letters fit, and no call has more. */
const LONGEST_WORD = 64
const MOST_WORDS = 5_000

const cut = (word: string): string => word.slice(0, LONGEST_WORD)

/** Words have letters and digits only. */
const matching = (words: readonly string[]): string =>
  words.map((word) => (word.endsWith('*') ? `'${cut(word.slice(0, -1))}':*` : `'${cut(word)}'`)).join(' & ')

/** The SQL of Postgres. */
export const postgresDialect: Dialect = {
  rows: (list, columns, as) => {
    const typed = Object.entries(columns).map(([name, type]) => sql`${named(name)} ${sql.raw(TYPES[type])}`)
    return sql`(SELECT entry.place - 1 AS position, ${sql.join(
      Object.entries(columns).map(columnOf),
      sql`, `,
    )} FROM json_array_elements(${jsonText(list)}::json) WITH ORDINALITY AS entry(value, place),
      LATERAL json_to_record(entry.value) AS fields(${sql.join(typed, sql`, `)})) AS ${named(as)}`
  },
  signTime: () => NOW,
  json: (value) => sql`${jsonText(value)}::json`,
  among: (texts) => sql`(SELECT jsonb_array_elements_text(${jsonText(texts)}::jsonb))`,
  greatest: (...values) => sql`greatest(${sql.join([...values], sql`, `)})`,
  list: (...columns) => sql`jsonb_agg(jsonb_build_array(${sql.join([...columns], sql`, `)}))`,
  contains: (column, text) => sql`${column} ILIKE ${`%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`}`,
  readBy: (table) => sql.raw(table),
  hasWords: (words) => sql`id IN (SELECT call_id FROM call_words WHERE words @@ ${matching(words)}::tsquery)`,
  indexWords: (callId, words, which) =>
    sql`INSERT INTO call_words (call_id, words)
      SELECT id, array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(${jsonText(words.slice(0, MOST_WORDS).map(cut))}::jsonb))) FROM calls WHERE id = ${callId} AND ${which}
      ON CONFLICT (call_id) DO UPDATE SET words = excluded.words`,
  now: NOW,
  announce: (topic) => sql`pg_notify(${CHANGES_CHANNEL}, ${topic})`,
  lockedRows: (table) => sql.raw(`FOR NO KEY UPDATE OF ${table}`),
  rowid: sql`ctid`,
}
