import { sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { callEvents } from '../schema/call-tables.ts'

/** A stored call log. */
export interface KeptEvents {
  /** Version of the log's format. */
  readonly version: number
  /** The log's file, compressed with gzip, in base64, because the spool beside the database keeps JSON. */
  readonly gzip: string
}

/** Logs of calls. They are written with the story of their call, see `CallJournal.finish`. */
export interface EventArchive {
  /** By our id of the call, or by that of its leg. */
  find(id: string): Promise<(KeptEvents & { readonly callId: string }) | undefined>
  /** Deletes the logs of calls that ended before then, a few at a time. Resolves to how many there were. */
  forget(before: Date): Promise<number>
}

/** Rows deleted at once: no other write is possible meanwhile. */
const AT_ONCE = 200

/** The logs in the database. */
export const openEventArchive = (database: Database): EventArchive => ({
  async find(id) {
    if (id === '') return undefined
    const [row] = await runQuery(
      database
        .select()
        .from(callEvents)
        .where(
          sql`${callEvents.callId} = (SELECT id FROM calls WHERE id = ${id} OR call_sid = ${id}
            ORDER BY id = ${id} DESC, started_at DESC LIMIT 1)`,
        ),
    )
    return row && { callId: row.callId, version: row.version, gzip: Buffer.from(row.events).toString('base64') }
  },
  async forget(before) {
    for (let forgotten = 0; ;) {
      const oldest = sql`(SELECT call_id FROM call_events WHERE created_at < ${before.getTime()} LIMIT ${AT_ONCE})`
      // oxlint-disable-next-line no-await-in-loop -- other writes come in between
      const gone = await runQuery(
        database
          .delete(callEvents)
          .where(sql`${callEvents.callId} IN ${oldest}`)
          .returning({ callId: callEvents.callId }),
      )
      forgotten += gone.length
      if (gone.length < AT_ONCE) return forgotten
    }
  },
})
