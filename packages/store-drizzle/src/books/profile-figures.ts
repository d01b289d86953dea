import { type ProfileBook } from '@llc-phone/store'
import { sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'

type Row = readonly [profile: string | null, calls: number, p50: number | null, p95: number | null, usd: number | null]

/** The figures, worked out in the thread of the database. */
export const openProfileBook = (database: Database): ProfileBook => ({
  async figures({ from = new Date(0), to } = {}) {
    // The nearest rank: of one call, both percentiles are that call.
    const rows = (await runQuery(
      database.all(sql`
        WITH chosen AS (
          SELECT tuning_profile AS profile, first_words_ms AS ms, cost_usd AS usd FROM calls
          WHERE started_at >= ${from.getTime()} ${to === undefined ? sql`` : sql`AND started_at < ${to.getTime()}`} AND ended_at IS NOT NULL AND NOT is_test
        ), ranked AS (
          SELECT profile, ms, row_number() OVER each AS rank, count(*) OVER (PARTITION BY profile) AS measured
          FROM chosen WHERE ms IS NOT NULL WINDOW each AS (PARTITION BY profile ORDER BY ms)
        ), times AS (
          SELECT profile, min(CASE WHEN rank >= measured * 0.5 THEN ms END) AS p50,
            min(CASE WHEN rank >= measured * 0.95 THEN ms END) AS p95 FROM ranked GROUP BY profile
        )
        SELECT chosen.profile, count(*), times.p50, times.p95, avg(usd)
        FROM chosen LEFT JOIN times ON times.profile IS NOT DISTINCT FROM chosen.profile
        GROUP BY chosen.profile, times.p50, times.p95 ORDER BY chosen.profile NULLS FIRST`),
    )) as unknown as readonly Row[]
    return rows.map(([profile, calls, p50, p95, usd]) => ({
      ...(profile === null ? {} : { profile }),
      calls,
      ...(p50 === null || p95 === null ? {} : { firstWordsMs: { p50, p95 } }),
      ...(usd === null ? {} : { usdPerCall: usd }),
    }))
  },
})
