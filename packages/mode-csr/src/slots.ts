import {
  isOpenAt,
  openingOf,
  rangeBetween,
  rangesAt,
  type BusinessTimes,
  type Opening,
  type OpenRange,
  type Week,
} from '@llc-phone/core'
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { DateTime } from 'luxon'
import type { Agenda, Service } from './db/appointments.ts'
import { cellsOf } from './db/cells.ts'

/** A part of the day as callers name it. */
export type PartOfDay = 'morning' | 'afternoon' | 'evening'

/** Criteria for slots. */
export interface SlotWish {
  readonly service: Service
  /** Nothing before it. */
  readonly from: Date
  readonly partOfDay?: PartOfDay | undefined
}

/** Opening hours, closures and bookings that slots are computed from. */
export interface SlotSetting {
  /** Its hours are used when the agenda has none of its own; its closed days always count. */
  readonly business: BusinessTimes
  readonly agenda: Agenda
  /** Nothing that starts at or after it. */
  readonly until: Date
}

/** Services start on the quarter of an hour, counted from the opening. */
const STEP_MINUTES = 15
/** Most choices: nobody remembers more on a telephone. */
const MAX_SLOTS = 4
const MAX_SLOTS_A_DAY = 2
/** Least distance between two choices of a day. */
const MIN_SPACING_MINUTES = 60

/** Before it people call it night, not morning. */
const MORNING_FROM = 4

const DAY_MINUTES = 24 * 60

const partOf = ({ hour }: DateTime): PartOfDay => {
  if (hour < MORNING_FROM) return 'evening'
  return hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening'
}

const weekOfAgenda = ({ hours }: Agenda): Week =>
  Array.from({ length: 7 }, (_, day) =>
    hours.filter(({ weekday }) => weekday === day).map(({ opens, closes }) => rangeBetween(opens, closes)),
  )

/** When the business can be booked: by the agenda's own hours if it has any, and never on the closed days of either. */
export const bookableOpening = ({ agenda, business }: Pick<SlotSetting, 'agenda' | 'business'>): Opening => {
  const { week, closedOn } = openingOf(business, business.hours ?? {})
  return {
    week: agenda.hours.length > 0 ? weekOfAgenda(agenda) : week,
    closedOn: (date) => closedOn?.(date) === true || agenda.closures.some(({ from, to }) => date >= from && date <= to),
  }
}

/** A time on the clock of that day, or of the night after it. */
const clockTime = (day: DateTime, minutes: number): DateTime =>
  day.plus({ days: Math.floor(minutes / DAY_MINUTES) }).set({
    hour: Math.floor((minutes % DAY_MINUTES) / 60),
    minute: minutes % 60,
  })

/**
 * Every possible start within one opening. Around the two days a year on which the wall clock changes, each start is computed
 * by time zone, so that none falls on a time that does not exist, runs past closing, or is offered twice under one name; on
 * other days plain minutes are used, which is a hundred times faster.
 */
const startsWithin = (
  day: DateTime,
  [opens, closes]: OpenRange,
  { durationMinutes }: Service,
  opening: Opening,
): Date[] => {
  const starts: Date[] = []
  // Where the clock jumps at midnight, the day begins at one.
  const jumps = day.hour !== 0 || day.offset !== day.plus({ days: 2 }).offset
  const zone = day.zoneName!
  const closing = jumps ? clockTime(day, closes).toMillis() : 0
  for (let minutes = opens; minutes + durationMinutes <= closes; minutes += STEP_MINUTES) {
    if (!jumps) {
      starts.push(new Date(day.toMillis() + minutes * 60_000))
      continue
    }
    const start = clockTime(day, minutes)
    const endMs = start.toMillis() + durationMinutes * 60_000
    const exists = start.hour * 60 + start.minute === minutes % DAY_MINUTES
    if (exists && endMs <= closing && isOpenAt(opening, zone, endMs - 1)) starts.push(start.toJSDate())
  }
  return starts
}

/** Every free start of a service in the openings of one local day, soonest first. */
const freeStartsOn = (day: DateTime, wish: SlotWish, setting: SlotSetting, opening: Opening): Date[] => {
  const { agenda, until } = setting
  return rangesAt(opening, setting.business.timeZone, day.toJSDate())
    .flatMap((range) => startsWithin(day, range, wish.service, opening))
    .filter((start) => start >= wish.from && start < until)
    .filter((start) => !wish.partOfDay || partOf(DateTime.fromJSDate(start, { zone: day.zone })) === wish.partOfDay)
    .filter((start) => {
      const cells = cellsOf(start, wish.service)
      return agenda.occupied.some((taken) => !cells.some((cell) => taken.has(cell)))
    })
    .toSorted((a, b) => a.getTime() - b.getTime())
}

/** Every free start of a service between two moments of one local day, soonest first: for colleagues, who see the whole day. */
export const freeTimes = (wish: SlotWish, setting: SlotSetting): Date[] => {
  const opening = bookableOpening(setting)
  const day = DateTime.fromJSDate(wish.from, { zone: setting.business.timeZone }).startOf('day')
  // An opening of the evening before may still go on.
  const starts = [day.minus({ days: 1 }).startOf('day'), day].flatMap((each) =>
    freeStartsOn(each, wish, setting, opening),
  )
  return [...new Map(starts.map((start) => [start.getTime(), start])).values()]
}

/** A few free times for a service, soonest first, spread enough to be a choice. */
export const findSlots = async (wish: SlotWish, setting: SlotSetting): Promise<Date[]> => {
  const found: Date[] = []
  const opening = bookableOpening(setting)
  const spacing = Math.max(wish.service.durationMinutes, MIN_SPACING_MINUTES) * 60_000
  // An opening of the evening before may still go on.
  let day = DateTime.fromJSDate(wish.from, { zone: setting.business.timeZone }).minus({ days: 1 }).startOf('day')
  for (; day.toJSDate() < setting.until && found.length < MAX_SLOTS; day = day.plus({ days: 1 }).startOf('day')) {
    const ofDay: Date[] = []
    for (const start of freeStartsOn(day, wish, setting, opening))
      if (ofDay.length < MAX_SLOTS_A_DAY && start.getTime() - (ofDay.at(-1)?.getTime() ?? -Infinity) >= spacing)
        ofDay.push(start)
    // Hours over midnight may run into the next day's.
    found.push(...ofDay.filter((start) => start.getTime() > (found.at(-1)?.getTime() ?? -Infinity)))
    // A day takes half a millisecond; a month in one go would disturb the audio of other calls.
    // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
    await letOthersRun()
  }
  return found.slice(0, MAX_SLOTS)
}
