import { desc, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { turnedAway } from '../schema/number-tables.ts'

/** Callers of one minute who got no assistant, for one reason. */
export interface TurnedAwayCalls {
  /** The beginning of the minute. */
  readonly minute: Date
  /** Our number that was called; empty for another destination. */
  readonly dialled: string
  readonly reason: string
  readonly calls: number
}

/** Counts of callers who got no assistant. */
export interface TurnedAwayBook {
  /** Adds to what is counted already. Durable when it resolves. */
  add(counted: readonly TurnedAwayCalls[]): Promise<void>
  /** The latest minutes first. */
  recent(limit: number): Promise<readonly TurnedAwayCalls[]>
}

/** The counts in the database. */
export const openTurnedAwayBook = (database: Database): TurnedAwayBook => ({
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
})
