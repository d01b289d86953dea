import { asc, eq } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { callNotes } from '../schema/story-tables.ts'

/** A note that the assistant took in a call. */
export interface CallNote {
  readonly text: string
  readonly at: Date
}

/** Notes taken in calls. */
export interface CallNotes {
  /** Durable when it resolves. */
  add(note: { readonly callId: string; readonly text: string }): Promise<void>
  /** In the order they were taken. */
  of(callId: string): Promise<readonly CallNote[]>
}

/** The notes in the database. */
export const openCallNotes = (database: Database): CallNotes => ({
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
})
