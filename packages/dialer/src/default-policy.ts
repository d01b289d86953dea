import type { E164 } from '@llc-phone/core'
import { countriesOf } from './destination.ts'
import type { DialingPolicy } from './policy.ts'

const HOUR_MS = 3_600_000

/** The country of our own number; none if its area code does not tell. */
const homeOf = (from: E164): readonly string[] => {
  const countries = countriesOf(from)
  return countries.length === 1 ? countries : []
}

/** A careful policy for calls from this number: its own country, by day, one call a second, 50 US dollars a day. */
export const defaultPolicy = (from: E164): DialingPolicy => ({
  destinations: { countries: homeOf(from) },
  callingHours: { from: '08:00', to: '21:00' },
  frequency: [
    { calls: 3, withinMs: 24 * HOUR_MS },
    { calls: 7, withinMs: 7 * 24 * HOUR_MS },
  ],
  callsPerSecond: 1,
  maxConcurrent: 10,
  queue: { max: 100, maxAgeMs: 60_000 },
  spend: { perDayUsd: 50, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'UTC' },
  ringSeconds: 25,
  maxCallSeconds: 1_860,
  detectMachines: true,
})
