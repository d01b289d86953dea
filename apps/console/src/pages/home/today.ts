import { clockOf } from '../../parts/moments.ts'

/** Outcomes of the calls of one hour, as `GET /stats?of=outcomes` tells them. */
export interface OutcomeHour {
  /** ISO 8601. */
  readonly from: string
  readonly calls: number
  readonly toTheEnd: number
  readonly handedOver: number
  readonly wentWrong: number
}

/** How many calls of a day became what. */
export interface Outcomes {
  readonly calls: number
  readonly toTheEnd: number
  readonly handedOver: number
  readonly wentWrong: number
}

const NONE: Outcomes = { calls: 0, toTheEnd: 0, handedOver: 0, wentWrong: 0 }

/** The sum of the hours of a day that began before the time of day at a moment (ms since 1970), by the clock of a zone. */
export const outcomesUntil = (hours: readonly OutcomeHour[], untilMs: number, zone: string): Outcomes =>
  hours
    .filter(({ from }) => clockOf(from, zone).minutes < clockOf(untilMs, zone).minutes)
    .reduce(
      (sum, hour) => ({
        calls: sum.calls + hour.calls,
        toTheEnd: sum.toTheEnd + hour.toTheEnd,
        handedOver: sum.handedOver + hour.handedOver,
        wentWrong: sum.wentWrong + hour.wentWrong,
      }),
      NONE,
    )

/** A difference with its sign: `+5`, `−2`, `±0`. */
export const changeText = (now: number, before: number): string => {
  const change = now - before
  return change > 0 ? `+${change}` : change < 0 ? `−${-change}` : '±0'
}
