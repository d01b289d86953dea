import {
  localDate,
  MAX_AHEAD_MS,
  nextClosingAt,
  plainText,
  rangesAt,
  spokenDate,
  unmetByDate,
  unmetByHours,
  type Business,
  type Opening,
  type UnmetWish,
  type WishedTime,
} from '@llc-phone/core'
import type { Agenda, Service } from './db/appointments.ts'
import { bookableOpening, findSlots, type PartOfDay } from './slots.ts'

/** The business needs to know of a visit an hour before it. */
const NOTICE_MS = 60 * 60_000
/** How far after the wished day free times are offered. */
const SEARCH_MS = 45 * 86_400_000

/** What a caller would like to book. */
export interface BookingWish {
  readonly service: Service
  /** The earliest time that suits; as soon as can be when absent. */
  readonly from?: WishedTime | undefined
  /** Earliest possible time, independent of the wish. */
  readonly earliest?: Date | undefined
  readonly partOfDay?: PartOfDay | undefined
}

/** Free times, and why the wish itself cannot be met, if it cannot. */
export interface FoundSlots {
  readonly starts: readonly Date[]
  readonly unmet?: UnmetWish
}

const longestOf = ({ week }: Opening): number =>
  Math.max(0, ...week.flatMap((ranges) => ranges.map(([opens, closes]) => closes - opens)))

/** Whether the service takes longer than there is time on the wished day, or from the wished time until closing. */
const unmetByLength = (
  { at, hasTime, said }: WishedTime,
  { name, durationMinutes }: Service,
  opening: Opening,
  timeZone: string,
): UnmetWish | undefined => {
  const takes = `${plainText(name, 40)} takes ${durationMinutes} minutes`
  if (hasTime) {
    const closes = nextClosingAt(opening, timeZone, at)
    return closes && closes.getTime() - at.getTime() < durationMinutes * 60_000
      ? { status: 'does_not_fit', why: `${takes}, which from ${said} on does not fit before closing time.` }
      : undefined
  }
  return rangesAt(opening, timeZone, at).some(([opens, closes]) => closes - opens >= durationMinutes)
    ? undefined
    : { status: 'does_not_fit', why: `${takes}, longer than it is open on ${spokenDate(at, timeZone)}.` }
}

/** Searches free times near a wish, and says which part of it cannot be met. `agenda` reads what is taken. */
export const searchSlots = async (
  { service, from: wish, earliest: after = new Date(0), partOfDay }: BookingWish,
  business: Business,
  now: Date,
  agenda: (from: Date, until: Date) => Promise<Agenda>,
): Promise<FoundSlots> => {
  const { timeZone } = business
  const byDate = wish && unmetByDate(wish, now)
  if (byDate?.status === 'too_far_ahead') return { starts: [], unmet: byDate }
  const wished = wish && !byDate ? wish.at : after
  const earliest = new Date(Math.max(wished.getTime(), now.getTime() + NOTICE_MS))
  const until = new Date(Math.min(earliest.getTime() + SEARCH_MS, now.getTime() + MAX_AHEAD_MS))
  const setting = { business, agenda: await agenda(earliest, until), until }
  const opening = bookableOpening(setting)
  const longest = longestOf(opening)
  if (longest > 0 && longest < service.durationMinutes) {
    const why = `${plainText(service.name, 40)} takes ${service.durationMinutes} minutes, longer than it is ever open.`
    return { starts: [], unmet: { status: 'does_not_fit', why } }
  }
  const starts = await findSlots({ service, from: earliest, partOfDay }, setting)
  if (!wish) return { starts }
  const isThatDay = starts[0] !== undefined && localDate(starts[0], timeZone) === localDate(wish.at, timeZone)
  // A day that is closed may have the end of a night that began the day before.
  const unmet =
    byDate ??
    (isThatDay && !wish.hasTime
      ? undefined
      : (unmetByHours(wish, opening, timeZone) ?? unmetByLength(wish, service, opening, timeZone)))
  if (unmet) return { starts, unmet }
  if (isThatDay) return { starts }
  const part = partOfDay ? ` in the ${partOfDay}` : ''
  const later = wish.hasTime ? ' or later that day' : ''
  return { starts, unmet: { status: 'full', why: `Nothing is free on ${wish.said}${part}${later}.` } }
}
