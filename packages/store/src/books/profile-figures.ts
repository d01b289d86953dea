import { sql } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'

/** What calls of one tuning profile were like. */
export interface ProfileFigures {
  /** Absent: calls without a profile. */
  readonly profile?: string
  readonly calls: number
  /** Milliseconds to the assistant's first word; absent when it was measured in none. */
  readonly firstWordsMs?: { readonly p50: number; readonly p95: number }
  /** Mean of the calls whose cost is known, in US dollars. */
  readonly usdPerCall?: number
}

/** Compares the calls made with each tuning profile. */
export interface ProfileBook {
  /** Of calls that began in this span of time (`to` is not part of it) and are over, without those of tests; by name. */
  figures(span?: {
    readonly from?: Date | undefined
    readonly to?: Date | undefined
  }): Promise<readonly ProfileFigures[]>
}

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
        FROM chosen LEFT JOIN times ON times.profile IS chosen.profile
        GROUP BY chosen.profile ORDER BY chosen.profile`),
    )) as unknown as readonly Row[]
    return rows.map(([profile, calls, p50, p95, usd]) => ({
      ...(profile === null ? {} : { profile }),
      calls,
      ...(p50 === null || p95 === null ? {} : { firstWordsMs: { p50, p95 } }),
      ...(usd === null ? {} : { usdPerCall: usd }),
    }))
  },
})
