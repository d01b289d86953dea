/** The days of a week as documents name them, from Monday on. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Opening and closing time of one range, `09:00` and `17:30`; empty while it is typed. */
export interface Range {
  readonly from: string
  readonly to: string
}

/** The ranges of each day from Monday on; an empty list is a closed day. */
export type WeekRanges = readonly (readonly Range[])[]

const rangeOf = (text: string): Range => {
  const [from = '', to = ''] = text.split(/\s*[-–—−]\s*/)
  const padded = (clock: string) => (/^\d:/.test(clock) ? `0${clock}` : clock)
  return { from: padded(from.trim()), to: to.trim() === '24:00' ? '00:00' : padded(to.trim()) }
}

const rangesOf = (written: unknown): Range[] => {
  const texts = Array.isArray(written) ? written.map(String) : (typeof written === 'string' ? written : '').split(',')
  return texts.flatMap((text) => (text.trim() === '' || text.trim() === 'closed' ? [] : text.split(','))).map(rangeOf)
}

/** The days of a key such as `mon` or `fri-mon`. */
const daysOf = (key: string): number[] => {
  const [from = -1, to = from] = key.split('-').map((day) => DAYS.indexOf(day as (typeof DAYS)[number]))
  return from < 0 || to < 0 ? [] : Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, ahead) => (from + ahead) % 7)
}

/** The week that hours describe, as documents write them; single days override ranges of days. */
export const weekOf = (hours: unknown): WeekRanges => {
  const week: Range[][] = DAYS.map(() => [])
  const entries = typeof hours === 'object' && hours !== null ? Object.entries(hours) : []
  for (const [key, written] of entries.toSorted(([one], [other]) => other.length - one.length))
    for (const day of daysOf(key)) week[day] = rangesOf(written)
  return week
}

const rangeText = ({ from, to }: Range): string => `${from}-${from === '00:00' && to === '00:00' ? '24:00' : to}`

/** The week as a document writes it, day by day. */
export const hoursOf = (week: WeekRanges): Record<string, string | string[]> =>
  Object.fromEntries(
    DAYS.map((day, at) => {
      const ranges = (week[at] ?? []).map(rangeText)
      return [day, ranges.length === 0 ? 'closed' : ranges.length === 1 ? ranges[0]! : ranges]
    }),
  )

const minutes = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))
const clock = (at: number): string =>
  [Math.floor(at / 60) % 24, at % 60].map((part) => String(part).padStart(2, '0')).join(':')

/** The ranges of a day with a pause of an hour about the middle of the last one, or with one range when it was closed. */
export const withPause = (ranges: readonly Range[]): readonly Range[] => {
  const last = ranges.at(-1)
  if (!last) return [{ from: '09:00', to: '17:00' }]
  const [from, to] = [minutes(last.from), minutes(last.to)]
  const length = (to - from + 1_440) % 1_440 || 1_440
  if (Number.isNaN(length) || length < 120) return [...ranges, { from: last.to, to: clock(to + 120) }]
  const middle = from + Math.round(length / 2 / 60) * 60
  const pauseAt = from < 720 && from + length > 780 ? 720 : middle
  return [...ranges.slice(0, -1), { from: last.from, to: clock(pauseAt) }, { from: clock(pauseAt + 60), to: last.to }]
}

/** A closed day or range of days. */
export interface Closure {
  readonly from: string
  readonly to?: string
  readonly reason?: string
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

const isoDay = (year: number, month: number, day: number): string | undefined => {
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.toISOString().slice(0, 10) : undefined
}

const DATE =
  /(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})\.?\s+([A-Za-z]{3})[a-z]*\.?(?:,?\s+(\d{4}))?|([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2})(?!\d)(?:,?\s+(\d{4}))?|(\d{1,2})\/(\d{1,2})\/(\d{4})|(\d{1,2})\.(\d{1,2})\.(\d{4})/g

const yearFor = (month: number, day: number, today: string): number => {
  const year = Number(today.slice(0, 4))
  return (isoDay(year, month, day) ?? today) < today ? year + 1 : year
}

const dateOf = (match: RegExpMatchArray, today: string): string | undefined => {
  const [, y, m, d, day1, month1, year1, month2, day2, year2, usMonth, usDay, usYear, euDay, euMonth, euYear] = match
  if (y) return isoDay(Number(y), Number(m), Number(d))
  if (usYear) return isoDay(Number(usYear), Number(usMonth), Number(usDay))
  if (euYear) return isoDay(Number(euYear), Number(euMonth), Number(euDay))
  const month = MONTHS.indexOf((month1 ?? month2 ?? '').toLowerCase()) + 1
  const day = Number(day1 ?? day2)
  return month === 0 ? undefined : isoDay(Number(year1 ?? year2 ?? yearFor(month, day, today)), month, day)
}

/** Closed days from pasted lines: "24 Dec – 26 Dec Christmas", "2027-01-01 New Year", "7/4/2027". Lines without a date are left. */
export const pastedClosures = (text: string, today: string): { closures: Closure[]; left: string[] } => {
  const closures: Closure[] = []
  const left: string[] = []
  for (const line of text.split(/\r?\n/).filter((each) => each.trim() !== '')) {
    const found = [...line.matchAll(DATE)]
    const [from, to] = found.map((match) => dateOf(match, today))
    if (from === undefined || (found.length > 1 && to === undefined)) {
      left.push(line.trim())
      continue
    }
    const reason = found
      .reduce((rest, [written]) => rest.replace(written, ' '), line)
      .replaceAll(/\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b/gi, ' ')
      .replaceAll(/\s+/g, ' ')
      .replace(/^[\s,;:–—-]+(?:to\s+)?|[\s,;:–—-]+$/g, '')
      .slice(0, 60)
    // "28 Dec – 2 Jan" ends in the year after.
    const last = to !== undefined && to < from ? `${Number(to.slice(0, 4)) + 1}${to.slice(4)}` : to
    closures.push({ from, ...(last && last !== from ? { to: last } : {}), ...(reason ? { reason } : {}) })
  }
  return { closures, left }
}
