import {
  dayHoursSchema,
  readDayHours,
  timeZoneSchema,
  weeklyHoursSchema,
  type DayHours,
  type WeeklyHours,
} from '@llc-phone/core'
import { isSupportedCountry } from 'libphonenumber-js/max'
import * as z from 'zod'

const HOUR_MS = 3_600_000

/**
 * When people may be called, on their wall clock: the hours of every day (`'09:00-12:00, 14:00-20:00'`), of each day
 * (`{ 'mon-fri': '08:00-21:00', sat: '10:00-17:00' }`), or of every day with exceptions.
 */
export type CallingHours =
  | DayHours
  | WeeklyHours
  | {
      /** `08:00` */
      readonly from: string
      /** `21:00`; `24:00` is midnight. */
      readonly to: string
      /** Days that differ: `sat: '10:00-17:00'`, `sun: 'closed'`. */
      readonly days?: WeeklyHours | undefined
    }

/** Whom we may call, when, how often, and for how much money. */
export interface DialingPolicy {
  readonly destinations: {
    /** ISO 3166 codes such as `US`: where we may call. */
    readonly countries: readonly string[]
    /**
     * Prefixes such as `+4420` that may be called although their country is not listed. A premium-rate, shared-cost or
     * satellite number needs a prefix of its very range, such as `+8816`: that of its country does not allow it.
     */
    readonly allow?: readonly string[] | undefined
    /** Prefixes that are never called; they win over everything. */
    readonly deny?: readonly string[] | undefined
  }
  /** When we may call, on the callee's wall clock. */
  readonly callingHours: CallingHours
  /** How often the same number may be called. */
  readonly frequency: readonly { readonly calls: number; readonly withinMs: number }[]
  /** The carrier's limit: one call per second at most carriers unless more was agreed; some queue the excess for hours. */
  readonly callsPerSecond: number
  /** Calls from the moment they are prepared until they are over. */
  readonly maxConcurrent: number
  readonly queue: { readonly max: number; readonly maxAgeMs: number }
  readonly spend: {
    /** US dollars a day; unlimited when absent. At most one call goes over. */
    readonly perDayUsd?: number | undefined
    /** What a call counts towards the day while its cost is not known, in US dollars. */
    readonly reserveUsd: number
    /** The carrier's price of a started minute, in US dollars. */
    readonly carrierUsdPerMinute: number
    /** Where the day of `perDayUsd` begins and ends. */
    readonly timeZone: string
  }
  /** How long it may ring: voicemail often answers after 20 to 30 seconds. */
  readonly ringSeconds: number
  /** The carrier ends a call after this, whatever the mode does. */
  readonly maxCallSeconds: number
  /** Whether the carrier is asked to tell machines from people, for about 0.0075 US dollars a call. */
  readonly detectMachines: boolean
}

const prefixes = z
  .array(z.string().regex(/^\+[1-9]\d{0,14}$/, 'write a prefix with its plus and country code, like "+4420"'))
  .optional()

const time = z.string().regex(/^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/, 'write a time of day, like "08:00"')

const everyDay = z
  .strictObject({ from: time, to: time, days: weeklyHoursSchema.optional() })
  .superRefine(({ from, to }, context) => {
    if (!time.safeParse(from).success || !time.safeParse(to).success) return
    const read = readDayHours(`${from}-${to}`)
    if (typeof read === 'string') context.addIssue({ code: 'custom', path: ['to'], message: read })
  })

/** Chooses one of three schemas by the value's shape, so that a mistake is reported once and not for every alternative. */
const callingHoursSchema = z.custom<CallingHours>().superRefine((hours, context) => {
  const isList = typeof hours === 'string' || Array.isArray(hours)
  const isEveryDay =
    typeof hours === 'object' && hours !== null && ('from' in hours || 'to' in hours || 'days' in hours)
  const checked = (isList ? dayHoursSchema : isEveryDay ? everyDay : weeklyHoursSchema).safeParse(hours)
  for (const { path, message } of checked.error?.issues ?? []) context.addIssue({ code: 'custom', path, message })
})

/** Checks a {@link DialingPolicy}. */
export const dialingPolicySchema = z.strictObject({
  destinations: z.strictObject({
    countries: z.array(
      z.string().refine((code) => isSupportedCountry(code), 'write a country as its two letters, like "US"'),
    ),
    allow: prefixes,
    deny: prefixes,
  }),
  callingHours: callingHoursSchema,
  frequency: z.array(
    z.strictObject({
      calls: z.int().min(1),
      withinMs: z
        .int()
        .min(1_000)
        .max(366 * 24 * HOUR_MS),
    }),
  ),
  callsPerSecond: z.number().min(0.01).max(100),
  maxConcurrent: z.int().min(1).max(10_000),
  queue: z.strictObject({
    max: z.int().min(0).max(100_000),
    maxAgeMs: z
      .int()
      .min(1_000)
      .max(24 * HOUR_MS),
  }),
  spend: z
    .strictObject({
      perDayUsd: z.number().min(0).optional(),
      reserveUsd: z.number().min(0),
      carrierUsdPerMinute: z.number().min(0),
      timeZone: timeZoneSchema,
    })
    .refine(({ perDayUsd, reserveUsd }) => perDayUsd === undefined || reserveUsd > 0, {
      path: ['reserveUsd'],
      message: 'must be more than 0, or calls at the same time would count as nothing towards perDayUsd',
    }),
  // A session that nobody claims is closed after 90 seconds.
  ringSeconds: z.int().min(5).max(60),
  maxCallSeconds: z
    .int()
    .min(30)
    .max(4 * 3_600),
  detectMachines: z.boolean(),
})
