import type { WeeklyHours } from '@llc-phone/core'
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { DateTime } from 'luxon'
import type { Agenda, Service } from './db/appointments.ts'
import { cellsOf } from './db/cells.ts'

/** A part of the day as callers name it. */
export type PartOfDay = 'morning' | 'afternoon' | 'evening'

/** What slots are wanted. */
export interface SlotWish {
  readonly service: Service
  /** Nothing before it. */
  readonly from: Date
  readonly partOfDay?: PartOfDay | undefined
}

/** Where and when the business can be booked. */
export interface SlotSetting {
  readonly timeZone: string
  /** Used when the agenda has no hours of its own. */
  readonly hours?: WeeklyHours | undefined
  readonly agenda: Agenda
  /** Nothing that starts at or after it. */
  readonly until: Date
}

/** Services start on the quarter of an hour, counted from the opening. */
const STEP_MINUTES = 15
/** More choices than these are not kept in mind on a telephone. */
const MAX_SLOTS = 4
const MAX_SLOTS_A_DAY = 2
/** Two choices of a day are worth hearing only when they differ. */
const MIN_SPACING_MINUTES = 60

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

const minutesOf = (clock: string): number => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3))

const partOf = ({ hour }: DateTime): PartOfDay => (hour < 12 ? 'morning' : hour < 17 ? 'afternoon' : 'evening')

/** The openings of a day as minutes on its wall clock. */
const openingsOn = ({ agenda, hours }: SlotSetting, weekday: number): [opens: number, closes: number][] => {
  if (agenda.hours.length > 0)
    return agenda.hours
      .filter((opening) => opening.weekday === weekday)
      .map(({ opens, closes }) => [minutesOf(opens), minutesOf(closes)])
  const range = hours?.[WEEKDAYS[weekday]!]
  return range === undefined ? [] : [[minutesOf(range.slice(0, 5)), minutesOf(range.slice(6))]]
}

/**
 * Every possible start within one opening. On the two days a year on which the wall clock jumps it is asked for each of
 * them, so that nothing starts at a time that does not exist, runs past closing, or is offered under the same name twice;
 * on the others minutes are minutes, which is a hundred times faster.
 */
const startsWithin = (day: DateTime, [opens, closes]: [number, number], { durationMinutes }: Service): Date[] => {
  const starts: Date[] = []
  // Where the clock jumps at midnight, the day begins at one.
  const jumps = day.hour !== 0 || day.offset !== day.plus({ days: 1 }).offset
  const named = new Set<number>()
  for (let minutes = opens; minutes + durationMinutes <= closes; minutes += STEP_MINUTES) {
    if (!jumps) {
      starts.push(new Date(day.toMillis() + minutes * 60_000))
      continue
    }
    const start = day.set({ hour: Math.floor(minutes / 60), minute: minutes % 60 })
    const end = start.plus({ minutes: durationMinutes })
    const startsOn = start.hour * 60 + start.minute
    const endsOn = end.hour * 60 + end.minute + (end.hasSame(day, 'day') ? 0 : 24 * 60)
    if (startsOn < opens || endsOn > closes || endsOn < startsOn || named.has(startsOn)) continue
    named.add(startsOn)
    starts.push(start.toJSDate())
  }
  return starts
}

/** Every start of a service on one local day that nothing stands against, soonest first. */
const freeStartsOn = (day: DateTime, wish: SlotWish, setting: SlotSetting): Date[] => {
  const date = day.toISODate()!
  const { agenda, until } = setting
  if (agenda.closures.some(({ from, to }) => date >= from && date <= to)) return []
  return openingsOn(setting, day.weekday % 7)
    .flatMap((opening) => startsWithin(day, opening, wish.service))
    .filter((start) => start >= wish.from && start < until)
    .filter((start) => !wish.partOfDay || partOf(DateTime.fromJSDate(start, { zone: day.zone })) === wish.partOfDay)
    .filter((start) => {
      const cells = cellsOf(start, wish.service)
      return agenda.occupied.some((taken) => !cells.some((cell) => taken.has(cell)))
    })
    .toSorted((a, b) => a.getTime() - b.getTime())
}

/** A few free times for a service, soonest first, spread enough to be a choice. */
export const findSlots = async (wish: SlotWish, setting: SlotSetting): Promise<Date[]> => {
  const found: Date[] = []
  const spacing = Math.max(wish.service.durationMinutes, MIN_SPACING_MINUTES) * 60_000
  let day = DateTime.fromJSDate(wish.from, { zone: setting.timeZone }).startOf('day')
  for (; day.toJSDate() < setting.until && found.length < MAX_SLOTS; day = day.plus({ days: 1 }).startOf('day')) {
    const ofDay: Date[] = []
    for (const start of freeStartsOn(day, wish, setting))
      if (ofDay.length < MAX_SLOTS_A_DAY && start.getTime() - (ofDay.at(-1)?.getTime() ?? -Infinity) >= spacing)
        ofDay.push(start)
    found.push(...ofDay)
    // A day takes half a millisecond; a month at once would be heard on other calls.
    // oxlint-disable-next-line no-await-in-loop -- that is what it is for
    await letOthersRun()
  }
  return found.slice(0, MAX_SLOTS)
}

/** The moment a local date or time names, `2026-03-09` or `2026-03-09T10:00`; undefined when it names none. */
export const localMoment = (text: string, timeZone: string): Date | undefined => {
  const moment = DateTime.fromISO(text, { zone: timeZone })
  return moment.isValid ? moment.toJSDate() : undefined
}

/** The local date, `2026-03-09`. */
export const localDate = (at: Date, timeZone: string): string =>
  DateTime.fromJSDate(at, { zone: timeZone }).toISODate() ?? ''
