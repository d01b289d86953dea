import { isOpenAt, nextOpeningAt, weekOf, weekOfDays, type Week, type WeeklyHours } from '@llc-phone/core'
import type { CallingHours } from './policy.ts'
import { refusal, type Refusal } from './refusal.ts'

const weeks = new WeakMap<object, Week>()

const readHours = (hours: CallingHours): Week => {
  if (typeof hours === 'string' || Array.isArray(hours)) return weekOfDays(hours)
  if ('from' in hours) return weekOfDays(`${hours.from}-${hours.to}`, hours.days)
  return weekOf(hours as WeeklyHours)
}

const callingWeek = (hours: CallingHours): Week => {
  if (typeof hours === 'string') return readHours(hours)
  const known = weeks.get(hours)
  if (known) return known
  const week = readHours(hours)
  weeks.set(hours, week)
  return week
}

/** The next moment within the hours in all the zones; `undefined` when there is none within a week. */
export const nextCallingTime = (hours: CallingHours, zones: readonly string[], after: Date): Date | undefined =>
  nextOpeningAt({ week: callingWeek(hours) }, zones, after)

/** Whether somebody who may be in any of these zones may be called at that moment. */
export const checkCallingHours = (hours: CallingHours, zones: readonly string[], at: Date): Refusal | undefined => {
  if (zones.length === 0)
    return refusal(
      'calling_hours',
      'The time zone of the number is unknown. Store a time zone for the contact to call them.',
    )
  const week = callingWeek(hours)
  if (zones.every((zone) => isOpenAt({ week }, zone, at))) return undefined
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
