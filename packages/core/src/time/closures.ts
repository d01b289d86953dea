import * as z from 'zod'

/** Days on which a business is closed whatever its hours, as local dates, both included. */
export interface Closure {
  /** `2026-12-24` */
  readonly from: string
  /** One day when absent. */
  readonly to?: string | undefined
  /** Goes on after "closed for": "Christmas". */
  readonly reason?: string | undefined
}

/** Limit: a school year of holidays fits many times. */
const MAX_CLOSURES = 100

/** Checks {@link Closure}s. */
export const closuresSchema = z
  .array(
    z
      .strictObject({
        from: z.iso.date('write a date that exists, like "2026-12-24"').meta({
          title: 'First day',
          description: 'The first day it is closed.',
          examples: ['2026-12-24'],
        }),
        to: z.iso
          .date('write a date that exists, like "2026-12-26"')
          .optional()
          .meta({
            title: 'Last day',
            description: 'The last day it is closed; only the first when left out.',
            examples: ['2026-12-26'],
          }),
        reason: z
          .string()
          .trim()
          .min(1)
          .max(60)
          .optional()
          .meta({
            title: 'Reason',
            description: 'Callers hear it after "closed for".',
            examples: ['Christmas', 'a company outing'],
          }),
      })
      .refine(({ from, to }) => to === undefined || from <= to, { path: ['to'], error: 'is before the first day' }),
  )
  .max(MAX_CLOSURES, `holds more than ${MAX_CLOSURES} closures: remove those that have passed`)
  .meta({ widget: 'dates' })

/** The last day of a closure. */
export const lastDayOf = ({ from, to = from }: Closure): string => to

/** The closure of a local date (`2026-12-24`); `undefined` when there is none. */
export const closureOn = (closures: readonly Closure[] | undefined, day: string): Closure | undefined =>
  closures?.find((closure) => closure.from <= day && day <= lastDayOf(closure))
