import type { E164 } from '@llc-phone/core'
import { and, asc, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { doNotCallEntries } from '../schema/outbound-tables.ts'
import { withoutNulls } from './without-nulls.ts'

/** A number that must not be called. */
export interface NewDoNotCallEntry {
  readonly number: E164
  readonly reason?: string
  /** Who added it: the API, the command line, a list, or the callee in a call. */
  readonly source: 'api' | 'cli' | 'csv' | 'call'
  /** The call in which it was asked for. */
  readonly callId?: string
}

/** An entry of the list, in force or removed. */
export interface DoNotCallEntry extends NewDoNotCallEntry {
  readonly addedAt: Date
  readonly removedAt?: Date
  readonly removedBy?: string
}

/** Numbers that must not be called. Removed entries are kept, to show who allowed the number again. */
export interface DoNotCallList {
  /** Durable when it resolves. A number that is listed already keeps its entry. */
  add(entry: NewDoNotCallEntry): Promise<void>
  /** Adds a long list in chunks, so that calls are not held up. Chunks added before a failure stay. */
  addAll(entries: readonly NewDoNotCallEntry[]): Promise<{ readonly added: number; readonly known: number }>
  /** Resolves to whether it was listed. `by`: who made the change. */
  remove(number: string, by: string): Promise<boolean>
  /** Only an entry in force. */
  find(number: string): Promise<DoNotCallEntry | undefined>
  /**
   * Entries in force, by number, beginning behind the number `after` or with the one that `skip` others are before; 100 unless
   * told otherwise.
   */
  list(options?: {
    readonly limit?: number
    readonly after?: string
    readonly skip?: number
  }): Promise<readonly DoNotCallEntry[]>
  /** Every entry the number ever had, the latest first. */
  history(number: string): Promise<readonly DoNotCallEntry[]>
}

/** Chunk size: writing and inserting one chunk holds up calls for a few ms at most. */
const CHUNK_ROWS = 1_000

const entryOf = ({ id: _id, ...row }: typeof doNotCallEntries.$inferSelect): DoNotCallEntry => withoutNulls(row)

const inForce = (number: string) => and(eq(doNotCallEntries.number, number as E164), isNull(doNotCallEntries.removedAt))

/** The list in the database. */
export const openDoNotCallList = (database: Database): DoNotCallList => {
  /** The rows travel as one JSON text, as those of the journal do. */
  const addChunk = async (entries: readonly NewDoNotCallEntry[]): Promise<number> => {
    const rows = entries.map(({ number, reason, source, callId }) => ({ number, reason, source, callId }))
    const [, [[added]]] = await runQuery(
      database.batch([
        database.run(
          sql`INSERT INTO ${doNotCallEntries} (number, reason, source, call_id, added_at)
            SELECT value ->> 'number', value ->> 'reason', value ->> 'source', value ->> 'callId', ${Date.now()}
            FROM json_each(${JSON.stringify(rows)}) WHERE true ON CONFLICT DO NOTHING`,
        ),
        database.all(sql`SELECT changes()`),
      ]) as Promise<[unknown, [[number]]]>,
    )
    return added
  }

  return {
    async add(entry) {
      await addChunk([entry])
    },
    async addAll(entries) {
      let added = 0
      for (let from = 0; from < entries.length; from += CHUNK_ROWS)
        added += await addChunk(entries.slice(from, from + CHUNK_ROWS))
      return { added, known: entries.length - added }
    },
    async remove(number, by) {
      const removed = await runQuery(
        database
          .update(doNotCallEntries)
          .set({ removedAt: new Date(), removedBy: by })
          .where(inForce(number))
          .returning({ id: doNotCallEntries.id }),
      )
      return removed.length > 0
    },
    async find(number) {
      const [row] = await runQuery(database.select().from(doNotCallEntries).where(inForce(number)))
      return row && entryOf(row)
    },
    async list({ limit = 100, after = '', skip = 0 } = {}) {
      const rows = await runQuery(
        database
          .select()
          .from(doNotCallEntries)
          .where(and(gt(doNotCallEntries.number, after as E164), isNull(doNotCallEntries.removedAt)))
          .orderBy(asc(doNotCallEntries.number))
          .limit(limit)
          .offset(skip),
      )
      return rows.map(entryOf)
    },
    async history(number) {
      const rows = await runQuery(
        database
          .select()
          .from(doNotCallEntries)
          .where(eq(doNotCallEntries.number, number as E164))
          .orderBy(desc(doNotCallEntries.id)),
      )
      return rows.map(entryOf)
    },
  }
}
