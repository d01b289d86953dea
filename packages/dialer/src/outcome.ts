import { endOf, type Disposition, type LegStatus } from '@llc-phone/core'

const MINUTE_MS = 60_000

/** How a call ended whose leg has this status; `undefined` while the leg lives. `hadMedia`: audio went both ways. */
export const dispositionOf = (status: LegStatus, hadMedia: boolean): Disposition | undefined => {
  const end = endOf(status)
  if (end !== 'completed') return end
  return hadMedia ? 'caller_hung_up' : 'never_connected'
}

/** The carrier's cost of a call, in US dollars: started minutes are paid in full, an unanswered call is free. */
export const carrierUsd = (usdPerMinute: number, answeredAt: Date | undefined, endedAt: Date): number =>
  answeredAt === undefined
    ? 0
    : Math.max(1, Math.ceil((endedAt.getTime() - answeredAt.getTime()) / MINUTE_MS)) * usdPerMinute
