import type { SQL } from 'drizzle-orm'

/** The type of a column of {@link Dialect.rows}. */
export type RowType = 'text' | 'integer' | 'real' | 'boolean' | 'json'

/** What the engines say differently. Everything else in the books is SQL that all of them understand. */
export interface Dialect {
  /**
   * Rows from a list, for `FROM`: a column for each name, null where an entry lacks it, and `position`, from 0. Of a `json` column the value may be anything that JSON has. The list is
   * sent as one JSON text, because a placeholder for each value would cost the thread that carries audio time.
   */
  rows(list: readonly object[], columns: Readonly<Record<string, RowType>>, as: string): SQL
  /** The time (ms) that signs of life are dated and compared with: the database's own where several machines use it, else this one. */
  signTime(at: Date): SQL
  /** A value for a column of JSON, where the engine cannot tell the type of a parameter from its place. */
  json(value: unknown): SQL
  /** Texts as a subquery, for `IN`. */
  among(texts: readonly string[]): SQL
  /** The greatest of some values. Where one is null the engines differ: give none that can be. */
  greatest(...values: readonly SQL[]): SQL
  /** In a query with groups: these columns of each row as a JSON array, all of them as the text of one; null without rows. */
  list(...columns: readonly SQL[]): SQL
  /** Whether a text stands in another, whatever the case of ASCII letters; `%` and `_` mean themselves. */
  contains(column: SQL, text: string): SQL
  /** For `FROM`: a table that is to be read by this index, where the engine would choose a slower one. */
  readBy(table: string, index: string): SQL
  /** The condition that a call in `calls` has all these words, as `wordsOf` gives them; a `*` behind one makes it the beginning of a word. */
  hasWords(words: readonly string[]): SQL
  /** Adds the words of a call to the index for full text; follows its turns in a batch. `which` is about its row. */
  indexWords(callId: string, words: readonly string[], which: SQL): SQL
  /** The database's clock, ms since 1970: those of machines differ. */
  readonly now: SQL
  /** For `RETURNING` behind a change of the table `changes`: tells whoever listens, once the change is committed. */
  announce(topic: string): SQL
  /** At the end of a query in a batch: nobody else changes the rows of this table that it found until the batch has ended. */
  lockedRows(table: string): SQL
  /** The physical place of a row, to delete a few at a time. */
  readonly rowid: SQL
}
