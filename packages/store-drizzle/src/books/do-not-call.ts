import { type DoNotCallEntry, type DoNotCallList, type NewDoNotCallEntry } from '@llc-phone/store'
import type { E164 } from '@llc-phone/core'
import { and, asc, desc, eq, gt, isNull, sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { whole } from './whole.ts'
import { withoutNulls } from './without-nulls.ts'
import type { StoreTables } from '../schema/store-tables.ts'

/** Chunk size: writing and inserting one chunk holds up calls for a few ms at most. */
const CHUNK_ROWS = 1_000

const entryOf = ({ id: _id, ...row }: StoreTables['doNotCallEntries']['$inferSelect']): DoNotCallEntry =>
  withoutNulls(row)

/** The list in the database. */
export const openDoNotCallList = (database: Database): DoNotCallList => {
  const { doNotCallEntries } = database.tables
  const inForce = (number: string) =>
    and(eq(doNotCallEntries.number, number as E164), isNull(doNotCallEntries.removedAt))

  /** The rows travel as one JSON text, as those of the journal do. */
  const addChunk = async (entries: readonly NewDoNotCallEntry[]): Promise<number> => {
    const rows = entries.map(({ number, reason, source, callId }) => ({ number, reason, source, callId }))
    const columns = { number: 'text', reason: 'text', source: 'text', callId: 'text' } as const
    const added = await runQuery(
      database.all(
        sql`INSERT INTO ${doNotCallEntries} (number, reason, source, call_id, added_at)
          SELECT number, reason, source, "callId", ${whole(Date.now())}
          FROM ${database.engine.rows(rows, columns, 'entry')} WHERE true ON CONFLICT DO NOTHING RETURNING 1`,
      ),
    )
    return added.length
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
