import { setImmediate as letOthersRun } from 'node:timers/promises'
import type { CountedCalls, FiguresBook, Stage } from '@llc-phone/store'
import { distributionOf, type Bar } from './percentiles.ts'
import type { Period } from './periods.ts'
import {
  sumCosts,
  sumDurations,
  sumOutcomes,
  sumProblems,
  type Costs,
  type Durations,
  type Outcomes,
  type Problems,
  type Sum,
} from './sums.ts'

/** What is asked of the journal, over periods that follow one another. */
export interface StatisticsAsked {
  readonly of: 'latency' | 'cost' | 'outcomes' | 'problems'
  readonly periods: readonly Period[]
  readonly stage: Stage
  readonly instance?: string | undefined
  readonly model?: string | undefined
  readonly split?: 'instance' | 'model' | undefined
}

/** Figures of all periods together and of each. */
export interface Series<Figures> {
  /** A value of the split; absent without one. */
  readonly name?: string
  readonly whole: Figures
  readonly buckets: readonly (Figures & { readonly from: string; readonly to: string })[]
}

/** The answer, by what was asked of. */
export type StatisticsAnswer =
  | {
      readonly of: 'latency'
      readonly series: readonly (Series<Durations> & { readonly distribution: readonly Bar[] })[]
    }
  | { readonly of: 'cost'; readonly series: readonly Series<Costs>[] }
  | { readonly of: 'outcomes'; readonly series: readonly Series<Outcomes>[] }
  | { readonly of: 'problems'; readonly series: readonly Series<Problems>[] }

/** Answers questions about many calls. */
export interface Statistics {
  /** Rejects with `database_failed`. */
  ask(asked: StatisticsAsked): Promise<StatisticsAnswer>
}

/** How long an answer is given again. */
const ANSWER_MS = 30_000
/** What a period that ended more than an hour ago was like is kept longer: of its calls hardly one is still to be written. */
const PAST_MS = 10 * 60_000
const SETTLED_MS = 60 * 60_000
const MAX_PERIODS_KEPT = 3_000
const MAX_ANSWERS_KEPT = 60
/** Periods put together in one go: less than a millisecond. */
const ADDED_AT_ONCE = 20
/** Names of a split that are told. */
const MAX_NAMES = 24

interface Named {
  readonly name?: string
  readonly calls: number
}

/** Keeps what a question was answered with, and asks once for those who ask together. */
const createKept = <Value>(most: number, now: () => number) => {
  const kept = new Map<string, { readonly untilMs: number; readonly value: Promise<Value> }>()
  return (key: string, forMs: number, make: () => Promise<Value>): Promise<Value> => {
    const known = kept.get(key)
    if (known && now() < known.untilMs) return known.value
    kept.delete(key)
    // The first is the oldest.
    for (const oldest of kept.keys()) if (kept.size >= most) kept.delete(oldest)
    const entry = { untilMs: now() + forMs, value: make() }
    kept.set(key, entry)
    entry.value.catch(() => {
      if (kept.get(key) === entry) kept.delete(key)
    })
    return entry.value
  }
}

/** Statistics of the journal; `now` is the wall clock (ms). */
export const createStatistics = (book: FiguresBook, now: () => number): Statistics => {
  const keptRows = createKept<readonly Named[]>(MAX_PERIODS_KEPT, now)
  const keptAnswers = createKept<StatisticsAnswer>(MAX_ANSWERS_KEPT, now)

  /** Rows of each period; one after the other, so that other queries of the database come in between. */
  const read = async <Row extends Named>(
    asked: StatisticsAsked,
    query: (calls: CountedCalls) => Promise<readonly Row[]>,
  ): Promise<readonly (readonly Row[])[]> => {
    const { of, periods, stage, instance, model, split } = asked
    const found: (readonly Row[])[] = []
    for (const { fromMs, toMs } of periods) {
      const key = JSON.stringify([of, of === 'latency' ? stage : '', instance, model, split, fromMs, toMs])
      const forMs = toMs < now() - SETTLED_MS ? PAST_MS : ANSWER_MS
      // oxlint-disable-next-line no-await-in-loop -- as above
      const rows = await keptRows(key, forMs, () => query({ fromMs, toMs, instance, model, split }))
      found.push(rows as readonly Row[])
    }
    return found
  }

  const together = async <Row extends Named, Figures, Added extends Sum<Row, Figures>>(
    asked: StatisticsAsked,
    query: (calls: CountedCalls) => Promise<readonly Row[]>,
    start: () => Added & Sum<Row, Figures>,
  ) => {
    const rows = await read(asked, query)
    const counts = new Map<string, number>()
    for (const { name = '', calls } of rows.flat()) counts.set(name, (counts.get(name) ?? 0) + calls)
    const names = [...counts].toSorted(([, a], [, b]) => b - a).map(([name]) => name)
    if (asked.split === undefined) names.splice(0, names.length, '')
    const series: (Series<Figures> & { readonly sum: Added })[] = []
    for (const name of names.slice(0, MAX_NAMES)) {
      const sum = start()
      const buckets: (Figures & { from: string; to: string })[] = []
      for (const [index, { fromMs, toMs }] of asked.periods.entries()) {
        const part = start()
        for (const row of rows[index] ?? [])
          if ((row.name ?? '') === name) {
            part.add(row)
            sum.add(row)
          }
        buckets.push({ from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString(), ...part.read() })
        // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
        if (index % ADDED_AT_ONCE === ADDED_AT_ONCE - 1) await letOthersRun()
      }
      series.push({ ...(asked.split === undefined ? {} : { name }), whole: sum.read(), buckets, sum })
    }
    return series
  }

  const plain = <Figures>({ sum: _sum, ...series }: Series<Figures> & { readonly sum: unknown }): Series<Figures> =>
    series

  const answer = async (asked: StatisticsAsked): Promise<StatisticsAnswer> => {
    switch (asked.of) {
      case 'latency': {
        const series = await together(asked, (calls) => book.durations(calls, asked.stage), sumDurations)
        return {
          of: 'latency',
          series: series.map((each) => ({ ...plain(each), distribution: distributionOf(each.sum.bins) })),
        }
      }
      case 'cost':
        return { of: 'cost', series: (await together(asked, book.costs, sumCosts)).map(plain) }
      case 'outcomes':
        return { of: 'outcomes', series: (await together(asked, book.outcomes, sumOutcomes)).map(plain) }
      case 'problems':
        return { of: 'problems', series: (await together(asked, book.problems, sumProblems)).map(plain) }
    }
  }

  return {
    ask(asked) {
      const { periods, ...rest } = asked
      const key = JSON.stringify([rest, periods[0]?.fromMs, periods.at(-1)?.toMs, periods.length])
      return keptAnswers(key, ANSWER_MS, () => answer(asked))
    },
  }
}
