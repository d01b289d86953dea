import { FINAL_STATES_SQL, type ReserveLimits, type ReserveOutcome } from '@llc-phone/store'
import { GatewayError } from '@llc-phone/core'
import { eq, sql, type SQL } from 'drizzle-orm'
import type { Dialect } from '../dialect.ts'
import { runQuery, type Database } from '../database.ts'

/** The final states, written as in the partial index. */
export const FINISHED = sql.raw(FINAL_STATES_SQL)

/** A call in state `unknown` counts as over after this: longer than any call lasts. */
const UNKNOWN_LASTS_MS = 4 * 3_600_000

/** Zero, or the time (ms since 1970) from which the call is within every frequency limit. */
const freeAt = (dialect: Dialect, { at, frequency }: ReserveLimits): SQL<number> => {
  const perLimit = frequency.map(
    ({ calls, withinMs }) => sql`coalesce((SELECT other.dialled_at + ${withinMs} FROM outbound_calls AS other
      WHERE other.to_number = outbound_calls.to_number AND other.call_id <> outbound_calls.call_id
        AND other.dialled_at > ${at.getTime() - withinMs} AND other.state NOT IN ('refused', 'failed')
      ORDER BY other.dialled_at DESC LIMIT 1 OFFSET ${calls - 1}), 0)`,
  )
  return sql`${dialect.greatest(sql`0`, ...perLimit)}`
}

/**
 * US dollars of other calls. Unfinished ones of yesterday count, since their cost is spent today. An answered call whose cost
 * is unknown counts its reserve, or the limit would not hold. `INDEXED BY`: SQLite would read every call for the second sum.
 */
const spentUsd = (dialect: Dialect, { at, dayStart }: ReserveLimits): SQL<number> => sql`(
  (SELECT coalesce(sum(coalesce(other.cost_usd, CASE
      WHEN other.state IN ('refused', 'failed') OR (other.state = 'ended' AND other.answered_at IS NULL) THEN 0
      ELSE other.reserved_usd END)), 0)
    FROM outbound_calls AS other
    WHERE other.dialled_at >= ${dayStart.getTime()} AND other.call_id <> outbound_calls.call_id)
  + (SELECT coalesce(sum(coalesce(other.cost_usd, other.reserved_usd)), 0)
    FROM ${dialect.readBy('outbound_calls AS other', 'outbound_calls_unfinished')}
    WHERE other.state NOT IN ${FINISHED} AND other.dialled_at < ${dayStart.getTime()}
      AND NOT (other.state = 'unknown' AND other.dialled_at < ${at.getTime() - UNKNOWN_LASTS_MS})
      AND other.call_id <> outbound_calls.call_id))`

/** How often a call is tried again because what had stopped it was over when that was looked up. */
const RETRIES = 10

/**
 * One statement checks the limits and reserves the call; a second one in the same transaction finds out why it did not. Alone,
 * because all that is counted has to stay true until it is reserved. No unique index beside it: a call in state `unknown` keeps
 * its number for a time only.
 */
export const reserveCall = async (
  database: Database,
  callId: string,
  limits: ReserveLimits,
  retries = RETRIES,
): Promise<ReserveOutcome> => {
  const { at, reserveUsd, perDayUsd, dayEnd, maxConcurrent, epoch } = limits
  const dialect = database.engine
  const { outboundCalls } = database.tables
  const longAgo = at.getTime() - UNKNOWN_LASTS_MS
  const listed = sql<boolean>`EXISTS (SELECT 1 FROM do_not_call_entries
    WHERE number = outbound_calls.to_number AND removed_at IS NULL)`
  const inProgress = sql<boolean>`EXISTS (SELECT 1 FROM outbound_calls AS other
    WHERE other.to_number = outbound_calls.to_number AND other.call_id <> outbound_calls.call_id
      AND other.dialled_at IS NOT NULL AND other.state NOT IN ${FINISHED}
      AND NOT (other.state = 'unknown' AND other.dialled_at < ${longAgo}))`
  const free = freeAt(dialect, limits)
  const overspent =
    perDayUsd === undefined
      ? sql<boolean>`false`
      : // In whole millionths: thirteen times 0.01 added up is less than 0.13.
        sql<boolean>`round(${spentUsd(dialect, limits)} * 1000000) >= ${Math.round(perDayUsd * 1e6)}`
  const full =
    maxConcurrent === undefined
      ? sql<boolean>`false`
      : sql<boolean>`(SELECT count(*) FROM ${dialect.readBy('outbound_calls AS other', 'outbound_calls_unfinished')}
          WHERE other.state NOT IN ${FINISHED} AND other.state <> 'unknown' AND other.dialled_at IS NOT NULL
            AND other.call_id <> outbound_calls.call_id) >= ${maxConcurrent}`
  const mine = epoch === undefined ? sql<boolean>`true` : sql<boolean>`epoch = ${epoch}`
  const [granted, [found]] = await runQuery(
    database.alone('outbound').batch([
      database
        .update(outboundCalls)
        .set({ state: 'warming', dialledAt: at, reservedUsd: reserveUsd })
        .where(
          sql`call_id = ${callId} AND state IN ('queued', 'warming') AND ${mine} AND NOT (${full})
            AND NOT ${listed} AND NOT ${inProgress} AND ${free} = 0 AND NOT (${overspent})`,
        )
        .returning({ callId: outboundCalls.callId }),
      database
        .select({ state: outboundCalls.state, mine, full, listed, inProgress, free, overspent })
        .from(outboundCalls)
        .where(eq(outboundCalls.callId, callId)),
    ]),
  )
  if (granted.length > 0) return { granted: true }
  if ((found?.state === 'queued' || found?.state === 'warming') && found.mine) {
    if (found.listed) return { granted: false, gate: 'do_not_call' }
    if (found.inProgress) return { granted: false, gate: 'in_progress' }
    if (found.free > 0) return { granted: false, gate: 'frequency', until: new Date(found.free) }
    if (found.overspent) return { granted: false, gate: 'spend', until: dayEnd }
    if (found.full) return { granted: false, gate: 'concurrency' }
    // In Postgres the second statement sees what was committed since the first: another call may have ended for less.
    if (retries > 0) return reserveCall(database, callId, limits, retries - 1)
  }
  throw new GatewayError('call_not_placed', `The call is no longer queued (state: ${found?.state ?? 'none'}).`)
}
