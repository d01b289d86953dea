import { type Retention } from '@llc-phone/store'
import { sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { COUNTED_MS } from './caller-eraser.ts'
import { FINISHED } from './reserve.ts'

/** Calls looked at in one query, and changed in one batch: no other query is possible meanwhile. */
const LOOKED_AT = 200

const AT_ONCE = 20

const ROWS_AT_ONCE = 200

/** What is kept too long, in the database. `rest` is awaited between two steps. */
export const openRetention = (database: Database, rest: () => Promise<unknown> = async () => {}): Retention => {
  const { jobs } = database.tables
  /** Goes through the calls that ended before then, and has those changed that have what `which` looks for. */
  const forgetOfCalls = async (before: Date, which: SQL, change: (callIds: SQL) => readonly SQL[]): Promise<number> => {
    let forgotten = 0
    for (let last: readonly [number, string] = [-1, '']; ;) {
      // oxlint-disable-next-line no-await-in-loop -- other queries come in between
      const rows = await runQuery(
        database.all<[number, string, number | boolean]>(
          sql`SELECT started_at, id, ended_at < ${before.getTime()} AND (${which}) FROM calls
            WHERE (started_at, id) > (${last[0]}, ${last[1]}) AND started_at < ${before.getTime()}
            ORDER BY started_at, id LIMIT ${LOOKED_AT}`,
        ),
      )
      const due = rows.filter(([, , isDue]) => Boolean(isDue)).map(([, id]) => id)
      for (let at = 0; at < due.length; at += AT_ONCE) {
        const ids = database.engine.among(due.slice(at, at + AT_ONCE))
        const [first, ...others] = change(ids).map((statement) => database.run(statement))
        // oxlint-disable-next-line no-await-in-loop -- as above
        await runQuery(database.batch([first!, ...others]))
        // oxlint-disable-next-line no-await-in-loop -- as above
        await rest()
      }
      forgotten += due.length
      const end = rows.at(-1)
      if (!end || rows.length < LOOKED_AT) return forgotten
      last = [end[0], end[1]]
    }
  }

  const forgetRows = async (table: string, which: SQL): Promise<number> => {
    const name = sql.raw(table)
    const { rowid } = database.engine
    for (let forgotten = 0; ;) {
      // oxlint-disable-next-line no-await-in-loop -- other writes come in between
      const gone = await runQuery(
        database.all(
          sql`DELETE FROM ${name} WHERE ${rowid} IN (SELECT ${rowid} FROM ${name} WHERE ${which} LIMIT ${ROWS_AT_ONCE}) RETURNING 1`,
        ),
      )
      forgotten += gone.length
      if (gone.length < ROWS_AT_ONCE) return forgotten
      // oxlint-disable-next-line no-await-in-loop -- as above
      await rest()
    }
  }

  const hasToolData = sql`EXISTS (SELECT 1 FROM tool_runs WHERE call_id = calls.id AND coalesce(input, result) IS NOT NULL)`
  const withoutToolData = (ids: SQL): SQL =>
    sql`UPDATE tool_runs SET input = NULL, result = NULL WHERE call_id IN ${ids}`

  return {
    async lastRun(job) {
      const [row] = await runQuery(
        database.all<[number]>(sql`SELECT ${jobs.ranAt} FROM ${jobs} WHERE ${jobs.name} = ${job}`),
      )
      return row && new Date(row[0])
    },
    async ran(job, at) {
      await runQuery(
        database.run(
          sql`INSERT INTO ${jobs} (name, ran_at) VALUES (${job}, ${at.getTime()}) ON CONFLICT (name) DO UPDATE SET ran_at = excluded.ran_at`,
        ),
      )
    },
    forgetWords: (before) =>
      forgetOfCalls(
        before,
        sql`EXISTS (SELECT 1 FROM turns WHERE call_id = calls.id) OR EXISTS (SELECT 1 FROM call_notes WHERE call_id = calls.id)
          OR EXISTS (SELECT 1 FROM transfers WHERE call_id = calls.id AND reason IS NOT NULL) OR acts IS NOT NULL OR trial IS NOT NULL OR ${hasToolData}`,
        (ids) => [
          sql`DELETE FROM turns WHERE call_id IN ${ids}`,
          sql`DELETE FROM call_notes WHERE call_id IN ${ids}`,
          sql`UPDATE transfers SET reason = NULL WHERE call_id IN ${ids}`,
          sql`UPDATE calls SET acts = NULL, trial = NULL WHERE id IN ${ids}`,
          withoutToolData(ids),
        ],
      ),
    forgetToolData: (before) => forgetOfCalls(before, hasToolData, (ids) => [withoutToolData(ids)]),
    forgetMessages: (before) => forgetRows('messages', sql`done_at < ${before.getTime()}`),
    forgetTurnedAway: (before) => forgetRows('turned_away', sql`minute < ${before.getTime()}`),
    async forgetErased(at) {
      const past = sql`requested_at < ${at.getTime() - COUNTED_MS}`
      // Whatever became of them, nobody goes on with them any more.
      await runQuery(
        database.run(
          sql`UPDATE outbound_calls SET plan = NULL WHERE plan IS NOT NULL AND state NOT IN ${FINISHED} AND ${past}`,
        ),
      )
      return forgetRows('outbound_calls', sql`to_number = '' AND ${past}`)
    },
  }
}
