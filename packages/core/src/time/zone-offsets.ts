import { IANAZone } from 'luxon'

export const MINUTE_MS = 60_000
export const DAY_MS = 24 * 60 * MINUTE_MS

/** A year of every zone of a large country. */
const MAX_KEPT = 20_000

/** What a clock shows in one UTC day: `offsetMs` ahead of UTC, and `laterMs` from `changesAt` on. */
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
 * The UTC day of that moment in a zone. Asking the tables takes 50 to 100 µs, and a country has up to 30 zones: too long
 * beside live audio for every call, so days are kept.
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

/** Reads the tables of a zone before calls are live: the first look takes a millisecond. */
export const prepareZone = (zone: string, at: Date): void => {
  for (let ahead = -1; ahead < 10; ahead++) zoneDay(zone, at.getTime() + ahead * DAY_MS)
}

/** What calendar and clock on the wall show there. */
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

/** What the wall clock shows in a zone at that moment; `undefined` when there is no such zone. */
export const wallClock = (zone: string, ms: number): WallClock | undefined => {
  const { offsetMs, changesAt, laterMs } = zoneDay(zone, ms)
  const localMs = ms + (ms < changesAt ? offsetMs : laterMs)
  if (Number.isNaN(localMs)) return undefined
  const dayNumber = Math.floor(localMs / DAY_MS)
  return { dayNumber, day: weekdayOf(dayNumber), minutes: Math.floor((localMs - dayNumber * DAY_MS) / MINUTE_MS) }
}

/** A local day as ISO 8601 writes it, `2026-12-24`. */
export const isoDay = (dayNumber: number): string => new Date(dayNumber * DAY_MS).toISOString().slice(0, 10)

/** Whether it is an IANA name that this machine knows. */
export const isTimeZone = (name: string): boolean => IANAZone.isValidZone(name)
