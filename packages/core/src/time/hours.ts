import * as z from 'zod'
import { WEEKDAYS, type Weekday } from './calendar-names.ts'

/** The hours of one day: `'09:00-12:00, 13:00-17:00'`, `'18:00-02:00'`, `'closed'`; also as a list of ranges. */
export type DayHours = string | readonly string[]

/**
 * Opening hours in local time, by day or range of days: `mon: '09:00-17:30'`, `'tue-fri': '09:00-12:00, 13:00-17:00'`. A single
 * day overrides a range; a day that is not listed is closed. Hours past midnight belong to the day they begin on.
 */
export type WeeklyHours = { readonly [Days in Weekday | `${Weekday}-${Weekday}`]?: DayHours | undefined }

/** Opening and closing time in minutes since midnight; closing after midnight is more than 1,440. */
export type OpenRange = readonly [opens: number, closes: number]

/** The hours of each day, from Sunday on; empty for a closed day. */
export type Week = readonly (readonly OpenRange[])[]

/** Minutes of a day. */
export const DAY_MINUTES = 24 * 60

const TIME = String.raw`(?:[01]?\d|2[0-3]):[0-5]\d`
/** Any dash: word processors replace hyphens, and the difference is hardly visible. */
const DASH = String.raw`\s*[\p{Pd}\u2212]\s*`
const RANGE = new RegExp(`^(${TIME})${DASH}(${TIME}|24:00)$`, 'u')

/** Minutes since midnight for `09:30` or `24:00`. */
const minutesOf = (clock: string): number => {
  const [hours, minutes] = clock.split(':')
  return Number(hours) * 60 + Number(minutes)
}

/** The range between two times, `09:00` and `17:30`. If it closes no later than it opens, it closes the next day. */
export const rangeBetween = (opens: string, closes: string): OpenRange => {
  const [from, to] = [minutesOf(opens), minutesOf(closes)]
  return [from, to > from ? to : to + DAY_MINUTES]
}

/** The inverse of {@link rangeBetween}: the two times of a range. */
export const clockTimesOf = ([opens, closes]: OpenRange): readonly [opens: string, closes: string] => {
  const clock = (minutes: number): string =>
    [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':')
  return [clock(opens), clock(closes > DAY_MINUTES ? closes - DAY_MINUTES : closes)]
}

const WRITE = 'write "closed" or the hours of one day, like "10:00-17:00"'

const readRange = (text: string): OpenRange | string => {
  const [, opens, closes] = RANGE.exec(text.trim()) ?? []
  if (opens === undefined || closes === undefined) return WRITE
  if (minutesOf(opens) === minutesOf(closes))
    return `"${text.trim()}" ends as it begins; the whole day is "00:00-24:00"`
  return rangeBetween(opens, closes)
}

/** Parses the hours of one day, in order; or returns the sentence that says what is wrong with them. */
export const readDayHours = (hours: DayHours): readonly OpenRange[] | string => {
  const texts = typeof hours === 'string' ? hours.split(',') : hours.flatMap((text) => text.split(','))
  if (texts.length === 1 && texts[0]!.trim().toLowerCase() === 'closed') return []
  const read = texts.map((text) => readRange(text))
  const problem = read.find((range) => typeof range === 'string')
  if (problem !== undefined || read.length === 0) return problem ?? WRITE
  const ranges = (read as OpenRange[]).toSorted(([one], [other]) => one - other)
  const overlaps = ranges.some(([, closes], index) => closes > (ranges[index + 1]?.[0] ?? Infinity))
  return overlaps ? 'these hours overlap' : ranges
}

/** The days of a key such as `mon` or `fri-mon`; undefined for any other key. */
const daysOf = (key: string): readonly number[] | undefined => {
  const [from, to, ...rest] = key.split('-').map((name) => WEEKDAYS.indexOf(name as Weekday))
  if (from === undefined || from < 0 || rest.length > 0) return undefined
  if (to === undefined) return [from]
  return to < 0 ? undefined : Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, ahead) => (from + ahead) % 7)
}

interface Problem {
  /** Absent when the key itself is wrong. */
  readonly key?: string
  readonly message: string
}

const readWeek = (hours: WeeklyHours): { readonly week: Week; readonly problems: readonly Problem[] } => {
  const problems: Problem[] = []
  const week: (readonly OpenRange[])[] = WEEKDAYS.map(() => [])
  const namedBy = new Map<number, string>()
  const entries = Object.entries(hours).filter(([, value]) => value !== undefined) as [string, DayHours][]
  // Single days last, because they override ranges.
  for (const [key, value] of entries.toSorted(([one], [other]) => Number(other.length > 3) - Number(one.length > 3))) {
    const days = daysOf(key)
    const ranges = readDayHours(value)
    if (!days)
      problems.push({ message: `"${key}" is no day: write one of ${WEEKDAYS.join(', ')}, or some, like "mon-fri"` })
    else if (typeof ranges === 'string') problems.push({ key, message: ranges })
    else
      for (const day of days) {
        const other = days.length > 1 ? namedBy.get(day) : undefined
        if (other !== undefined) problems.push({ key, message: `${WEEKDAYS[day]!} is in "${other}" already` })
        if (days.length > 1) namedBy.set(day, key)
        week[day] = ranges
      }
  }
  return { week, problems }
}

/** Checks {@link WeeklyHours}. */
export const weeklyHoursSchema = z
  .record(z.string(), z.union([z.string(), z.array(z.string())], WRITE).optional())
  .superRefine((hours, context) => {
    for (const { key, message } of readWeek(hours).problems)
      context.addIssue({ code: 'custom', path: key === undefined ? [] : [key], message })
  })
  .meta({ widget: 'hours' })

/** Checks {@link DayHours}. */
export const dayHoursSchema = z.union([z.string(), z.array(z.string())], WRITE).superRefine((hours, context) => {
  const read = readDayHours(hours)
  if (typeof read === 'string') context.addIssue({ code: 'custom', message: read })
})

const weeks = new WeakMap<WeeklyHours, Week>()

/** The week described by valid hours. */
export const weekOf = (hours: WeeklyHours): Week => {
  const known = weeks.get(hours)
  if (known) return known
  const { week } = readWeek(hours)
  weeks.set(hours, week)
  return week
}

/** A week with the same hours every day, except for the days in `except`. */
export const weekOfDays = (usual: DayHours, except: WeeklyHours = {}): Week => {
  const named = new Set(Object.keys(except).flatMap((key) => daysOf(key) ?? []))
  const ranges = readDayHours(usual)
  return weekOf(except).map((own, day) => (named.has(day) || typeof ranges === 'string' ? own : ranges))
}
