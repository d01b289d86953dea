import { endOf, type Disposition, type LegStatus } from '@llc-phone/core'

const MINUTE_MS = 60_000

/** How a call ended whose leg is over; `undefined` while it is not. `hadMedia`: we have heard each other. */
export const dispositionOf = (status: LegStatus, hadMedia: boolean): Disposition | undefined => {
  const end = endOf(status)
  if (end !== 'completed') return end
  return hadMedia ? 'caller_hung_up' : 'never_connected'
}

/** What the carrier takes for a call, in US dollars: a started minute is paid, and a call that nobody answered is free. */
export const carrierUsd = (usdPerMinute: number, answeredAt: Date | undefined, endedAt: Date): number =>
  answeredAt === undefined
    ? 0
    : Math.max(1, Math.ceil((endedAt.getTime() - answeredAt.getTime()) / MINUTE_MS)) * usdPerMinute
