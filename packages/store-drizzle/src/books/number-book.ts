import { type NumberBook } from '@llc-phone/store'
import { asc, desc, eq, sql } from 'drizzle-orm'
import { whole } from './whole.ts'
import { runQuery, type Database } from '../database.ts'
import { noteChange } from './fleet-book.ts'

/** The numbers in the database. */
export const openNumberBook = (database: Database): NumberBook => {
  const { numberAssignments, numberChanges } = database.tables
  return {
    list: () => runQuery(database.select().from(numberAssignments).orderBy(asc(numberAssignments.number))),
    async set(number, mode, by) {
      const now = new Date()
      const assignment = { mode, setBy: by, setAt: now }
      await runQuery(
        database.alone('numbers').batch([
          database.insert(numberChanges).values({
            number,
            mode,
            previousMode: sql`(SELECT mode FROM ${numberAssignments} WHERE number = ${number})`,
            changedBy: by,
            changedAt: now,
          }),
          database
            .insert(numberAssignments)
            .values({ number, ...assignment })
            .onConflictDoUpdate({ target: numberAssignments.number, set: assignment }),
          noteChange(database, 'numbers'),
        ]),
      )
    },
    async remove(number, by) {
      const [, removed] = await runQuery(
        database.alone('numbers').batch([
          database.run(
            sql`INSERT INTO ${numberChanges} (number, previous_mode, changed_by, changed_at)
            SELECT number, mode, ${by}, ${whole(Date.now())} FROM ${numberAssignments} WHERE number = ${number}`,
          ),
          database
            .delete(numberAssignments)
            .where(eq(numberAssignments.number, number))
            .returning({ number: numberAssignments.number }),
          noteChange(database, 'numbers'),
        ]),
      )
      return removed.length > 0
    },
    history(limit, of) {
      const { number, mode, previousMode, changedBy, changedAt } = numberChanges
      return runQuery(
        database
          .select({ number, mode, previousMode, changedBy, changedAt })
          .from(numberChanges)
          .where(of && eq(number, of))
          .orderBy(desc(numberChanges.id))
          .limit(limit),
      )
    },
  }
}
