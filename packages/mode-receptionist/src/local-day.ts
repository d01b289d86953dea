import { localTime, type WeeklyHours } from '@llc-phone/core'

/** A holiday longer than this is not worth announcing to the day. */
const LOOK_AHEAD_DAYS = 120

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

const formats = new Map<string, Intl.DateTimeFormat>()

/** The date on the wall calendar there, `2026-12-24`. */
export const localDay = (at: Date, timeZone: string): string => {
  // Swedish dates are written as ISO 8601 writes them.
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' })
  formats.set(timeZone, format)
  return format.format(at)
}

/** Days without hours: in UTC every day is 24 hours long, so that summer time cannot swallow one. */
const addDays = (day: string, days: number): Date => new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000)

const sayDay = (day: Date, ahead: number): string => {
  if (ahead < 2) return ahead === 0 ? 'today' : 'tomorrow'
  const date = { month: 'long', day: 'numeric' } as const
  return `on ${day.toLocaleDateString('en-US', { timeZone: 'UTC', weekday: 'long', ...(ahead > 7 ? date : {}) })}`
}

const sayClock = (minutes: number): string => {
  const hour = Math.floor(minutes / 60)
  const rest = minutes % 60
  return `${hour % 12 || 12}${rest ? `:${String(rest).padStart(2, '0')}` : ''} ${hour < 12 ? 'AM' : 'PM'}`
}

/** When somebody is in next, as people say it: "tomorrow at 9 AM", "on Monday, January 4 at 9 AM"; undefined when never. */
export const nextTimeIn = (
  { hours, timeZone, isAway }: { hours: WeeklyHours | undefined; timeZone: string; isAway(day: string): boolean },
  at: Date,
): string | undefined => {
  const today = localDay(at, timeZone)
  const { minutes } = localTime(at, timeZone)
  for (let ahead = 0; ahead <= LOOK_AHEAD_DAYS; ahead++) {
    const day = addDays(today, ahead)
    if (isAway(day.toISOString().slice(0, 10))) continue
    if (!hours) return sayDay(day, ahead)
    const opens = hours[WEEKDAYS[day.getUTCDay()]!]
    if (opens === undefined) continue
    const from = Number(opens.slice(0, 2)) * 60 + Number(opens.slice(3, 5))
    if (ahead > 0 || from > minutes) return `${sayDay(day, ahead)} at ${sayClock(from)}`
  }
  return undefined
}
