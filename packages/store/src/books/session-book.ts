import { and, desc, eq, inArray, lt, notInArray, or, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { sessions } from '../schema/people-tables.ts'
import { withoutNulls } from './without-nulls.ts'

/** A browser that is signed in. */
export interface BrowserSession {
  readonly id: string
  /** SHA-256, hex, of what the browser keeps. */
  readonly hash: string
  /** The key of a person that it was opened with. */
  readonly keyId?: string
  /** SHA-256, hex, of the ADMIN_TOKEN that it was opened with. */
  readonly tokenHash?: string
  readonly startedAt: Date
  /** To the minute. */
  readonly lastUsedAt: Date
  readonly address?: string
  /** What the browser calls itself. */
  readonly browser?: string
}

/** The sessions of browsers. Which of them still count is not decided here. */
export interface SessionBook {
  /** Adds one, and removes those started before `startedBefore`, and the oldest beyond `most` of the same key or token. */
  add(session: BrowserSession, limits: { readonly startedBefore: Date; readonly most: number }): Promise<void>
  list(): Promise<readonly BrowserSession[]>
  used(id: string, at: Date): Promise<void>
  /** Resolves when they can open nothing any more, in no process on this database. */
  remove(ids: readonly string[]): Promise<void>
}

/** The sessions in the database. */
export const openSessionBook = (database: Database): SessionBook => ({
  async add(session, { startedBefore, most }) {
    // By the same key, by the same token, or by neither.
    const ofSame: SQL = sql`(${sessions.keyId} IS ${session.keyId ?? null} AND ${sessions.tokenHash} IS ${session.tokenHash ?? null})`
    const newest = database
      .select({ id: sessions.id })
      .from(sessions)
      .where(ofSame)
      .orderBy(desc(sessions.startedAt))
      .limit(most)
    await runQuery(
      database.batch([
        database.insert(sessions).values(session),
        database
          .delete(sessions)
          .where(or(lt(sessions.startedAt, startedBefore), and(ofSame, notInArray(sessions.id, newest)))),
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
    if (ids.length > 0) await runQuery(database.delete(sessions).where(inArray(sessions.id, [...ids])))
  },
})
