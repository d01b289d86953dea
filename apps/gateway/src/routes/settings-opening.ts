import {
  businessSchema,
  isOpenAt,
  lastDayOf,
  localDate,
  nextClosingAt,
  nextOpeningAt,
  openingOf,
} from '@llc-phone/core'
import * as z from 'zod'

/** Whether the business is open now, by a document; dates and moments only, the reader says them. */
export const openingShape = z
  .object({
    open: z.boolean(),
    /** When that changes; absent when it never does. */
    until: z.iso.datetime().optional(),
    /** The closed days that come next, or are now. */
    closed: z.object({ from: z.iso.date(), to: z.iso.date(), reason: z.string().optional() }).optional(),
    /** The local date there. */
    today: z.iso.date(),
  })
  .meta({ id: 'Opening' })

/** What a document says of this moment; `undefined` while its hours have mistakes. */
export const openingNow = (document: unknown, now: Date): z.output<typeof openingShape> | undefined => {
  const written = typeof document === 'object' && document !== null ? (document as { business?: unknown }).business : 0
  const { data: business } = businessSchema.safeParse(written)
  if (!business) return undefined
  const opening = openingOf(business as Parameters<typeof openingOf>[0])
  const zone = business.timeZone
  const open = isOpenAt(opening, zone, now)
  const until = open ? nextClosingAt(opening, zone, now) : nextOpeningAt(opening, [zone], now)
  const today = localDate(now, zone)
  const [next] = (business.closures ?? [])
    .filter((closure) => lastDayOf(closure) >= today)
    .toSorted((one, other) => one.from.localeCompare(other.from))
  return {
    open,
    ...(until ? { until: until.toISOString() } : {}),
    ...(next
      ? {
          closed: {
            from: next.from,
            to: lastDayOf(next),
            ...(next.reason === undefined ? {} : { reason: next.reason }),
          },
        }
      : {}),
    today,
  }
}
