import { type TurnedAwayBook } from '@llc-phone/store'
import { desc, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'

/** The counts in the database. */
export const openTurnedAwayBook = (database: Database): TurnedAwayBook => {
  const { turnedAway } = database.tables
  return {
    async add(counted) {
      if (counted.length === 0) return
      await runQuery(
        database
          .insert(turnedAway)
          .values([...counted])
          .onConflictDoUpdate({
            target: [turnedAway.minute, turnedAway.dialled, turnedAway.reason],
            set: { calls: sql`${turnedAway.calls} + excluded.calls` },
          }),
      )
    },
    recent: (limit) => runQuery(database.select().from(turnedAway).orderBy(desc(turnedAway.minute)).limit(limit)),
  }
}
