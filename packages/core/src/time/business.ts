import * as z from 'zod'
import { DAY_NAMES } from './calendar-names.ts'
import { closureOn, closuresSchema, type Closure } from './closures.ts'
import { DAY_MINUTES, weekOf, weekOfDays, weeklyHoursSchema, type OpenRange, type WeeklyHours } from './hours.ts'
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
  /** Days on which it is closed whatever its hours, with all its people and departments. */
  readonly closures?: readonly Closure[]
  /** The address as callers are told it: "12 Harbor Street, Boston". */
  readonly address?: string
  readonly website?: string
  /** Pronunciations of words that voices get wrong: `{ Lopez: 'LOH-pess' }`. */
  readonly pronunciations?: Readonly<Record<string, string>>
}

/** Limit: all of them are read before every call. */
const MAX_PRONUNCIATIONS = 20

/** Checks an IANA time zone by its name. */
export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, 'use an IANA time zone, like "America/New_York"')
  .meta({ widget: 'timeZone' })

/** Checks a {@link Business}. */
export const businessSchema = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1)
    .max(80)
    .meta({ title: 'Name', description: 'As callers hear it.', examples: ['Pier Bistro'] }),
  timeZone: timeZoneSchema.meta({
    title: 'Time zone',
    description: 'The IANA name of the zone of your hours and dates.',
    examples: ['America/New_York', 'Europe/Madrid'],
  }),
  language: languageSchema.optional().meta({
    title: 'Language',
    labels: { en: 'English', es: 'Spanish' },
    description: 'What assistants speak whose settings name no language.',
    examples: ['en', 'es'],
  }),
  hours: weeklyHoursSchema.optional().meta({
    title: 'Opening hours',
    description:
      'By day or range of days; several ranges a day and hours over midnight are fine. A day that is not listed is closed.',
    examples: [{ 'mon-fri': '09:00-12:00, 13:00-17:30', sat: '18:00-02:00' }],
  }),
  closures: closuresSchema.optional().meta({
    title: 'Closed days',
    description: 'Days on which you are closed whatever your hours, with all people and departments.',
    examples: [[{ from: '2026-12-24', to: '2026-12-26', reason: 'Christmas' }]],
  }),
  address: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .optional()
    .meta({ title: 'Address', description: 'As callers are told it.', examples: ['12 Harbor Street, Boston'] }),
  website: z
    .string()
    .trim()
    .min(1)
    .max(100)
    .optional()
    .meta({ title: 'Website', description: 'As callers are told it.', examples: ['pierbistro.example'] }),
  pronunciations: z
    .record(z.string().trim().min(1).max(40), z.string().trim().min(1).max(60))
    .refine((words) => Object.keys(words).length <= MAX_PRONUNCIATIONS, `names at most ${MAX_PRONUNCIATIONS} words`)
    .optional()
    .meta({
      title: 'Pronunciations',
      description: 'How to say words that the voice gets wrong.',
      examples: [{ Lopez: 'LOH-pess' }],
    }),
})

/** What decides when a business is open. */
export type BusinessTimes = Pick<Business, 'timeZone' | 'hours' | 'closures'>

const EVERY_HOUR = weekOfDays('00:00-24:00')

/**
 * When a business, or something of it with hours of its own, is open: in those hours, and never on the days it is closed.
 * Without any hours only the closed days count. Everything that asks whether something is open asks this.
 */
export const openingOf = (
  { hours: usual, closures }: Omit<BusinessTimes, 'timeZone'>,
  hours: WeeklyHours | 'any' | undefined = usual,
): Opening => ({
  week: hours === undefined || hours === 'any' ? EVERY_HOUR : weekOf(hours),
  ...(closures && closures.length > 0 ? { closedOn: (day: string) => closureOn(closures, day) !== undefined } : {}),
})

/** The local day of the week (0 is Sunday) and minutes since midnight. */
export const localTime = (at: Date, timeZone: string): { readonly day: number; readonly minutes: number } => {
  const { day, minutes } = wallClock(timeZone, at.getTime()) ?? wallClock('UTC', at.getTime())!
  return { day, minutes }
}

/** The local date, `2026-12-24`. */
export const localDate = (at: Date, timeZone: string): string =>
  isoDay((wallClock(timeZone, at.getTime()) ?? wallClock('UTC', at.getTime())!).dayNumber)

/** Whether the business is open at that moment; by its hours, or by these. */
export const isOpen = (business: BusinessTimes, at: Date, hours?: WeeklyHours | 'any'): boolean =>
  isOpenAt(openingOf(business, hours), business.timeZone, at)

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
export const nextOpening = (business: BusinessTimes, at: Date, hours?: WeeklyHours | 'any'): string | undefined => {
  const { timeZone } = business
  const opens = nextOpeningAt(openingOf(business, hours), [timeZone], at)
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
export const closingTime = (business: BusinessTimes, at: Date): string | undefined => {
  const { timeZone } = business
  const opening = openingOf(business)
  return isOpenAt(opening, timeZone, at) ? spokenUntil(opening, timeZone, at) : undefined
}

const sayRange = ([opens, closes]: OpenRange): string => {
  if (opens === 0 && closes === DAY_MINUTES) return 'all day'
  return `${sayEdge(opens)} to ${sayEdge(closes)}${closes > DAY_MINUTES ? ' the next day' : ''}`
}

/** The hours of one day as people say them: "9 AM to 12 PM and 1 PM to 5 PM", "6 PM to 2 AM the next day", "closed". */
export const spokenRanges = (ranges: readonly OpenRange[]): string =>
  ranges.length === 0 ? 'closed' : ranges.map((range) => sayRange(range)).join(' and ')
