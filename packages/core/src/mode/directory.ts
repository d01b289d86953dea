import * as z from 'zod'
import { weeklyHoursSchema, type WeeklyHours } from '../time/hours.ts'

/** Days on which somebody is away, as local dates of the business, both included. */
export interface Absence {
  /** `2026-12-24` */
  readonly from: string
  readonly to: string
}

/** A person or department callers ask for. */
export interface DirectoryEntry {
  readonly name: string
  /** What they do, "dentist"; callers ask for that too. */
  readonly role?: string
  /** When they take calls; the hours of the business when absent. */
  readonly hours?: WeeklyHours
  readonly absences?: readonly Absence[]
  /** Takes calls on the closed days of the business too. */
  readonly openOnClosures?: boolean
  /** Takes no calls for now; a function is asked whenever a caller wants them. */
  readonly doNotDisturb?: boolean | (() => boolean)
  /** The key of the route that reaches them. */
  readonly route?: string
  /** `warm` rings them first and tells them who is calling. Default `cold`. */
  readonly transfer?: 'cold' | 'warm'
}

const absenceSchema = z
  .strictObject({
    from: z.iso.date().meta({ title: 'First day', description: 'The first day away.', examples: ['2026-08-03'] }),
    to: z.iso.date().meta({ title: 'Last day', description: 'The last day away.', examples: ['2026-08-14'] }),
  })
  .refine(({ from, to }) => from <= to, 'an absence begins before it ends')

const flag = z.custom<boolean | (() => boolean)>(
  (value) => typeof value === 'boolean' || typeof value === 'function',
  'write true, false or a function that says so',
)

/** Checks a directory. */
export const directorySchema = z
  .array(
    z.strictObject({
      name: z
        .string()
        .trim()
        .min(1)
        .max(60)
        .meta({
          title: 'Name',
          description: 'The person or department, as callers ask for it.',
          examples: ['Rosa Diaz', 'Billing'],
        }),
      role: z
        .string()
        .trim()
        .min(1)
        .max(60)
        .optional()
        .meta({ title: 'Role', description: 'What they do; callers ask for that too.', examples: ['chef'] }),
      hours: weeklyHoursSchema.optional().meta({
        title: 'Hours',
        description: 'When they take calls; the hours of the business when left out.',
        examples: [{ tue: '09:00-12:00', thu: '13:00-17:30' }],
      }),
      absences: z
        .array(absenceSchema)
        .max(100)
        .optional()
        .meta({
          title: 'Absences',
          description: 'Days on which they are away. Callers hear when they are back, not why they are away.',
          examples: [[{ from: '2026-08-03', to: '2026-08-14' }]],
        }),
      openOnClosures: z
        .boolean()
        .optional()
        .meta({
          title: 'Works on closed days',
          description: 'true: takes calls on the closed days of the business too.',
          examples: [true],
        }),
      doNotDisturb: flag.optional().meta({
        title: 'Do not disturb',
        description: 'true: takes no calls for now.',
        examples: [true],
        type: 'boolean',
      }),
      route: z
        .string()
        .optional()
        .meta({
          title: 'Route',
          widget: 'route',
          description: 'The key of the route that reaches them.',
          examples: ['kitchen'],
        }),
      transfer: z
        .enum(['cold', 'warm'])
        .optional()
        .meta({
          title: 'How they are connected',
          labels: { cold: 'At once', warm: 'After they were told who is calling' },
          description: '"warm": rings them first and says who is calling. "cold": connects at once (default).',
          examples: ['warm'],
        }),
    }),
  )
  .max(50)
