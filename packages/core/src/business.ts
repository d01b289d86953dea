import * as z from 'zod'

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** A day of the week as settings name it. */
type Weekday = (typeof WEEKDAYS)[number]

/** Opening hours on the wall clock, `mon: '09:00-17:30'`; a day that is not listed is closed. */
export type WeeklyHours = { readonly [Day in Weekday]?: string | undefined }

/** Who is being called. */
export interface Business {
  readonly name: string
  /** IANA name, such as `America/New_York`. */
  readonly timeZone: string
  readonly hours?: WeeklyHours
}

interface LocalTime {
  /** 0 is Sunday. */
  readonly day: number
  /** Since midnight on the wall clock. */
  readonly minutes: number
}

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).format() !== ''
  } catch {
    return false
  }
}

/** `09:00-17:30` as minutes since midnight; undefined when it is no such range. */
const parseRange = (text: string): readonly [open: number, close: number] | undefined => {
  const match = /^(\d\d):([0-5]\d)-(\d\d):([0-5]\d)$/.exec(text)
  if (!match) return undefined
  const open = Number(match[1]) * 60 + Number(match[2])
  const close = Number(match[3]) * 60 + Number(match[4])
  return open < close && close <= 24 * 60 ? [open, close] : undefined
}

const range = z
  .string()
  .refine((text) => parseRange(text) !== undefined, 'write opening and closing time of one day, like "09:00-17:30"')
  .optional()

/** Checks {@link WeeklyHours}. */
export const weeklyHoursSchema = z.strictObject({
  sun: range,
  mon: range,
  tue: range,
  wed: range,
  thu: range,
  fri: range,
  sat: range,
})

/** Checks a {@link Business}. */
export const businessSchema = z.strictObject({
  name: z.string().trim().min(1).max(80),
  timeZone: z.string().refine(isTimeZone, 'use an IANA time zone, like "America/New_York"'),
  hours: weeklyHoursSchema.optional(),
})

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs some 50 µs, using one 1 µs. */
const localFormat = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  formats.set(timeZone, format)
  return format
}

/** What calendar and clock on the wall show there; the time zone's own rules decide about summer time. */
export const localTime = (at: Date, timeZone: string): LocalTime => {
  const parts = new Map(
    localFormat(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  )
  const day = WEEKDAYS.indexOf(parts.get('weekday')!.toLowerCase() as Weekday)
  return { day, minutes: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
}

const rangeOn = (hours: WeeklyHours, day: number): readonly [open: number, close: number] | undefined => {
  const text = hours[WEEKDAYS[day % 7]!]
  return text === undefined ? undefined : parseRange(text)
}

/** Whether it is within the hours at that moment. */
export const isOpen = (hours: WeeklyHours, timeZone: string, at: Date): boolean => {
  const { day, minutes } = localTime(at, timeZone)
  const today = rangeOn(hours, day)
  return today !== undefined && minutes >= today[0] && minutes < today[1]
}

const DAY_NAMES = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

const sayMinutes = (minutes: number): string => {
  const hour = Math.floor(minutes / 60) % 24
  const rest = minutes % 60
  return `${hour % 12 || 12}${rest ? `:${String(rest).padStart(2, '0')}` : ''} ${hour < 12 ? 'AM' : 'PM'}`
}

/** The next opening after that moment, as people say it: "tomorrow at 9 AM"; undefined when it never opens. */
export const nextOpening = (hours: WeeklyHours, timeZone: string, at: Date): string | undefined => {
  const { day, minutes } = localTime(at, timeZone)
  for (let ahead = 0; ahead <= 7; ahead++) {
    const opens = rangeOn(hours, day + ahead)?.[0]
    if (opens === undefined || (ahead === 0 && opens <= minutes)) continue
    const when = ahead === 0 ? 'today' : ahead === 1 ? 'tomorrow' : `on ${DAY_NAMES[(day + ahead) % 7]}`
    return `${when} at ${sayMinutes(opens)}`
  }
  return undefined
}

/** When the present opening ends, as people say it: "5:30 PM"; undefined when it is closed. */
export const closingTime = (hours: WeeklyHours, timeZone: string, at: Date): string | undefined =>
  isOpen(hours, timeZone, at) ? sayMinutes(rangeOn(hours, localTime(at, timeZone).day)![1]) : undefined
