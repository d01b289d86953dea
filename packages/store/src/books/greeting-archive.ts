import type { RecordedGreeting } from '@llc-phone/core'
import { asc, eq } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { recordedGreetings } from '../schema/recording-tables.ts'

/** Greetings that were recorded in calls. */
export interface GreetingArchive {
  /** Durable when it resolves; replaces a recording with the same id. */
  keep(greeting: RecordedGreeting): Promise<void>
  /** The oldest first. */
  list(): Promise<readonly RecordedGreeting[]>
  /** `false`: there is no such recording. */
  remove(id: string): Promise<boolean>
}

/** The recordings in the database. */
export const openGreetingArchive = (database: Database): GreetingArchive => ({
  async keep({ id, payload, ...rest }) {
    const spoken = { ...rest, audio: Buffer.from(payload, 'base64') }
    await runQuery(
      database
        .insert(recordedGreetings)
        .values({ id, ...spoken })
        .onConflictDoUpdate({ target: recordedGreetings.id, set: spoken }),
    )
  },
  async list() {
    const { recordedAt, id } = recordedGreetings
    const rows = await runQuery(database.select().from(recordedGreetings).orderBy(asc(recordedAt), asc(id)))
    return rows.map(({ audio, ...greeting }) => ({ ...greeting, payload: audio.toString('base64') }))
  },
  async remove(id) {
    const removed = await runQuery(
      database.delete(recordedGreetings).where(eq(recordedGreetings.id, id)).returning({ id: recordedGreetings.id }),
    )
    return removed.length > 0
  },
})
