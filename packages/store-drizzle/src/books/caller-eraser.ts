import { type CallerEraser } from '@llc-phone/store'
import type { E164 } from '@llc-phone/core'
import { sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { FINISHED } from './reserve.ts'

/** Calls deleted at once: no other write is possible meanwhile. */
const AT_ONCE = 20

/** Calls that we placed count for gates of spending and for keys against repetition for this long, so they stay, without the number. */
export const COUNTED_MS = 2 * 86_400_000

/** A column with the number, with or without an extension. */
const isNumber = (column: SQL, number: E164): SQL =>
  sql`(${column} = ${number} OR ${column} LIKE ${`${number} ext. %`})`

/** The traces in the database. */
export const openCallerEraser = (database: Database, scrub: CallerEraser['scrub']): CallerEraser => {
  const { among } = database.engine
  const count = async (query: SQL): Promise<number> => {
    const [row] = await runQuery(database.all<[number]>(query))
    return row![0]
  }
  const deleted = async (statements: readonly SQL[]): Promise<number[]> => {
    const queries = statements.map((statement) => database.all<unknown[]>(sql`${statement} RETURNING 1`))
    const [first, ...rest] = queries
    const results = await runQuery(database.batch([first!, ...rest]))
    return results.map((rows) => rows.length)
  }

  return {
    async find(number) {
      const rows = await runQuery(
        database.all<[string]>(
          sql`SELECT id FROM calls WHERE ${isNumber(sql`caller`, number)}
            UNION SELECT call_id FROM outbound_calls WHERE to_number = ${number}
            UNION SELECT call_id FROM messages WHERE ${isNumber(sql`caller_number`, number)}`,
        ),
      )
      const callIds = rows.map(([id]) => id)
      const [live, messages, contacts] = await Promise.all([
        count(
          sql`SELECT (SELECT count(*) FROM calls WHERE id IN ${among(callIds)} AND (ended_at IS NULL OR is_leg_open))
            + (SELECT count(*) FROM outbound_calls WHERE to_number = ${number} AND state NOT IN ${FINISHED}
                AND call_id NOT IN (SELECT id FROM calls))`,
        ),
        count(
          sql`SELECT count(*) FROM messages WHERE call_id IN ${among(callIds)} OR ${isNumber(sql`caller_number`, number)}`,
        ),
        count(sql`SELECT count(*) FROM contacts WHERE number = ${number}`),
      ])
      return { callIds, live, messages, contacts }
    },
    async erase(number, { callIds }) {
      const gone = { calls: 0, messages: 0, notes: 0 }
      for (let at = 0; at < callIds.length; at += AT_ONCE) {
        const some = among(callIds.slice(at, at + AT_ONCE))
        // oxlint-disable-next-line no-await-in-loop -- other writes come in between
        const [notes, messages, calls] = await deleted([
          sql`DELETE FROM call_notes WHERE call_id IN ${some}`,
          sql`DELETE FROM messages WHERE call_id IN ${some}`,
          // What hangs on a call goes with it.
          sql`DELETE FROM calls WHERE id IN ${some}`,
        ])
        gone.notes += notes!
        gone.messages += messages!
        gone.calls += calls!
      }
      const counted = Date.now() - COUNTED_MS
      const [messages, blank, old, contacts] = await deleted([
        sql`DELETE FROM messages WHERE ${isNumber(sql`caller_number`, number)}`,
        sql`UPDATE outbound_calls SET to_number = '', call_sid = NULL, problem = NULL, plan = NULL, next_attempt_at = NULL
          WHERE to_number = ${number} AND requested_at > ${counted}`,
        sql`DELETE FROM outbound_calls WHERE to_number = ${number}`,
        sql`DELETE FROM contacts WHERE number = ${number}`,
      ])
      return {
        ...gone,
        messages: gone.messages + messages!,
        outboundCalls: blank! + old!,
        contacts: contacts!,
      }
    },
    scrub,
  }
}
