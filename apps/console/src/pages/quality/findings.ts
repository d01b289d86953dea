import type { components } from '../../api/openapi.ts'
import { countOf, moneyText, preciseText, shareText } from '../../parts/figures.ts'
import { outcomeWords, partWords } from './quality-words.ts'

type Statistics = components['schemas']['Statistics']
/** The answers of `GET /stats`. */
export type Latency = Extract<Statistics, { of: 'latency' }>
export type Cost = Extract<Statistics, { of: 'cost' }>
export type Outcomes = Extract<Statistics, { of: 'outcomes' }>
export type Problems = Extract<Statistics, { of: 'problems' }>

/** Values over the days of a chart; `null` where there is a gap. */
export interface Track {
  readonly label: string
  readonly values: readonly (number | null)[]
}

const PERCENTILES = { p50Ms: 'half within', p95Ms: '95 % within', p99Ms: '99 % within' } as const

/** The percentiles by day, as tracks. */
export const latencyTracks = ({ buckets }: Pick<Latency['series'][number], 'buckets'>): Track[] =>
  Object.entries(PERCENTILES).map(([key, label]) => ({
    label,
    values: buckets.map((bucket) => bucket[key as keyof typeof PERCENTILES] ?? null),
  }))

/** What latency shows, in one sentence. */
export const latencyFinding = (
  stage: string,
  { whole }: Pick<Latency['series'][number], 'whole'>,
  budgetMs: number | undefined,
): string => {
  if (whole.p95Ms === undefined) return `${stage}: too few calls to tell`
  const verdict = budgetMs === undefined ? '' : whole.p95Ms <= budgetMs ? ', within the budget' : ' ▲ over the budget'
  return `${stage}: half within ${preciseText(whole.p50Ms)}, 95 % within ${preciseText(whole.p95Ms)}${verdict}`
}

/** Dollars by day and part, as tracks. */
export const costTracks = ({ buckets }: Pick<Cost['series'][number], 'buckets'>): Track[] =>
  Object.entries(partWords)
    .map(([key, label]) => ({ label, values: buckets.map(({ parts }) => parts[key as keyof typeof partWords]) }))
    .filter(({ values }) => values.some((usd) => usd > 0))

/** What calls cost, in one sentence. */
export const costFinding = ({ whole }: Pick<Cost['series'][number], 'whole'>): string =>
  whole.priced === 0
    ? 'The cost of these calls is not known'
    : `${moneyText(whole.usdPerCall)} a call, ${moneyText(whole.usd)} in all; ${shareText(whole.cachedShare)} of what was read came from the cache`

/** Shares (%) of outcomes by day, as tracks; a gap on days without calls. */
export const outcomeTracks = ({ buckets }: Pick<Outcomes['series'][number], 'buckets'>): Track[] =>
  Object.entries(outcomeWords).map(([key, label]) => ({
    label,
    values: buckets.map((bucket) =>
      bucket.calls === 0 ? null : (bucket[key as keyof typeof outcomeWords] / bucket.calls) * 100,
    ),
  }))

/** How calls ended, in one sentence. */
export const outcomeFinding = ({ whole }: Pick<Outcomes['series'][number], 'whole'>): string =>
  `${shareText(whole.toTheEnd / whole.calls)} of ${countOf(whole.calls, 'call')} were answered to the end, ${shareText(whole.handedOver / whole.calls)} handed over, ${shareText(whole.wentWrong / whole.calls)} went wrong`

/** A problem, the calls that had it, and in how many by day. */
export interface ProblemRow {
  readonly code: string
  readonly calls: number
  readonly byDay: readonly number[]
}

/** Problems, the most frequent first. */
export const problemRows = ({ whole, buckets }: Problems['series'][number]): ProblemRow[] =>
  Object.entries(whole.problems)
    .map(([code, calls]) => ({ code, calls, byDay: buckets.map(({ problems }) => problems[code] ?? 0) }))
    .toSorted((one, other) => other.calls - one.calls || (one.code < other.code ? -1 : 1))

/** Points of a small line, 0 to 100 wide and 0 to 20 high. */
export const sparkline = (values: readonly number[]): string => {
  const most = Math.max(1, ...values)
  const step = values.length > 1 ? 100 / (values.length - 1) : 0
  return values.map((value, at) => `${(at * step).toFixed(1)},${(19 - (value / most) * 18).toFixed(1)}`).join(' ')
}

/** A cell of a CSV file, which no spreadsheet takes for a formula. */
const cell = (value: string | number | null): string => {
  if (value === null) return ''
  const text = String(value)
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A chart as CSV: a line for each day. */
export const csvOf = (days: readonly string[], tracks: readonly Track[]): string =>
  [
    ['from', ...tracks.map(({ label }) => label)],
    ...days.map((day, at) => [day, ...tracks.map(({ values }) => values[at] ?? null)]),
  ]
    .map((row) => row.map(cell).join(','))
    .join('\r\n')

/** Each track on top of those before it, for stacked bars. */
export const stacked = (tracks: readonly Track[]): Track[] => {
  const below: number[] = []
  return tracks.map(({ label, values }) => ({
    label,
    values: values.map((value, at) => {
      if (value === null) return null
      below[at] = (below[at] ?? 0) + value
      return below[at]
    }),
  }))
}
