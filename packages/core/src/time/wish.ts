import { DateTime } from 'luxon'
import * as z from 'zod'
import { localDate, spokenRanges } from './business.ts'
import { isOpenAt, rangesAt, type Opening } from './opening.ts'
import { clocksDiffer, spokenDate, spokenDateTime, zoneName } from './spoken-time.ts'
import { ToolError } from '../tool-error.ts'
import { isTimeZone } from './zone-offsets.ts'

/** A date, or date and time, that a caller asks for. */
export interface WishedTime {
  /** The requested moment; for a date, its beginning. */
  readonly at: Date
  /** The time zone it was given in. */
  readonly timeZone: string
  /** A time was given, not only a date. */
  readonly hasTime: boolean
  /** As people say it, with its year, and with the zone when it is not ours: "Monday, March 9, 2026". */
  readonly said: string
}

/** The input schema of a requested date or time; {@link readWish} checks that it exists. */
export const wishedTimeInput = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:00)?)?$/, 'write it like 2026-03-09 or 2026-03-09T14:00')

/** The input schema of its time zone. */
export const wishedZoneInput = z
  .string()
  .trim()
  .max(64)
  .describe('Only when the caller means the time of another place: its IANA zone, like America/Los_Angeles.')

/** Names of North American zones in speech. They include summer time, unlike the IANA name `EST`. */
const CALLED: readonly (readonly [RegExp, string])[] = [
  [/^e[sd]?t$|^eastern( (standard|daylight))? time$/i, 'America/New_York'],
  [/^c[sd]t$|^ct$|^central( (standard|daylight))? time$/i, 'America/Chicago'],
  // Arizona has MST the whole year.
  [/^md?t$|^mountain( (standard|daylight))? time$/i, 'America/Denver'],
  [/^p[sd]?t$|^pacific( (standard|daylight))? time$/i, 'America/Los_Angeles'],
]

/** The time zone of a request; that of the business when none was named. Throws a `ToolError` for an unknown one. */
export const wishedZone = (said: string | undefined, timeZone: string): string => {
  if (!said) return timeZone
  const called = timeZone.startsWith('America/') ? CALLED.find(([name]) => name.test(said)) : undefined
  if (called) return called[1]
  if (isTimeZone(said)) return said
  throw new ToolError(`"${said}" is no IANA time zone, like America/Los_Angeles. Ask which city's time is meant.`)
}

/** A date in words, also one that does not exist: "February 31, 2026". */
const sayDate = (day: string): string => {
  const [year = '', month = '', date = ''] = day.split('-')
  const first = DateTime.fromISO(`${year}-${month}-01`, { zone: 'utc' })
  return first.isValid ? `${first.toFormat('LLLL', { locale: 'en-US' })} ${Number(date)}, ${year}` : day
}

/**
 * Reads `2026-03-09` in the business's zone `ours`, or `2026-03-09T14:00` in the caller's zone `theirs`. Throws a `ToolError`
 * for a date that does not exist, or a time skipped by a clock change on that day.
 */
export const readWish = (text: string, ours: string, theirs = ours): WishedTime => {
  const [day = '', time = ''] = text.split('T')
  // Models write a date as midnight; where a clock change skips midnight, the day begins at one.
  const hasTime = time !== '' && !time.startsWith('00:00')
  const timeZone = hasTime ? theirs : ours
  const moment = DateTime.fromISO(hasTime ? text : day, { zone: timeZone })
  if (!DateTime.fromISO(day, { zone: 'utc' }).isValid)
    throw new ToolError(`There is no such date: ${sayDate(day)}. Say so, and ask for the day again.`)
  if (hasTime && (!moment.isValid || moment.toFormat('HH:mm') !== time.slice(0, 5)))
    throw new ToolError(`There is no such time: ${time} does not exist on ${sayDate(day)}. Say so, and ask again.`)
  const at = moment.toJSDate()
  if (!hasTime) return { at, timeZone, hasTime, said: spokenDate(at, timeZone) }
  const zone = clocksDiffer(ours, timeZone, at) ? ` ${zoneName(timeZone, at)}` : ''
  return { at, timeZone, hasTime, said: `${spokenDateTime(at, timeZone)}${zone}` }
}

/** The moment of a local time, `2026-03-09T14:00`; one skipped by a clock change is moved forward by the gap. */
export const localMoment = (text: string, timeZone: string): Date =>
  DateTime.fromISO(text, { zone: timeZone }).toJSDate()

/** Whether the requested date or time has passed. */
export const isPast = ({ at, timeZone, hasTime }: WishedTime, now: Date): boolean =>
  hasTime ? at < now : localDate(at, timeZone) < localDate(now, timeZone)

/** The sentence for a request in the past: "Wednesday, December 10, 2025 has passed. It is … now." */
export const pastSentence = ({ said, timeZone }: WishedTime, now: Date): string =>
  `${said} has passed. It is ${spokenDateTime(now, timeZone)} now.`

/** A request as local time of another zone, `2026-03-09` or `2026-03-09T14:00`. */
export const localMinute = ({ at, hasTime }: WishedTime, timeZone: string): string =>
  DateTime.fromJSDate(at, { zone: timeZone }).toFormat(hasTime ? "yyyy-MM-dd'T'HH:mm" : 'yyyy-MM-dd')

/** What to say when free times were found but not exactly the requested one; empty when it is among them. */
export const sayNotJustThen = (wish: WishedTime | undefined, free: readonly Date[]): { readonly say?: string } =>
  !wish?.hasTime || free.length === 0 || free.some((start) => start.getTime() === wish.at.getTime())
    ? {}
    : { say: `${wish.said} itself is not free. If they asked for just that time, say so; then offer these.` }

/** How far ahead requests are accepted. */
export const MAX_AHEAD_MS = 366 * 24 * 60 * 60_000

/** Why a request cannot be met: one word for the model, and a sentence or two for the caller. */
export interface UnmetWish {
  readonly status: 'past' | 'too_far_ahead' | 'closed_day' | 'outside_hours' | 'does_not_fit' | 'full'
  readonly why: string
}

/** Why a request cannot be met by its date: it has passed, or is too far ahead. */
export const unmetByDate = (wish: WishedTime, now: Date): UnmetWish | undefined => {
  if (isPast(wish, now)) return { status: 'past', why: pastSentence(wish, now) }
  const last = new Date(now.getTime() + MAX_AHEAD_MS)
  if (wish.at < last) return undefined
  return {
    status: 'too_far_ahead',
    why: `${wish.said} is too far ahead: nothing is planned after ${spokenDate(last, wish.timeZone)}.`,
  }
}

/** Why a request cannot be met by the opening hours. */
export const unmetByHours = (wish: WishedTime, opening: Opening, timeZone: string): UnmetWish | undefined => {
  const isOpenThen = wish.hasTime && isOpenAt(opening, timeZone, wish.at)
  if (isOpenThen) return undefined
  const ranges = rangesAt(opening, timeZone, wish.at)
  if (ranges.length === 0)
    return { status: 'closed_day', why: `${spokenDate(wish.at, timeZone)} is a day on which nothing is open.` }
  if (!wish.hasTime) return undefined
  const hours = spokenRanges(ranges)
  return { status: 'outside_hours', why: `${wish.said} is outside the opening hours, which are ${hours} that day.` }
}
