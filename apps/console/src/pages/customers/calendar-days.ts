import { addDays, clockOf } from '../../parts/moments.ts'
import type { Appointment, Calendar } from './customers-api.ts'

/** The Monday of the week of a date. */
export const mondayOf = (date: string): string => addDays(date, -((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7))

/** The days that a view shows. */
export const daysOf = (view: 'day' | 'week', date: string): string[] =>
  view === 'day' ? [date] : Array.from({ length: 7 }, (_, index) => addDays(mondayOf(date), index))

const FROM = 8 * 60
const TO = 18 * 60

/** The minutes of a day that a view shows: all that is open or booked, in whole hours, and at least 8 to 18. */
export const shownMinutes = (
  days: Calendar['days'],
  booked: readonly { readonly minutes: number; readonly durationMinutes: number }[],
): [from: number, to: number] => {
  const ranges = days.flatMap(({ open }) => open)
  const starts = [...ranges.map(({ opens }) => opens), ...booked.map(({ minutes }) => minutes), FROM]
  const ends = [
    ...ranges.map(({ closes }) => Math.min(closes, 1_440)),
    ...booked.map(({ minutes, durationMinutes }) => minutes + durationMinutes),
    TO,
  ]
  return [Math.floor(Math.min(...starts) / 60) * 60, Math.ceil(Math.max(...ends) / 60) * 60]
}

/** An appointment in the grid. */
export interface Placed {
  readonly appointment: Appointment
  readonly minutes: number
  readonly lane: number
  readonly lanes: number
}

/** The appointments of one day side by side: those of a resource share a lane, in the order of the resources. */
export const placed = (
  date: string,
  appointments: readonly Appointment[],
  { timeZone, resources }: Pick<Calendar, 'timeZone' | 'resources'>,
): Placed[] => {
  const lanes = Math.max(1, resources.length)
  return appointments.flatMap((appointment) => {
    const clock = clockOf(appointment.startsAt, timeZone)
    if (clock.date !== date) return []
    const lane = Math.max(
      0,
      resources.findIndex(({ id }) => id === appointment.resourceId),
    )
    return [{ appointment, minutes: clock.minutes, lane, lanes }]
  })
}

/** Minutes since midnight as `09:30`. */
export const clockText = (minutes: number): string =>
  `${String(Math.floor(minutes / 60) % 24).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

/** A date for people: `Mon, Nov 30`. */
export const dayText = (date: string): string =>
  new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  )
