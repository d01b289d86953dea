import type { Disposition, LatencyMeasure } from '@llc-phone/core'
import { sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { codesIn } from './call-filter.ts'

/** Which calls are counted: those that began in this span of time and are over, without those of tests. */
export interface CountedCalls {
  /** Milliseconds since 1970; `toMs` is not part of the span. */
  readonly fromMs: number
  readonly toMs: number
  readonly instance?: string | undefined
  readonly model?: string | undefined
  /** Figures apart for each instance or model. */
  readonly split?: 'instance' | 'model' | undefined
}

/** A value of the split; absent without one, and for calls that have none. */
interface Named {
  readonly name?: string
  readonly calls: number
}

/** How long a stage took, as counts: bin `n` holds from {@link BIN_RATIO} to the power of `n` ms up to the next one. */
export interface DurationFigures extends Named {
  /** Calls in which the stage was measured. */
  readonly measured: number
  readonly bins: readonly (readonly [bin: number, count: number])[]
}

/** Calls by how they ended. */
export interface OutcomeFigures extends Named {
  readonly outcomes: Readonly<Partial<Record<Disposition, number>>>
}

/** Calls that had a problem, and in how many calls each code was. */
export interface ProblemFigures extends Named {
  readonly troubled: number
  readonly problems: Readonly<Record<string, number>>
}

/** What calls of one model have used: tokens, and US dollars of those whose cost is known. */
export interface CostFigures extends Named {
  readonly model?: string
  readonly priced: number
  readonly usd: number
  readonly input: {
    readonly text: number
    readonly audio: number
    readonly cachedText: number
    readonly cachedAudio: number
  }
  readonly output: { readonly text: number; readonly audio: number }
}

/** A stage whose duration can be asked for: one that stories have, or the wait for the first words. */
export type Stage = LatencyMeasure | 'first_words'

/** Counts over many calls, worked out in the thread of the database. Ask for a day at a time: other queries wait meanwhile. */
export interface FiguresBook {
  durations(calls: CountedCalls, stage: Stage): Promise<readonly DurationFigures[]>
  outcomes(calls: CountedCalls): Promise<readonly OutcomeFigures[]>
  problems(calls: CountedCalls): Promise<readonly ProblemFigures[]>
  /** An entry for each name and model. */
  costs(calls: CountedCalls): Promise<readonly CostFigures[]>
}

/** Bins 2 % wide: percentiles read from them are right to 1 %. */
export const BIN_RATIO = 1.02
/** The shortest duration that is told from a shorter one (ms). */
const SHORTEST_MS = 0.01

const chosen = ({ fromMs, toMs, instance, model, split }: CountedCalls, columns: SQL): SQL => {
  const name =
    split === undefined ? sql`''` : split === 'instance' ? sql`coalesce(instance, '')` : sql`coalesce(model, '')`
  return sql`SELECT id, ${name} AS name, ${columns} FROM calls
    WHERE started_at >= ${fromMs} AND started_at < ${toMs} AND ended_at IS NOT NULL AND NOT is_test
    ${instance === undefined ? sql`` : sql`AND instance = ${instance}`} ${model === undefined ? sql`` : sql`AND model = ${model}`}`
}

const named = (name: string): { readonly name?: string } => (name === '' ? {} : { name })

/** Rows in order of their names, put together for each. */
const byName = <Row extends readonly [name: string, ...rest: unknown[]], Figures>(
  rows: readonly Row[],
  make: (name: string, own: readonly Row[]) => Figures,
): Figures[] => [...Map.groupBy(rows, ([name]) => name)].map(([name, own]) => make(name, own))

/** The figures of the journal. */
export const openFiguresBook = (database: Database): FiguresBook => {
  const ask = async <Row>(query: SQL): Promise<readonly Row[]> =>
    (await runQuery(database.all(query))) as unknown as readonly Row[]

  return {
    async durations(calls, stage) {
      const samples =
        stage === 'first_words'
          ? sql`SELECT name, id, first_words_ms AS ms FROM chosen WHERE first_words_ms IS NOT NULL`
          : // CROSS: the calls of the period first. By itself SQLite may begin with every mark there ever was.
            sql`SELECT name, id, ms FROM chosen CROSS JOIN latency_marks ON call_id = id AND measure = ${stage}`
      const bin = sql`CAST(floor(ln(max(ms, ${SHORTEST_MS})) / ln(${BIN_RATIO})) AS INTEGER)`
      const rows = await ask<readonly [string, number, number | null, string | null]>(sql`
        WITH chosen AS (${chosen(calls, sql`first_words_ms`)}), samples AS MATERIALIZED (${samples}),
          binned AS (SELECT name, ${bin} AS bin, count(*) AS count FROM samples GROUP BY 1, 2)
        SELECT name, count(*), (SELECT count(DISTINCT id) FROM samples WHERE samples.name = chosen.name),
          (SELECT json_group_array(json_array(bin, count)) FROM binned WHERE binned.name = chosen.name)
        FROM chosen GROUP BY name ORDER BY name`)
      return rows.map(([name, count, measured, bins]) => ({
        ...named(name),
        calls: count,
        measured: measured ?? 0,
        bins: JSON.parse(bins ?? '[]') as [number, number][],
      }))
    },
    async outcomes(calls) {
      const rows = await ask<readonly [string, Disposition | null, number]>(
        sql`SELECT name, disposition, count(*) FROM (${chosen(calls, sql`disposition`)}) GROUP BY 1, 2 ORDER BY 1, 2`,
      )
      return byName(rows, (name, own) => ({
        ...named(name),
        calls: own.reduce((sum, [, , count]) => sum + count, 0),
        outcomes: Object.fromEntries(own.flatMap(([, code, count]) => (code === null ? [] : [[code, count]]))),
      }))
    },
    async problems(calls) {
      const rows = await ask<readonly [string, string | null, number]>(
        sql`SELECT name, problem_codes, count(*) FROM (${chosen(calls, sql`problem_codes`)}) GROUP BY 1, 2 ORDER BY 1, 2`,
      )
      return byName(rows, (name, own) => {
        const problems: Record<string, number> = {}
        let troubled = 0
        for (const [, codes, count] of own) {
          if (codes !== null) troubled += count
          for (const code of codesIn(codes ?? '')) problems[code] = (problems[code] ?? 0) + count
        }
        return { ...named(name), calls: own.reduce((sum, [, , count]) => sum + count, 0), troubled, problems }
      })
    },
    async costs(calls) {
      const rows = await ask<readonly [string, string | null, ...number[]]>(sql`
        SELECT name, of_model, count(*), count(cost_usd), total(cost_usd), sum(input_text), sum(input_audio),
          sum(input_cached_text), sum(input_cached_audio), sum(output_text), sum(output_audio)
        FROM (${chosen(calls, sql`model AS of_model, cost_usd, input_text, input_audio, input_cached_text, input_cached_audio, output_text, output_audio`)})
        GROUP BY 1, 2 ORDER BY 1, 2`)
      return rows.map(([name, model, count = 0, priced = 0, usd = 0, ...tokens]) => {
        const [text = 0, audio = 0, cachedText = 0, cachedAudio = 0, outText = 0, outAudio = 0] = tokens
        return {
          ...named(name),
          ...(model === null ? {} : { model }),
          calls: count,
          priced,
          usd,
          input: { text, audio, cachedText, cachedAudio },
          output: { text: outText, audio: outAudio },
        }
      })
    },
  }
}
