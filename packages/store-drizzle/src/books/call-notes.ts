import { type CallNotes } from '@llc-phone/store'
import { asc, eq } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'

/** The notes in the database. */
export const openCallNotes = (database: Database): CallNotes => {
  const { callNotes } = database.tables
  return {
    async add({ callId, text }) {
      await runQuery(database.insert(callNotes).values({ callId, text, createdAt: new Date() }))
    },
    of: (callId) =>
      runQuery(
        database
          .select({ text: callNotes.text, at: callNotes.createdAt })
          .from(callNotes)
          .where(eq(callNotes.callId, callId))
          .orderBy(asc(callNotes.id)),
      ),
  }
}
