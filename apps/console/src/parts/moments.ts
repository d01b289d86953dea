/** A moment as the routes write it (ISO 8601), or as the browser has it. */
export type Moment = string | number | Date

/** How a moment is written: the time, the day, both, or how long ago. */
export type MomentForm = 'time' | 'day' | 'both' | 'ago'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** Making a format takes a millisecond; a table has hundreds of moments. */
const formatOf = (zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat => {
  const key = zone + JSON.stringify(options)
  const kept = formats.get(key) ?? new Intl.DateTimeFormat(undefined, { ...options, timeZone: zone })
  formats.set(key, kept)
  return kept
}

const TIME = { hour: 'numeric', minute: '2-digit' } as const
const DAY = { weekday: 'short', day: 'numeric', month: 'short' } as const

/** The zone of this browser, as IANA names it. */
export const browserZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

/** A day in a zone as `2026-11-29`. */
export const dayIn = (zone: string, at: Moment): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(new Date(at))

/** A local date some days later. */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10)

/** A moment on the clock of a zone: its local date, and minutes since midnight. */
export const clockOf = (at: Moment, zone: string): { date: string; minutes: number } => {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(at))
  const of = (type: string) => parts.find((part) => part.type === type)!.value
  return { date: `${of('year')}-${of('month')}-${of('day')}`, minutes: Number(of('hour')) * 60 + Number(of('minute')) }
}

const CLOCK = {
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  hourCycle: 'h23',
} as const

/** What a zone's clock shows at a moment, as if it were UTC (ms since 1970). */
const shownAt = (zone: string, atMs: number): number => {
  const parts = new Intl.DateTimeFormat('en', { ...CLOCK, timeZone: zone }).formatToParts(atMs)
  const of = (type: string) => Number(parts.find((part) => part.type === type)!.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'))
}

/** When a day (`2026-11-29`) begins in a zone, `daysLater` after it (ms since 1970); `NaN` of what is no day. */
export const dayBegins = (zone: string, day: string, daysLater = 0): number => {
  const wanted = Date.parse(`${day}T00:00:00Z`) + daysLater * DAY_MS
  if (Number.isNaN(wanted)) return NaN
  // The second step is for a clock that changes in the hours between.
  const near = wanted - (shownAt(zone, wanted) - wanted)
  return near - (shownAt(zone, near) - wanted)
}

/** How long ago, roughly: `now`, `3 min ago`, `in 2 h`, `5 days ago`. */
export const agoText = (at: Moment, now: number): string => {
  const sinceMs = now - new Date(at).getTime()
  const apartMs = Math.abs(sinceMs)
  if (apartMs < 45_000) return 'now'
  const [count, unit] =
    apartMs < 59.5 * MINUTE_MS
      ? [Math.round(apartMs / MINUTE_MS), 'min']
      : apartMs < 23.5 * HOUR_MS
        ? [Math.round(apartMs / HOUR_MS), 'h']
        : [Math.round(apartMs / DAY_MS), Math.round(apartMs / DAY_MS) === 1 ? 'day' : 'days']
  return sinceMs >= 0 ? `${count} ${unit} ago` : `in ${count} ${unit}`
}

/** A moment in a zone, as short as it can be understood: the year only when it is another one. */
export const momentText = (at: Moment, form: MomentForm, zone: string, now: number = Date.now()): string => {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return '–'
  if (form === 'ago') return agoText(at, now)
  const isThisYear = dayIn(zone, date).slice(0, 4) === dayIn(zone, now).slice(0, 4)
  const day = isThisYear ? DAY : ({ day: 'numeric', month: 'short', year: 'numeric' } as const)
  if (form === 'time') return formatOf(zone, TIME).format(date)
  return formatOf(zone, form === 'day' ? day : { ...day, ...TIME }).format(date)
}

/** A moment in full, with the name of its zone. */
export const fullText = (at: Moment, zone: string): string => {
  const date = new Date(at)
  if (Number.isNaN(date.getTime())) return ''
  return formatOf(zone, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  }).format(date)
}
