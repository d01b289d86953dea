import { DateTime } from 'luxon'
import * as z from 'zod'
import { localDate, spokenRanges } from './business.ts'
import { isOpenAt, rangesAt, type Opening } from './opening.ts'
import { clocksDiffer, spokenDate, spokenDateTime, zoneName } from './spoken-time.ts'
import { ToolError } from '../tool-error.ts'
import { isTimeZone } from './zone-offsets.ts'

/** A day, or a day and time, that somebody on the telephone would like. */
export interface WishedTime {
  /** The first moment that is meant. */
  readonly at: Date
  /** The zone it is meant in. */
  readonly timeZone: string
  /** A time was named, not only a day. */
  readonly hasTime: boolean
  /** As people say it, with its year, and with the zone when it is not ours: "Monday, March 9, 2026". */
  readonly said: string
}

/** What a tool takes for a wished time; the day itself is checked by {@link readWish}, which says what is wrong with it. */
export const wishedTimeInput = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:00)?)?$/, 'write it like 2026-03-09 or 2026-03-09T14:00')

/** What a tool takes for the time zone of a wish. */
export const wishedZoneInput = z
  .string()
  .trim()
  .max(64)
  .describe('Only when the caller means the time of another place: its IANA zone, like America/Los_Angeles.')

/** What people in North America call their zones, winter and summer: as a name of IANA's, `EST` has no summer time. */
const CALLED: readonly (readonly [RegExp, string])[] = [
  [/^e[sd]?t$|^eastern( (standard|daylight))? time$/i, 'America/New_York'],
  [/^c[sd]t$|^ct$|^central( (standard|daylight))? time$/i, 'America/Chicago'],
  // In Arizona MST is the whole year's.
  [/^md?t$|^mountain( (standard|daylight))? time$/i, 'America/Denver'],
  [/^p[sd]?t$|^pacific( (standard|daylight))? time$/i, 'America/Los_Angeles'],
]

/** The zone a wish was said in: the business's own when none was named. Throws what the model should hear. */
export const wishedZone = (said: string | undefined, timeZone: string): string => {
  if (!said) return timeZone
  const called = timeZone.startsWith('America/') ? CALLED.find(([name]) => name.test(said)) : undefined
  if (called) return called[1]
  if (isTimeZone(said)) return said
  throw new ToolError(`"${said}" is no IANA time zone, like America/Los_Angeles. Ask which city's time is meant.`)
}

/** A date that does not exist, in the words of one that does: "February 31, 2026". */
const sayDate = (day: string): string => {
  const [year = '', month = '', date = ''] = day.split('-')
  const first = DateTime.fromISO(`${year}-${month}-01`, { zone: 'utc' })
  return first.isValid ? `${first.toFormat('LLLL', { locale: 'en-US' })} ${Number(date)}, ${year}` : day
}

/**
 * What `2026-03-09` or `2026-03-09T14:00` means in the business's zone `ours`; a time may be one of another zone, `theirs`.
 * Throws what the model should hear about a date that does not exist, or a time that the clocks leave out on that day.
 */
export const readWish = (text: string, ours: string, theirs = ours): WishedTime => {
  const [day = '', time = ''] = text.split('T')
  // Midnight is how a model writes a day; where the clocks leave it out, the day begins at one.
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

/** The moment of a local time, `2026-03-09T14:00`; one that the clocks leave out is as much later. */
export const localMoment = (text: string, timeZone: string): Date =>
  DateTime.fromISO(text, { zone: timeZone }).toJSDate()

/** Whether a wish is for a day that is over, or for a time that is. */
export const isPast = ({ at, timeZone, hasTime }: WishedTime, now: Date): boolean =>
  hasTime ? at < now : localDate(at, timeZone) < localDate(now, timeZone)

/** Why a wish that has passed cannot be met: "Wednesday, December 10, 2025 has passed. It is … now." */
export const pastSentence = ({ said, timeZone }: WishedTime, now: Date): string =>
  `${said} has passed. It is ${spokenDateTime(now, timeZone)} now.`

/** A wish as it is written in another zone, `2026-03-09` or `2026-03-09T14:00`. */
export const localMinute = ({ at, hasTime }: WishedTime, timeZone: string): string =>
  DateTime.fromJSDate(at, { zone: timeZone }).toFormat(hasTime ? "yyyy-MM-dd'T'HH:mm" : 'yyyy-MM-dd')

/** What to say where free times were found, and none of them is just the one that was asked for; empty when one is. */
export const sayNotJustThen = (wish: WishedTime | undefined, free: readonly Date[]): { readonly say?: string } =>
  !wish?.hasTime || free.length === 0 || free.some((start) => start.getTime() === wish.at.getTime())
    ? {}
    : { say: `${wish.said} itself is not free. If they asked for just that time, say so; then offer these.` }

/** Nobody keeps opening hours further ahead. */
export const MAX_AHEAD_MS = 366 * 24 * 60 * 60_000

/** Why a wish cannot be met, for the model: one word, and a sentence or two for whoever asked. */
export interface UnmetWish {
  readonly status: 'past' | 'too_far_ahead' | 'closed_day' | 'outside_hours' | 'does_not_fit' | 'full'
  readonly why: string
}

/** What the calendar on the wall has against a wish: that it has passed, or is too far ahead. */
export const unmetByDate = (wish: WishedTime, now: Date): UnmetWish | undefined => {
  if (isPast(wish, now)) return { status: 'past', why: pastSentence(wish, now) }
  const last = new Date(now.getTime() + MAX_AHEAD_MS)
  if (wish.at < last) return undefined
  return {
    status: 'too_far_ahead',
    why: `${wish.said} is too far ahead: nothing is planned after ${spokenDate(last, wish.timeZone)}.`,
  }
}

/** What the opening hours have against a wish. */
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
