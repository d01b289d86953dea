import { localDate } from './business.ts'

const spokenClock = (at: Date, timeZone: string): string =>
  // Newer ICU data puts a narrow no-break space before AM and PM.
  at
    .toLocaleTimeString('en-US', { timeZone, hour: 'numeric', minute: '2-digit' })
    .replace(/\s/gu, ' ')
    .replace(':00', '')

const sayDate = (at: Date, timeZone: string, withYear: boolean): string =>
  at.toLocaleDateString('en-US', {
    timeZone,
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    ...(withYear ? { year: 'numeric' } : {}),
  })

/**
 * A moment in local time, as people say it: "Tuesday, November 24 at 2:30 PM". The year is added when it differs from that of
 * `now`.
 */
export const spokenTime = (at: Date, timeZone: string, now: Date = at): string => {
  const isOtherYear = localDate(at, timeZone).slice(0, 4) !== localDate(now, timeZone).slice(0, 4)
  return `${sayDate(at, timeZone, isOtherYear)} at ${spokenClock(at, timeZone)}`
}

/** There are about 420 zones; upper and lower case make more spellings of them. */
const MAX_ZONE_FORMATS = 1_000
const zoneFormats = new Map<string, Intl.DateTimeFormat>()

/** Formats are cached: creating one costs a hundred times as much as using it. */
const zoneFormat = (timeZone: string): Intl.DateTimeFormat => {
  const known = zoneFormats.get(timeZone)
  if (known) return known
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longGeneric' })
  if (zoneFormats.size >= MAX_ZONE_FORMATS) zoneFormats.clear()
  zoneFormats.set(timeZone, format)
  return format
}

/** A time zone as people call it: "Eastern Time". */
export const zoneName = (timeZone: string, at: Date): string => {
  const parts = zoneFormat(timeZone).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone
  return name === 'GMT+00:00' ? 'UTC' : name
}

/** A day with its year, as people say it: "Tuesday, November 24, 2026". */
export const spokenDate = (at: Date, timeZone: string): string => sayDate(at, timeZone, true)

/** A moment with its year, as people say it: "Tuesday, November 24, 2026 at 2:30 PM". */
export const spokenDateTime = (at: Date, timeZone: string): string =>
  `${spokenDate(at, timeZone)} at ${spokenClock(at, timeZone)}`

/** The current time for a prompt, with year and time zone: "Tuesday, November 24, 2026 at 2:30 PM Eastern Time". */
export const spokenNow = (now: Date, timeZone: string): string =>
  `${spokenDateTime(now, timeZone)} ${zoneName(timeZone, now)}`

/** Whether two time zones have different local times at that moment. */
export const clocksDiffer = (one: string, other: string, at: Date): boolean =>
  spokenTime(at, one) !== spokenTime(at, other)

/**
 * {@link spokenTime} for somebody who may be in another time zone: then both times are given, with their zones: "Monday,
 * March 9 at 10 AM Eastern Time, which is 7 AM Pacific Time".
 */
export const spokenTimeFor = (at: Date, timeZone: string, theirs: string | undefined, now: Date): string => {
  const ours = spokenTime(at, timeZone, now)
  if (theirs === undefined || !clocksDiffer(timeZone, theirs, at)) return ours
  const isSameDay = localDate(at, timeZone) === localDate(at, theirs)
  const there = isSameDay ? spokenClock(at, theirs) : spokenTime(at, theirs, now)
  return `${ours} ${zoneName(timeZone, at)}, which is ${there} ${zoneName(theirs, at)}`
}
