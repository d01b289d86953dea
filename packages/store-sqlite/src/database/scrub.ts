import { runQuery, type Database } from '@llc-phone/store-drizzle'
import { sql } from 'drizzle-orm'

/** Pages of the full-text index merged at once, and the most steps: far more than an index of a million calls has. */
const MERGE_PAGES = 64

const MERGE_STEPS = 20_000

/** See `CallerEraser.scrub`. */
export const createScrub = (database: Database) => async (): Promise<boolean> => {
  for (let step = 0, pages = -MERGE_PAGES; step < MERGE_STEPS; step++, pages = MERGE_PAGES) {
    const changes = sql`SELECT total_changes()`
    // A negative number begins to merge the whole index into one; deleted words are left out.
    const merge = sql`INSERT INTO call_words (call_words, rank) VALUES ('merge', ${sql.raw(String(pages))})`
    // oxlint-disable-next-line no-await-in-loop -- other writes come in between
    const [[before], , [after]] = await runQuery(
      database.batch([database.all<[number]>(changes), database.run(merge), database.all<[number]>(changes)]),
    )
    // SQLite's documentation: fewer than two changes mean that nothing is left to merge.
    if (after![0] - before![0] < 2) break
  }
  const [row] = await runQuery(database.all<[number]>(sql`PRAGMA wal_checkpoint(TRUNCATE)`))
  return row?.[0] === 0
}
