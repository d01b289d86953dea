import { closureOn, isOpenAt, localDate, nextClosingAt, nextOpeningAt, openingOf } from '@llc-phone/core'
import * as z from 'zod'
import type { InForce } from '../configuration/in-force.ts'

/** What numbers can answer as, and whether the business is open. */
export const numbersNow = {
  /** The mode instances; one that cannot be built sends its callers to the fallback. */
  instances: z.array(z.object({ name: z.string(), kind: z.string(), isBuilt: z.boolean() })),
  /** The instance of every number that is not listed. */
  unknown: z.string(),
  /** Who takes callers when the model is not available. */
  fallback: z.object({ key: z.string(), label: z.string() }).optional(),
  business: z.object({
    timeZone: z.string(),
    isOpen: z.boolean(),
    /** When that changes; absent when it is always open, or opens on no day of the next year. */
    until: z.iso.datetime().optional(),
    /** The closed day it is today, if it is one. */
    closedFor: z.string().optional(),
  }),
}

/** Tells it of the settings in force. */
export const describeNow = ({ built }: InForce, now: Date) => {
  const { business, modes, numbers, routes } = built.document
  const opening = openingOf(business)
  const isOpen = isOpenAt(opening, business.timeZone, now)
  const until = isOpen
    ? nextClosingAt(opening, business.timeZone, now)
    : nextOpeningAt(opening, [business.timeZone], now)
  const closure = isOpen ? undefined : closureOn(business.closures, localDate(now, business.timeZone))
  const fallback = numbers.fallback === undefined ? undefined : routes[numbers.fallback]
  return {
    instances: Object.entries(modes).map(([name, { kind }]) => ({ name, kind, isBuilt: built.instances.has(name) })),
    unknown: numbers.unknown,
    ...(fallback ? { fallback: { key: numbers.fallback!, label: fallback.label } } : {}),
    business: {
      timeZone: business.timeZone,
      isOpen,
      ...(until ? { until: until.toISOString() } : {}),
      ...(closure?.reason === undefined ? {} : { closedFor: closure.reason }),
    },
  }
}
