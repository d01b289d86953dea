import { minutesOf, weekdays, type DialingPolicy } from './policy.ts'
import { refusal, type Refusal } from './refusal.ts'
import { DAY_MS, MINUTE_MS, offsetMsAt, zoneDay } from './time-zones.ts'

type CallingHours = DialingPolicy['callingHours']

/** Every opening there is comes again within a week. */
const LOOK_AHEAD_DAYS = 8

/** Days since 1970 began with a Thursday. */
const FIRST_WEEKDAY = 3

/** Opening and closing of a local day, in minutes since midnight. */
const hoursOn = ({ from, to, days }: CallingHours, localDay: number): readonly [number, number] | undefined => {
  const text = days?.[weekdays[(localDay + FIRST_WEEKDAY) % 7]!] ?? `${from}-${to}`
  return text === 'closed' ? undefined : [minutesOf(text.slice(0, 5)), minutesOf(text.slice(6))]
}

const isInside = (hours: CallingHours, zone: string, ms: number): boolean => {
  const localMs = ms + offsetMsAt(zone, ms)
  const localDay = Math.floor(localMs / DAY_MS)
  const open = hoursOn(hours, localDay)
  if (!open) return false
  const minutes = Math.floor((localMs - localDay * DAY_MS) / MINUTE_MS)
  return minutes >= open[0] && minutes < open[1]
}

/** When it may begin to be inside, in one zone: at an opening, or when its clocks change. */
const openingsOf = (hours: CallingHours, zone: string, afterMs: number): number[] =>
  Array.from({ length: LOOK_AHEAD_DAYS + 2 }, (_, index) => index - 1).flatMap((ahead) => {
    const startMs = (Math.floor(afterMs / DAY_MS) + ahead) * DAY_MS
    const { offsetMs, laterMs, changesAt } = zoneDay(zone, startMs)
    const offsets = offsetMs === laterMs ? [offsetMs] : [offsetMs, laterMs]
    // Local days that touch this UTC day; an opening just outside is one of the neighbouring day's too.
    const local = [startMs, startMs + DAY_MS].flatMap((ms) => {
      const localDay = Math.floor((ms + offsetMs) / DAY_MS)
      const open = hoursOn(hours, localDay)
      return open ? offsets.map((offset) => localDay * DAY_MS + open[0] * MINUTE_MS - offset) : []
    })
    return offsets.length === 1 ? local : [...local, changesAt]
  })

/** The next moment at which it is within the hours in all the zones; `undefined` when there is none within a week. */
export const nextCallingTime = (hours: CallingHours, zones: readonly string[], after: Date): Date | undefined => {
  const afterMs = after.getTime()
  const candidates = new Set(zones.flatMap((zone) => openingsOf(hours, zone, afterMs)))
  for (const ms of [...candidates].sort((a, b) => a - b))
    if (ms > afterMs && zones.every((zone) => isInside(hours, zone, ms))) return new Date(ms)
  return undefined
}

/** Whether somebody who may be in any of these zones may be called at that moment. */
export const checkCallingHours = (hours: CallingHours, zones: readonly string[], at: Date): Refusal | undefined => {
  if (zones.length === 0)
    return refusal(
      'calling_hours',
      'It is not known what time it is there. Store a time zone for the contact to call them.',
    )
  if (zones.every((zone) => isInside(hours, zone, at.getTime()))) return undefined
  const until = nextCallingTime(hours, zones, at)
  const where = zones.length === 1 ? zones[0]! : `all ${zones.length} time zones of the country`
  return refusal(
    'calling_hours',
    until
      ? `It is outside the calling hours in ${where}.${zones.length === 1 ? '' : ' Store a time zone for the contact to be less strict.'}`
      : `There is no moment within the calling hours in ${where}. ${zones.length === 1 ? 'The policy closes every day.' : 'Store a time zone for the contact to call them.'}`,
    until,
  )
}
