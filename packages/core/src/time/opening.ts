import { DAY_MINUTES, type OpenRange, type Week } from './hours.ts'
import { DAY_MS, isoDay, MINUTE_MS, wallClock, weekdayOf, zoneDay } from './zone-offsets.ts'

/**
 * Opening hours with closed dates, in local time. When clocks change, hours that begin within the skipped hour begin after it,
 * and hours within the repeated hour apply twice.
 */
export interface Opening {
  readonly week: Week
  /** Local dates (`2026-12-24`) on which it does not open. */
  closedOn?(day: string): boolean
}

/** Days to search for the next opening or closing: a week repeats within these. */
const LOOK_AHEAD_DAYS = 8
/** The same past closed dates: nobody is told of an opening further ahead. */
const LOOK_PAST_CLOSED_DAYS = 370

const daysAhead = ({ closedOn }: Opening): number => (closedOn ? LOOK_PAST_CLOSED_DAYS : LOOK_AHEAD_DAYS)

const rangesOf = ({ week, closedOn }: Opening, dayNumber: number): readonly OpenRange[] => {
  const ranges = week[weekdayOf(dayNumber)] ?? []
  return ranges.length > 0 && closedOn?.(isoDay(dayNumber)) ? [] : ranges
}

/** The hours of the local day of that moment; hours past midnight belong to the day they begin on. */
export const rangesAt = (opening: Opening, zone: string, at: Date): readonly OpenRange[] => {
  const clock = wallClock(zone, at.getTime())
  return clock ? rangesOf(opening, clock.dayNumber) : []
}

/** Whether it is open in that zone at that moment. */
export const isOpenAt = (opening: Opening, zone: string, at: Date | number): boolean => {
  const clock = wallClock(zone, Number(at))
  if (!clock) return false
  const { dayNumber, minutes } = clock
  return (
    rangesOf(opening, dayNumber).some(([opens, closes]) => minutes >= opens && minutes < closes) ||
    rangesOf(opening, dayNumber - 1).some(([, closes]) => minutes + DAY_MINUTES < closes)
  )
}

/** The moments of one UTC day at which it may open (0) or close (1), by its hours or because clocks change. */
const edgesOf = (opening: Opening, zone: string, startMs: number, edge: 0 | 1): number[] => {
  // To look past a long closure must not read the clocks of every day of it. No zone is further from UTC than 14 hours.
  const utcDay = Math.floor(startMs / DAY_MS)
  if ([-2, -1, 0, 1].every((away) => rangesOf(opening, utcDay + away).length === 0)) return []
  const { offsetMs, laterMs, changesAt } = zoneDay(zone, startMs)
  if (Number.isNaN(offsetMs)) return []
  const offsets = offsetMs === laterMs ? [offsetMs] : [offsetMs, laterMs]
  const moments = offsets.length === 1 ? [] : [changesAt]
  const first = Math.floor((startMs + Math.min(...offsets)) / DAY_MS) - 1
  const last = Math.floor((startMs + DAY_MS + Math.max(...offsets)) / DAY_MS)
  for (let dayNumber = first; dayNumber <= last; dayNumber++)
    for (const range of rangesOf(opening, dayNumber))
      for (const offset of offsets) moments.push(dayNumber * DAY_MS + range[edge] * MINUTE_MS - offset)
  // A clock change exactly at the end of the UTC day counts for the day before.
  return moments.filter((ms) => ms >= startMs && ms <= startMs + DAY_MS)
}

const nextEdge = (
  opening: Opening,
  zones: readonly string[],
  after: Date,
  edge: 0 | 1,
  days: number,
): Date | undefined => {
  const isOpen = (ms: number): boolean => zones.every((zone) => isOpenAt(opening, zone, ms))
  const isEdge = (ms: number): boolean => isOpen(ms) === (edge === 0) && isOpen(ms - MINUTE_MS) !== (edge === 0)
  const today = Math.floor(after.getTime() / DAY_MS)
  for (let ahead = 0; ahead <= days + 1; ahead++) {
    const startMs = (today + ahead) * DAY_MS
    const moments = zones.flatMap((zone) => edgesOf(opening, zone, startMs, edge)).toSorted((a, b) => a - b)
    const found = moments.find((ms) => ms > after.getTime() && isEdge(ms))
    if (found !== undefined) return new Date(found)
  }
  return undefined
}

/** The next moment at which it opens in all of these zones; `undefined` when there is none in the days ahead. */
export const nextOpeningAt = (
  opening: Opening,
  zones: readonly string[],
  after: Date,
  days = daysAhead(opening),
): Date | undefined => nextEdge(opening, zones, after, 0, days)

/** The next moment at which it closes; `undefined` when there is none in the days ahead. */
export const nextClosingAt = (
  opening: Opening,
  zone: string,
  after: Date,
  days = daysAhead(opening),
): Date | undefined => nextEdge(opening, [zone], after, 1, days)
