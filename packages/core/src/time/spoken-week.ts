import { spokenRanges } from './business.ts'
import { DAY_NAMES } from './calendar-names.ts'
import { weekOf, type WeeklyHours } from './hours.ts'

/** The order of days as people say them. */
const FROM_MONDAY = [1, 2, 3, 4, 5, 6, 0]

/** More closed days than this are said as "all other days". */
const MOST_CLOSED_BY_NAME = 3

const joined = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`

/** Days, by their index from Monday on: "Monday to Thursday and Saturday". */
const sayDays = (places: readonly number[]): string => {
  const runs: number[][] = []
  for (const place of places) {
    const run = runs.at(-1)
    if (run?.at(-1) === place - 1) run.push(place)
    else runs.push([place])
  }
  const nameOf = (place: number): string => DAY_NAMES[FROM_MONDAY[place]!]!
  return joined(
    runs.flatMap((run) => (run.length > 2 ? [`${nameOf(run[0]!)} to ${nameOf(run.at(-1)!)}`] : run.map(nameOf))),
  )
}

/**
 * A week as people say it: "Monday to Thursday 8 AM to 6 PM, Friday 8 AM to 4 PM, closed on Saturday and Sunday". Days with the
 * same hours are grouped.
 */
export const spokenWeek = (hours: WeeklyHours): string => {
  const week = weekOf(hours)
  const daysBySaying = new Map<string, number[]>()
  for (const [place, day] of FROM_MONDAY.entries()) {
    const saying = spokenRanges(week[day]!)
    daysBySaying.set(saying, [...(daysBySaying.get(saying) ?? []), place])
  }
  const closed = daysBySaying.get('closed') ?? []
  if (closed.length === FROM_MONDAY.length) return 'closed all week'
  daysBySaying.delete('closed')
  const open = Array.from(daysBySaying, ([saying, places]) =>
    places.length === FROM_MONDAY.length ? `every day ${saying}` : `${sayDays(places)} ${saying}`,
  )
  if (closed.length === 0) return open.join(', ')
  const rest = closed.length > MOST_CLOSED_BY_NAME ? 'all other days' : sayDays(closed)
  return `${open.join(', ')}, closed on ${rest}`
}
