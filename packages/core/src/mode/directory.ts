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
  .strictObject({ from: z.iso.date(), to: z.iso.date() })
  .refine(({ from, to }) => from <= to, 'an absence begins before it ends')

const flag = z.custom<boolean | (() => boolean)>(
  (value) => typeof value === 'boolean' || typeof value === 'function',
  'write true, false or a function that says so',
)

/** Checks a directory. */
export const directorySchema = z
  .array(
    z.strictObject({
      name: z.string().trim().min(1).max(60),
      role: z.string().trim().min(1).max(60).optional(),
      hours: weeklyHoursSchema.optional(),
      absences: z.array(absenceSchema).max(100).optional(),
      openOnClosures: z.boolean().optional(),
      doNotDisturb: flag.optional(),
      route: z.string().optional(),
      transfer: z.enum(['cold', 'warm']).optional(),
    }),
  )
  .max(50)
