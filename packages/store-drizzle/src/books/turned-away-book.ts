import { type TurnedAwayBook } from '@llc-phone/store'
import { desc, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'

/** The counts in the database. */
export const openTurnedAwayBook = (database: Database): TurnedAwayBook => {
  const { turnedAway } = database.tables
  return {
    async add(counted) {
      if (counted.length === 0) return
      // A statement may change a row once.
      const sums = new Map<string, (typeof counted)[number]>()
      for (const each of counted) {
        const key = JSON.stringify([each.minute, each.dialled, each.reason])
        sums.set(key, { ...each, calls: each.calls + (sums.get(key)?.calls ?? 0) })
      }
      await runQuery(
        database
          .insert(turnedAway)
          .values([...sums.values()])
          .onConflictDoUpdate({
            target: [turnedAway.minute, turnedAway.dialled, turnedAway.reason],
            set: { calls: sql`${turnedAway.calls} + excluded.calls` },
          }),
      )
    },
    recent: (limit) => runQuery(database.select().from(turnedAway).orderBy(desc(turnedAway.minute)).limit(limit)),
  }
}
