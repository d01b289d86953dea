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

/** How far a zone's clocks are ahead of UTC (ms). */
export const offsetMsAt = (zone: string, ms: number): number => {
  const { offsetMs, changesAt, laterMs } = zoneDay(zone, ms)
  return ms < changesAt ? offsetMs : laterMs
}

/** Whether it is an IANA name that this machine knows. */
export const isTimeZone = (name: string): boolean => IANAZone.isValidZone(name)

/** Every zone of these countries (ISO codes). */
export const zonesOfCountries = (countries: readonly string[]): readonly string[] => [
  ...new Set(
    countries.flatMap((country) => {
      const locale = new Intl.Locale(`und-${country}`) as Intl.Locale & { getTimeZones?(): string[] | undefined }
      return locale.getTimeZones?.() ?? []
    }),
  ),
]

/** Reads the tables of these countries before calls are live: the first look at a zone takes a millisecond. */
export const prepareZones = (countries: readonly string[], at: Date): void => {
  for (const zone of zonesOfCountries(countries))
    for (let ahead = -1; ahead < 10; ahead++) zoneDay(zone, at.getTime() + ahead * DAY_MS)
}
