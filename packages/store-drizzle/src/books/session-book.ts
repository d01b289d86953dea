import { type SessionBook } from '@llc-phone/store'
import { and, desc, eq, inArray, lt, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { noteChange } from './fleet-book.ts'
import { withoutNulls } from './without-nulls.ts'

/** The sessions in the database. */
export const openSessionBook = (database: Database): SessionBook => {
  const { sessions } = database.tables
  return {
    async add(session, { startedBefore, most }) {
      // By the same key, by the same token, or by neither.
      const ofSame: SQL = sql`(${sessions.keyId} IS NOT DISTINCT FROM ${session.keyId ?? null} AND ${sessions.tokenHash} IS NOT DISTINCT FROM ${session.tokenHash ?? null})`
      const newest = database
        .select({ id: sessions.id })
        .from(sessions)
        .where(ofSame)
        .orderBy(desc(sessions.startedAt))
        .limit(most)
      await runQuery(
        database
          .alone('sessions')
          .batch([
            database.insert(sessions).values(session),
            database
              .delete(sessions)
              .where(or(lt(sessions.startedAt, startedBefore), and(ofSame, notInArray(sessions.id, newest)))),
            noteChange(database, 'people'),
          ]),
      )
    },
    async list() {
      const rows = await runQuery(database.select().from(sessions).orderBy(desc(sessions.lastUsedAt)))
      return rows.map((row) => withoutNulls(row))
    },
    async used(id, at) {
      await runQuery(database.update(sessions).set({ lastUsedAt: at }).where(eq(sessions.id, id)))
    },
    async remove(ids) {
      if (ids.length === 0) return
      await runQuery(
        database.batch([
          database.delete(sessions).where(inArray(sessions.id, [...ids])),
          noteChange(database, 'people'),
        ]),
      )
    },
  }
}
