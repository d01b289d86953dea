import { type GreetingArchive } from '@llc-phone/store'
import { asc, eq } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'

/** The recordings in the database. */
export const openGreetingArchive = (database: Database): GreetingArchive => {
  const { recordedGreetings } = database.tables
  return {
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
  }
}
