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
  destinations: z
    .strictObject({
      countries: z
        .array(z.string().refine((code) => isSupportedCountry(code), 'write a country as its two letters, like "US"'))
        .meta({
          title: 'Countries',
          description: 'Where you may call, as the two letters of each country.',
          examples: [['US', 'CA']],
        }),
      allow: prefixes.meta({
        title: 'Allowed prefixes',
        description:
          'Beginnings of numbers that may be called although their country is not listed. A premium-rate or satellite number needs one of its very range.',
        examples: [['+4420']],
      }),
      deny: prefixes.meta({
        title: 'Denied prefixes',
        description: 'Beginnings of numbers that are never called; they win over everything.',
        examples: [['+1900']],
      }),
    })
    .meta({
      title: 'Destinations',
      description: 'Which numbers may be called.',
      examples: [{ countries: ['US'] }],
    }),
  callingHours: callingHoursSchema.meta({
    type: ['string', 'array', 'object'],
    title: 'Calling hours',
    description:
      'When people may be called, on the clock where they are: the same hours every day, hours by day, or a usual time with exceptions.',
    examples: ['09:00-12:00, 14:00-20:00', { from: '08:00', to: '21:00', days: { sun: 'closed' } }],
  }),
  frequency: z
    .array(
      z.strictObject({
        calls: z
          .int()
          .min(1)
          .meta({ title: 'Calls', description: 'Most calls to the same number within that time.', examples: [3] }),
        withinMs: z
          .int()
          .min(1_000)
          .max(366 * 24 * HOUR_MS)
          .meta({
            title: 'Within',
            description: 'The time in which they count, in milliseconds.',
            examples: [86_400_000],
          }),
      }),
    )
    .meta({
      title: 'How often',
      description: 'How often the same number may be called. All of them hold; none when empty.',
      examples: [[{ calls: 3, withinMs: 86_400_000 }]],
    }),
  callsPerSecond: z
    .number()
    .min(0.01)
    .max(100)
    .meta({
      title: 'Calls per second',
      description: 'As agreed with your carrier, one at most of them. Some queue what comes faster for hours.',
      examples: [1],
    }),
  maxConcurrent: z
    .int()
    .min(1)
    .max(10_000)
    .meta({ title: 'Calls at once', description: 'Most calls of ours at the same time.', examples: [10] }),
  queue: z
    .strictObject({
      max: z
        .int()
        .min(0)
        .max(100_000)
        .meta({ title: 'Waiting calls', description: 'Most calls that wait for their turn.', examples: [100] }),
      maxAgeMs: z
        .int()
        .min(1_000)
        .max(24 * HOUR_MS)
        .meta({
          title: 'Longest wait',
          description: 'How long a call may wait for its turn, in milliseconds; after that it is not placed.',
          examples: [60_000],
        }),
    })
    .meta({
      title: 'Queue',
      description: 'Calls that wait until there is room.',
      examples: [{ max: 100, maxAgeMs: 60_000 }],
    }),
  spend: z
    .strictObject({
      perDayUsd: z
        .number()
        .min(0)
        .optional()
        .meta({
          title: 'Money a day',
          description:
            'In US dollars, carrier and model together; unlimited when left out. At most one call goes over.',
          examples: [50],
        }),
      reserveUsd: z
        .number()
        .min(0)
        .meta({
          title: 'Reserve of a call',
          description: 'What a call counts towards the day while its cost is not known, in US dollars.',
          examples: [1],
        }),
      carrierUsdPerMinute: z
        .number()
        .min(0)
        .meta({ title: 'Price of a minute', description: 'What your carrier takes, in US dollars.', examples: [0.02] }),
      timeZone: timeZoneSchema.meta({
        title: 'Time zone of the day',
        description: 'Where that day begins and ends.',
        examples: ['America/New_York'],
      }),
    })
    .refine(({ perDayUsd, reserveUsd }) => perDayUsd === undefined || reserveUsd > 0, {
      path: ['reserveUsd'],
      message: 'must be more than 0, or calls at the same time would count as nothing towards perDayUsd',
    })
    .meta({
      title: 'Money',
      description: 'How much calls may cost.',
      examples: [{ perDayUsd: 50, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'America/New_York' }],
    }),
  // A session that nobody claims is closed after 90 seconds.
  ringSeconds: z
    .int()
    .min(5)
    .max(60)
    .meta({
      title: 'Ringing',
      description: 'How long it may ring, in seconds. Voicemail often answers after 20 to 30.',
      examples: [25],
    }),
  maxCallSeconds: z
    .int()
    .min(30)
    .max(4 * 3_600)
    .meta({
      title: 'Longest call',
      description: 'In seconds; the carrier ends a call after this whatever happens.',
      examples: [2_100],
    }),
  detectMachines: z.boolean().meta({
    title: 'Detect machines',
    description: 'true: the carrier tells machines from people, for about 0.0075 US dollars a call.',
    examples: [true],
  }),
})
