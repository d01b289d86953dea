import type { Database } from '@llc-phone/store-drizzle'
import { runQuery } from '@llc-phone/store-drizzle'
import { sql } from 'drizzle-orm'

/** Requests reach the carrier some milliseconds earlier or later than they should: without slack two could be too near. */
const SLACK = 1.01

/** Further ahead than so many calls and so long no moment is: the clock was set back, and nobody would be called for hours. */
const FURTHEST_CALLS = 60
const FURTHEST_MS = 60_000

/**
 * Takes the next moment at which this account may be asked, and says how long to wait for it (ms). One statement by the
 * database's clock, so all processes share one pace.
 */
export const takeSlot = async (database: Database, key: string, perSecond: number): Promise<number> => {
  const gapMs = (1_000 / perSecond) * SLACK
  const { now: nowMs } = database.engine
  const furthestMs = FURTHEST_CALLS * gapMs + FURTHEST_MS
  const [[waitMs]] = (await runQuery(
    database.all(sql`INSERT INTO rates AS rate (key, next_at, per_second)
      VALUES (${key}, ${nowMs} + ${gapMs}::double precision, ${perSecond}::double precision)
      ON CONFLICT (key) DO UPDATE SET next_at = CASE WHEN rate.next_at > ${nowMs} + ${furthestMs}::double precision THEN ${nowMs}
        ELSE greatest(rate.next_at, ${nowMs}) END + ${gapMs}::double precision, per_second = excluded.per_second
      RETURNING next_at - ${gapMs}::double precision - ${nowMs}`),
  )) as unknown as [[number]]
  return Math.max(0, waitMs)
}
