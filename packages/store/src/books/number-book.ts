import type { E164 } from '@llc-phone/core'
import { asc, desc, eq, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { numberAssignments, numberChanges } from '../schema/number-tables.ts'

/** A number and the mode instance that answers it. */
export interface NumberAssignment {
  readonly number: E164
  readonly mode: string
  readonly setBy: string
  readonly setAt: Date
}

/** One change of an assignment. */
export interface NumberChange {
  readonly number: E164
  /** `null`: it was removed. */
  readonly mode: string | null
  /** `null`: there was none before. */
  readonly previousMode: string | null
  readonly changedBy: string
  readonly changedAt: Date
}

/** Which number answers in which mode, as changed at run time; every change is recorded. */
export interface NumberBook {
  /** By number. */
  list(): Promise<readonly NumberAssignment[]>
  /** `by`: who made the change. */
  set(number: E164, mode: string, by: string): Promise<void>
  /** Whether there was one. */
  remove(number: E164, by: string): Promise<boolean>
  /** The latest first; of all numbers when none is given. */
  history(limit: number, number?: E164): Promise<readonly NumberChange[]>
}

/** The numbers in the database. */
export const openNumberBook = (database: Database): NumberBook => ({
  list: () => runQuery(database.select().from(numberAssignments).orderBy(asc(numberAssignments.number))),
  async set(number, mode, by) {
    const now = new Date()
    const assignment = { mode, setBy: by, setAt: now }
    await runQuery(
      database.batch([
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
      ]),
    )
  },
  async remove(number, by) {
    const [, removed] = await runQuery(
      database.batch([
        database.run(
          sql`INSERT INTO ${numberChanges} (number, previous_mode, changed_by, changed_at)
            SELECT number, mode, ${by}, ${Date.now()} FROM ${numberAssignments} WHERE number = ${number}`,
        ),
        database
          .delete(numberAssignments)
          .where(eq(numberAssignments.number, number))
          .returning({ number: numberAssignments.number }),
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
})
