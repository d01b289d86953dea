import { dayStart, GatewayError } from '@llc-phone/core'

/** Part of a span of time, in ms since 1970; `toMs` is not part of it. */
export interface Period {
  readonly fromMs: number
  readonly toMs: number
}

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A year and a day; a month by the hour. */
const MOST = { day: 367, hour: 744 } as const
const DEFAULT_MS = { day: 29 * DAY_MS, hour: 23 * HOUR_MS } as const

/** A day of the business's own calendar, or a moment. */
const momentOf = (text: string, zone: string, daysLater: number): number =>
  text.length > 'YYYY-MM-DD'.length ? Date.parse(text) : dayStart(zone, text, daysLater)

/** A span as people ask for it: days of a zone (the last one is included) or moments; what is not named is not limited. */
export const spanOf = (
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  zone: string,
): { readonly from?: Date; readonly to?: Date } => ({
  ...(from === undefined ? {} : { from: new Date(momentOf(from, zone, 0)) }),
  ...(to === undefined ? {} : { to: new Date(momentOf(to, zone, 1)) }),
})

/**
 * Whole days or hours of a zone from `from` to `to`: days (the last one is included) or moments. Without them the last 30 days
 * or 24 hours. Throws `request_invalid` when there are more than a year of days or a month of hours.
 */
export const periodsOf = (
  by: 'day' | 'hour',
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  zone: string,
  nowMs: number,
): readonly Period[] => {
  const endMs = to === undefined ? nowMs + 1 : momentOf(to, zone, 1)
  const beginMs = from === undefined ? endMs - 1 - DEFAULT_MS[by] : momentOf(from, zone, 0)
  if (beginMs >= endMs) throw new GatewayError('request_invalid', 'from must be before to.')
  if ((endMs - beginMs) / (by === 'day' ? DAY_MS : HOUR_MS) > MOST[by])
    throw new GatewayError('request_invalid', `That is more than ${MOST[by]} ${by}s: choose a shorter time.`)
  const periods: Period[] = []
  // The clock of a zone changes by whole quarters of an hour: hours are counted from the start of the first day.
  const firstDay = dayStart(zone, beginMs)
  let fromMs = by === 'day' ? firstDay : beginMs - ((beginMs - firstDay) % HOUR_MS)
  while (fromMs < endMs) {
    const toMs = by === 'day' ? dayStart(zone, fromMs, 1) : fromMs + HOUR_MS
    periods.push({ fromMs, toMs })
    fromMs = toMs
  }
  return periods
}
