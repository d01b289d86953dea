import { IANAZone } from 'luxon'

export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

/** Cached days at most: a year of every zone of a large country. */
const MAX_KEPT = 20_000

/** The offset from UTC during one UTC day: `offsetMs`, and `laterMs` from `changesAt` on. */
interface ZoneDay {
  readonly offsetMs: number
  readonly changesAt: number
  readonly laterMs: number
}

const days = new Map<string, ZoneDay>()

const readDay = (name: string, startMs: number): ZoneDay => {
  const zone = IANAZone.create(name)
  const offsetAt = (ms: number): number => zone.offset(ms) * MINUTE_MS
  const offsetMs = offsetAt(startMs)
  const laterMs = offsetAt(startMs + DAY_MS)
  if (offsetMs === laterMs) return { offsetMs, changesAt: startMs + DAY_MS, laterMs }
  let before = startMs
  let changesAt = startMs + DAY_MS
  while (changesAt - before > MINUTE_MS) {
    const middle = Math.floor((before + changesAt) / 2 / MINUTE_MS) * MINUTE_MS
    if (offsetAt(middle) === offsetMs) before = middle
    else changesAt = middle
  }
  return { offsetMs, changesAt, laterMs }
}

/**
 * The offsets of a zone on the UTC day of that moment. Cached, because `Intl` takes 50 to 100 µs and a country has up to 30
 * zones: too long to do for every call on the event loop that carries audio.
 */
export const zoneDay = (zone: string, ms: number): ZoneDay => {
  const dayNumber = Math.floor(ms / DAY_MS)
  const key = `${zone} ${dayNumber}`
  let day = days.get(key)
  if (day) return day
  if (days.size >= MAX_KEPT) days.clear()
  day = readDay(zone, dayNumber * DAY_MS)
  days.set(key, day)
  return day
}

/** Loads a zone before calls are live: the first access takes a millisecond. */
export const prepareZone = (zone: string, at: Date): void => {
  for (let ahead = -1; ahead < 10; ahead++) zoneDay(zone, at.getTime() + ahead * DAY_MS)
}

/** A local date and time. */
export interface WallClock {
  /** Days since 1970 on the local calendar. */
  readonly dayNumber: number
  /** 0 is Sunday. */
  readonly day: number
  /** Since midnight. */
  readonly minutes: number
}

/** 1 January 1970 was a Thursday. */
const FIRST_WEEKDAY = 4

/** The day of the week of a local day: 0 is Sunday. */
export const weekdayOf = (dayNumber: number): number => (((dayNumber + FIRST_WEEKDAY) % 7) + 7) % 7

/** The local date and time in a zone at that moment; `undefined` for an unknown zone. */
export const wallClock = (zone: string, ms: number): WallClock | undefined => {
  const { offsetMs, changesAt, laterMs } = zoneDay(zone, ms)
  const localMs = ms + (ms < changesAt ? offsetMs : laterMs)
  if (Number.isNaN(localMs)) return undefined
  const dayNumber = Math.floor(localMs / DAY_MS)
  return { dayNumber, day: weekdayOf(dayNumber), minutes: Math.floor((localMs - dayNumber * DAY_MS) / MINUTE_MS) }
}

const offsetAt = (zone: string, ms: number): number => {
  const { offsetMs, changesAt, laterMs } = zoneDay(zone, ms)
  return ms < changesAt ? offsetMs : laterMs
}

/**
 * When a local day begins, or one so many days later (ms): that of a moment (ms), or `2026-12-24`. Midnight, or one o'clock
 * where the clock skips it.
 */
export const dayStart = (zone: string, at: number | string, daysLater = 0): number => {
  const own = typeof at === 'string' ? Date.parse(at) / DAY_MS : (wallClock(zone, at)?.dayNumber ?? 0)
  const day = own + daysLater
  const offsets = [-DAY_MS, DAY_MS].map((apart) => offsetAt(zone, day * DAY_MS + apart))
  const early = day * DAY_MS - Math.max(...offsets)
  return wallClock(zone, early)?.dayNumber === day ? early : day * DAY_MS - Math.min(...offsets)
}

/** When a night begins for {@link nightOf}: three o'clock. */
const NIGHT_MINUTES = 3 * 60

/** A number for each night of a zone, one more than for the night before; a night begins at three o'clock. */
export const nightOf = (zone: string, at: Date): number => {
  const { dayNumber, minutes } = wallClock(zone, at.getTime()) ?? { dayNumber: 0, minutes: 0 }
  return minutes < NIGHT_MINUTES ? dayNumber - 1 : dayNumber
}

/** A local day in ISO 8601, `2026-12-24`. */
export const isoDay = (dayNumber: number): string => new Date(dayNumber * DAY_MS).toISOString().slice(0, 10)

/** Whether this is an IANA time zone known to this machine. */
export const isTimeZone = (name: string): boolean => IANAZone.isValidZone(name)
