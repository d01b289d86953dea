import type { WaitingLedger } from '@llc-phone/store'
import { sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { callOf, columnsOf } from './outbound-rows.ts'
import { withoutNulls } from './without-nulls.ts'

/** A call whose process has not marked it for this long has none: a few marks, since a process may stall for seconds. */
const SILENT_MS = 12_000

/** A call that is looked up counts as marked for this long: as long as the carrier may take to list it. */
const LOOK_UP_MS = 40_000

/** No call may wait for longer, also one that came without a time from another queue. */
const LONGEST_MS = 24 * 60 * 60 * 1_000

const EXPIRED = 'The call could not be placed within the time it was allowed to wait.'

/** The calls of a queue that several processes share. Every statement decides and writes at once. */
export const openWaitingLedger = (database: Database): WaitingLedger => {
  const { calls, outboundCalls } = database.tables
  const { among, now: nowMs } = database.engine
  const { callId: id, epoch: taken } = outboundCalls
  /** As it was before somebody took it. */
  const unreserved = { state: 'queued', dialledAt: null, reservedUsd: null } as const
  const isWaiting = sql`state IN ('queued', 'warming')`

  return {
    async take(callId, owner) {
      const [[call]] = await runQuery(
        database.batch([
          database
            .update(outboundCalls)
            .set({ ...unreserved, owner, epoch: sql`${taken} + 1`, seenAt: sql`${nowMs}` })
            .where(sql`${id} = ${callId} AND ${isWaiting}`)
            .returning({
              callId: id,
              epoch: taken,
              plan: outboundCalls.plan,
              remainingMs: sql<number | null>`not_after - ${nowMs}`,
            }),
          // Of a session that an earlier taker had, and that nobody has talked in: the new one has a story of its own.
          database.delete(calls).where(
            sql`${calls.id} = ${callId} AND EXISTS (SELECT 1 FROM outbound_calls AS waiting
              WHERE waiting.call_id = ${callId} AND waiting.state = 'queued')`,
          ),
        ]),
      )
      return call && { ...call, plan: call.plan ?? undefined, remainingMs: call.remainingMs ?? 0 }
    },
    async putBack({ callId, epoch }) {
      const back = await runQuery(
        database
          .update(outboundCalls)
          .set({ ...unreserved, owner: null })
          .where(sql`${id} = ${callId} AND ${taken} = ${epoch} AND ${isWaiting}`)
          .returning({ callId: id }),
      )
      return back.length > 0
    },
    async takeBack(callId, sentence) {
      const change = { state: 'failed', problem: sentence, endedAt: new Date() } as const
      const back = await runQuery(
        database
          .update(outboundCalls)
          .set(columnsOf(outboundCalls, change))
          .where(sql`${id} = ${callId} AND state = 'queued'`)
          .returning({ callId: id }),
      )
      return back.length > 0
    },
    async refuseExpired() {
      const change = { state: 'refused', gate: 'queue_age', problem: EXPIRED, endedAt: new Date() } as const
      const refused = await runQuery(
        database
          .update(outboundCalls)
          .set(columnsOf(outboundCalls, change))
          .where(
            sql`coalesce(not_after, requested_at + ${LONGEST_MS}) <= ${nowMs}
              AND (state = 'queued' OR (state = 'warming' AND coalesce(seen_at, 0) < ${nowMs} - ${SILENT_MS}))`,
          )
          .returning({ callId: id }),
      )
      return refused.map(({ callId }) => callId)
    },
    async takeSilent(owner) {
      const silent = await runQuery(
        database
          .update(outboundCalls)
          .set({ owner, seenAt: sql`${nowMs} + ${LOOK_UP_MS}` })
          .where(
            sql`(state IN ('dialling', 'ringing', 'answered') OR (state = 'unknown' AND owner IS NOT NULL))
              AND coalesce(seen_at, 0) < ${nowMs} - ${SILENT_MS}`,
          )
          .returning(),
      )
      return silent.map(callOf)
    },
    async adopt(callId, owner) {
      const [call] = await runQuery(
        database
          .update(outboundCalls)
          .set({ owner, epoch: sql`${taken} + 1`, seenAt: sql`${nowMs}` })
          .where(sql`${id} = ${callId} AND state IN ('dialling', 'ringing', 'answered') AND plan IS NOT NULL`)
          .returning({
            callId: id,
            epoch: taken,
            plan: outboundCalls.plan,
            legId: outboundCalls.legId,
            answeredAt: outboundCalls.answeredAt,
          }),
      )
      return call && withoutNulls({ ...call, plan: call.plan!, remainingMs: 0 })
    },
    async isStillOf({ callId, epoch }) {
      const found = await runQuery(
        database
          .select({ callId: id })
          .from(outboundCalls)
          .where(sql`${id} = ${callId} AND ${taken} = ${epoch}`),
      )
      return found.length > 0
    },
    async keepAlive(callIds) {
      await runQuery(
        database
          .update(outboundCalls)
          .set({ seenAt: sql`${nowMs}` })
          .where(sql`${id} IN ${among(callIds)}`),
      )
    },
    async waiting() {
      const [found] = await runQuery(
        database
          .select({
            calls: sql<number>`count(*)`,
            oldestMs: sql<number | null>`${nowMs} - min(requested_at)`,
          })
          .from(outboundCalls)
          .where(sql`state = 'queued'`),
      )
      return { calls: found!.calls, oldestMs: Math.max(0, found!.oldestMs ?? 0) }
    },
  }
}
