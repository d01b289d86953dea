import { type EventArchive } from '@llc-phone/store'
import { sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'

/** Rows deleted at once: no other write is possible meanwhile. */
const AT_ONCE = 200

/** The logs in the database. */
export const openEventArchive = (database: Database): EventArchive => {
  const { callEvents } = database.tables
  return {
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
  }
}
