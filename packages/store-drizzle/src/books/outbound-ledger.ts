import type { OutboundCall, OutboundLedger, PendingCompletion } from '@llc-phone/store'
import { and, asc, desc, eq, lte, or, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { callOf, columnsOf, ofEpoch, type Row } from './outbound-rows.ts'
import { FINISHED, reserveCall } from './reserve.ts'
import { openWaitingLedger } from './waiting-ledger.ts'

/** Most reports read at once, the rest comes next time: rows are decoded on the thread that carries audio. */
const PENDING_MAX = 100

/** Decoding this many rows takes that thread a millisecond. */
const ROWS_AT_ONCE = 200

/** How long an idempotency key is valid. */
const KEY_LIFE_MS = 24 * 60 * 60 * 1_000

/** The ledger in the database. */
export const openOutboundLedger = (database: Database): OutboundLedger => {
  const { calls, outboundCalls } = database.tables
  const { among, now: nowMs } = database.engine

  /** Matches the row only as it was read: a change of the call since then sets another `nextAttemptAt`. */
  const asTold = ({ callId, nextAttemptAt }: Pick<PendingCompletion, 'callId' | 'nextAttemptAt'>) =>
    and(eq(outboundCalls.callId, callId), eq(outboundCalls.nextAttemptAt, nextAttemptAt))

  const findOne = async (which: SQL): Promise<OutboundCall | undefined> => {
    const [row] = await runQuery(
      database.select().from(outboundCalls).where(which).orderBy(desc(outboundCalls.requestedAt)).limit(1),
    )
    return row && callOf(row)
  }

  return {
    queue: openWaitingLedger(database),
    async begin({ idempotencyKey, waitMs, ...request }) {
      const { callId, requestHash, requestedAt } = request
      const key = idempotencyKey ?? null
      const sameKey = sql`${outboundCalls.idempotencyKey} = ${key}`
      const [, begun, [known]] = await runQuery(
        database.alone('outbound').batch([
          database
            .update(outboundCalls)
            .set({ idempotencyKey: null })
            .where(sql`${sameKey} AND ${outboundCalls.requestedAt} <= ${requestedAt.getTime() - KEY_LIFE_MS}`),
          database
            .insert(outboundCalls)
            .values({
              ...request,
              idempotencyKey: key,
              state: 'queued',
              seenAt: requestedAt,
              notAfter: waitMs === undefined ? null : sql`${nowMs} + ${waitMs}`,
            })
            .onConflictDoNothing()
            .returning({ callId: outboundCalls.callId }),
          database
            .select()
            .from(outboundCalls)
            .where(or(sameKey, eq(outboundCalls.callId, callId)))
            .orderBy(sql`${outboundCalls.idempotencyKey} IS NOT DISTINCT FROM ${key} DESC`)
            .limit(1),
        ]),
      )
      if (begun.length > 0) return { outcome: 'new' }
      return known!.requestHash === requestHash ? { outcome: 'same', call: callOf(known!) } : { outcome: 'conflict' }
    },
    reserve: (callId, limits) => reserveCall(database, callId, limits),
    async change(callId, change, epoch) {
      const columns = columnsOf(outboundCalls, change)
      if (Object.keys(columns).length > 0)
        await runQuery(
          database
            .update(outboundCalls)
            .set(columns)
            .where(and(eq(outboundCalls.callId, callId), ofEpoch(outboundCalls, epoch))),
        )
    },
    async noteDialling(callId, epoch) {
      const noted = await runQuery(
        database
          .update(outboundCalls)
          .set({ state: 'dialling' })
          .where(
            and(
              eq(outboundCalls.callId, callId),
              ofEpoch(outboundCalls, epoch),
              sql`state IN ('warming', 'dialling') AND (not_after IS NULL OR not_after > ${nowMs})`,
            ),
          )
          .returning({ callId: outboundCalls.callId }),
      )
      return noted.length > 0
    },
    async keepAlive(callIds, at) {
      await runQuery(
        database
          .update(outboundCalls)
          .set({ seenAt: at })
          .where(sql`call_id IN ${among(callIds)}`),
      )
    },
    find: (callId) => findOne(eq(outboundCalls.callId, callId)),
    findByLegId: (legId) => findOne(eq(outboundCalls.legId, legId)),
    async unfinished() {
      const found: OutboundCall[] = []
      for (let last: Row | undefined; ;) {
        const behind = last && sql`(requested_at, call_id) > (${last.requestedAt.getTime()}, ${last.callId})`
        // oxlint-disable-next-line no-await-in-loop -- a part begins where the one before ended
        const rows: Row[] = await runQuery(
          database
            .select()
            .from(outboundCalls)
            .where(and(sql`state NOT IN ${FINISHED}`, behind))
            .orderBy(asc(outboundCalls.requestedAt), asc(outboundCalls.callId))
            .limit(ROWS_AT_ONCE),
        )
        found.push(...rows.map(callOf))
        last = rows.at(-1)
        if (rows.length < ROWS_AT_ONCE) return found
      }
    },
    async recent(limit, { before, newerThan, except, only, since, notInJournal, filter = {} } = {}) {
      const { callId, requestedAt, to, from, disposition } = outboundCalls
      const { number, outcome } = filter
      const ending = `%${number?.replaceAll(/\D/g, '')}`
      const rows = await runQuery(
        database
          .select()
          .from(outboundCalls)
          .where(
            and(
              before && sql`(${requestedAt}, ${callId}) < (${before.startedAt.getTime()}, ${before.callId})`,
              newerThan && sql`(${requestedAt}, ${callId}) > (${newerThan.startedAt.getTime()}, ${newerThan.callId})`,
              since && sql`${requestedAt} >= ${since.getTime()}`,
              number === undefined
                ? undefined
                : number.startsWith('+')
                  ? sql`(${to} = ${number} OR ${from} = ${number})`
                  : sql`(${to} LIKE ${ending} OR ${from} LIKE ${ending})`,
              outcome === undefined ? undefined : sql`${disposition} = ${outcome}`,
              except && sql`${callId} NOT IN ${among(except)}`,
              only && sql`${callId} IN ${among(only)}`,
              notInJournal ? sql`NOT EXISTS (SELECT 1 FROM ${calls} WHERE ${calls.id} = ${callId})` : undefined,
            ),
          )
          .orderBy(...(newerThan ? [asc(requestedAt), asc(callId)] : [desc(requestedAt), desc(callId)]))
          .limit(limit),
      )
      return (newerThan ? rows.toReversed() : rows).map(callOf)
    },
    async pendingCompletions(until = new Date()) {
      const rows = await runQuery(
        database
          .select()
          .from(outboundCalls)
          .where(lte(outboundCalls.nextAttemptAt, until))
          .orderBy(asc(outboundCalls.nextAttemptAt), asc(outboundCalls.callId))
          .limit(PENDING_MAX),
      )
      return rows.map((row) => ({ ...callOf(row), attempts: row.attempts, nextAttemptAt: row.nextAttemptAt! }))
    },
    async claimCompletion(told, until) {
      const claimed = await runQuery(
        database
          .update(outboundCalls)
          .set({ nextAttemptAt: until })
          .where(asTold(told))
          .returning({ callId: outboundCalls.callId }),
      )
      return claimed.length > 0
    },
    async completionDelivered(told) {
      await runQuery(
        database
          .update(outboundCalls)
          .set({ deliveredAt: new Date(), nextAttemptAt: null, attempts: sql`${outboundCalls.attempts} + 1` })
          .where(asTold(told)),
      )
    },
    async completionFailed(told, nextAttemptAt) {
      await runQuery(
        database
          .update(outboundCalls)
          .set({ nextAttemptAt, attempts: sql`${outboundCalls.attempts} + 1` })
          .where(asTold(told)),
      )
    },
  }
}
