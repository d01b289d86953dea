/** The zone of the business in the pictures. */
export const ZONE = 'America/New_York'

/** The moment of all pictures: a Wednesday in November, late in the morning. */
export const NOW = Date.parse('2026-11-18T11:42:00-05:00')

const DAY_MS = 86_400_000

/** A time of the day in the pictures (ms since 1970), such as `08:15`. */
export const at = (time: string): number => daysBefore(0, time)

/** A time so many days before it. Before 1 November the clocks of the zone were an hour ahead. */
export const daysBefore = (days: number, time: string): number => {
  const date = new Date(NOW - days * DAY_MS).toISOString().slice(0, 10)
  return Date.parse(`${date}T${time}:00${date < '2026-11-01' ? '-04:00' : '-05:00'}`)
}

/** The day of the week, 0 is Sunday. */
export const weekdayBefore = (days: number): number => new Date(NOW - days * DAY_MS).getUTCDay()
