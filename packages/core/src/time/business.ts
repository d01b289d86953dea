import * as z from 'zod'
import { DAY_NAMES } from './calendar-names.ts'
import { DAY_MINUTES, weekOf, weeklyHoursSchema, type OpenRange, type WeeklyHours } from './hours.ts'
import { languageSchema, type Language } from '../language/languages.ts'
import { isOpenAt, nextClosingAt, nextOpeningAt, type Opening } from './opening.ts'
import { DAY_MS, isTimeZone, isoDay, wallClock } from './zone-offsets.ts'

/** The business that answers or places the calls. */
export interface Business {
  readonly name: string
  /** IANA name, such as `America/New_York`. */
  readonly timeZone: string
  /** What assistants speak whose settings name no language. */
  readonly language?: Language | undefined
  readonly hours?: WeeklyHours
  /** The address as callers are told it: "12 Harbor Street, Boston". */
  readonly address?: string
  readonly website?: string
  /** Pronunciations of words that voices get wrong: `{ Lopez: 'LOH-pess' }`. */
  readonly pronunciations?: Readonly<Record<string, string>>
}

/** Limit: all of them are read before every call. */
const MAX_PRONUNCIATIONS = 20

/** Checks an IANA time zone by its name. */
export const timeZoneSchema = z.string().refine(isTimeZone, 'use an IANA time zone, like "America/New_York"')

/** Checks a {@link Business}. */
export const businessSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  timeZone: timeZoneSchema,
  language: languageSchema.optional(),
  hours: weeklyHoursSchema.optional(),
  address: z.string().trim().min(1).max(200).optional(),
  website: z.string().trim().min(1).max(100).optional(),
  pronunciations: z
    .record(z.string().trim().min(1).max(40), z.string().trim().min(1).max(60))
    .refine((words) => Object.keys(words).length <= MAX_PRONUNCIATIONS, `names at most ${MAX_PRONUNCIATIONS} words`)
    .optional(),
})

/** The local day of the week (0 is Sunday) and minutes since midnight. */
export const localTime = (at: Date, timeZone: string): { readonly day: number; readonly minutes: number } => {
  const { day, minutes } = wallClock(timeZone, at.getTime()) ?? wallClock('UTC', at.getTime())!
  return { day, minutes }
}

/** The local date, `2026-12-24`. */
export const localDate = (at: Date, timeZone: string): string =>
  isoDay((wallClock(timeZone, at.getTime()) ?? wallClock('UTC', at.getTime())!).dayNumber)

/** Whether the hours include that moment. */
export const isOpen = (hours: WeeklyHours, timeZone: string, at: Date): boolean =>
  isOpenAt({ week: weekOf(hours) }, timeZone, at)

const sayMinutes = (minutes: number): string => {
  const hour = Math.floor(minutes / 60) % 24
  const rest = minutes % 60
  return `${hour % 12 || 12}${rest ? `:${String(rest).padStart(2, '0')}` : ''} ${hour < 12 ? 'AM' : 'PM'}`
}

const DAYS_BY_NAME = 7

/** The day of a future moment as people say it: "today", "tomorrow", "on Monday", "on Monday, January 4, 2027". */
export const spokenDayOf = (moment: Date, now: Date, timeZone: string): string => {
  const [day, today] = [localDate(moment, timeZone), localDate(now, timeZone)]
  const ahead = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS)
  if (ahead === 0 || ahead === 1) return ahead === 0 ? 'today' : 'tomorrow'
  const isNear = ahead > 1 && ahead <= DAYS_BY_NAME
  const isOtherYear = day.slice(0, 4) !== today.slice(0, 4)
  return `on ${moment.toLocaleDateString('en-US', {
    timeZone,
    weekday: 'long',
    ...(isNear ? {} : { month: 'long', day: 'numeric' }),
    ...(isNear || !isOtherYear ? {} : { year: 'numeric' }),
  })}`
}

/** A future moment as people say it: "tomorrow at 9 AM". */
export const spokenMoment = (moment: Date, now: Date, timeZone: string): string =>
  `${spokenDayOf(moment, now, timeZone)} at ${sayMinutes(localTime(moment, timeZone).minutes)}`

/** The next opening after that moment, as people say it: "tomorrow at 9 AM"; undefined when it never opens. */
export const nextOpening = (hours: WeeklyHours, timeZone: string, at: Date): string | undefined => {
  const opens = nextOpeningAt({ week: weekOf(hours) }, [timeZone], at)
  return opens && spokenMoment(opens, at, timeZone)
}

const sayEdge = (minutes: number): string => (minutes % DAY_MINUTES === 0 ? 'midnight' : sayMinutes(minutes))

/** When the present opening ends, as people say it: "5:30 PM", "Friday at 6 PM"; undefined when it does not end. */
export const spokenUntil = (opening: Opening, timeZone: string, at: Date): string | undefined => {
  const closes = nextClosingAt(opening, timeZone, at)
  if (!closes) return undefined
  const { day, minutes } = localTime(closes, timeZone)
  if (closes.getTime() - at.getTime() <= DAY_MS) return sayEdge(minutes)
  // Midnight belongs to the day before.
  return minutes === 0 ? `${DAY_NAMES[(day + 6) % 7]} at midnight` : `${DAY_NAMES[day]} at ${sayMinutes(minutes)}`
}

/** When the present opening ends, as {@link spokenUntil} says it; undefined when it is closed, or never closes. */
export const closingTime = (hours: WeeklyHours, timeZone: string, at: Date): string | undefined => {
  const opening = { week: weekOf(hours) }
  return isOpenAt(opening, timeZone, at) ? spokenUntil(opening, timeZone, at) : undefined
}

/** Whether the office is open, and until or from when, as a prompt says it; empty when its hours are not known. */
export const officeNow = ({ hours, timeZone }: Business, at: Date): string => {
  if (!hours) return ''
  if (isOpen(hours, timeZone, at)) {
    const until = closingTime(hours, timeZone, at)
    return `The office is open${until ? ` until ${until}` : ''}.`
  }
  const next = nextOpening(hours, timeZone, at)
  return `The office is closed${next ? ` and opens ${next}` : ''}.`
}

const sayRange = ([opens, closes]: OpenRange): string => {
  if (opens === 0 && closes === DAY_MINUTES) return 'all day'
  return `${sayEdge(opens)} to ${sayEdge(closes)}${closes > DAY_MINUTES ? ' the next day' : ''}`
}

/** The hours of one day as people say them: "9 AM to 12 PM and 1 PM to 5 PM", "6 PM to 2 AM the next day", "closed". */
export const spokenRanges = (ranges: readonly OpenRange[]): string =>
  ranges.length === 0 ? 'closed' : ranges.map((range) => sayRange(range)).join(' and ')
