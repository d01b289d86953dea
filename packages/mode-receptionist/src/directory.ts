import { closingTime, isOpen, nextOpening, weeklyHoursSchema, type Business, type WeeklyHours } from '@llc-phone/core'
import * as z from 'zod'

/** A person or department callers ask for. */
export interface DirectoryEntry {
  readonly name: string
  /** What they do, "dentist"; callers ask for that too. */
  readonly role?: string
  /** When they take calls; the hours of the business when absent. */
  readonly hours?: WeeklyHours
  /** The key of the route that reaches them. */
  readonly route?: string
}

export const directorySchema = z
  .array(
    z.strictObject({
      name: z.string().trim().min(1).max(60),
      role: z.string().trim().min(1).max(60).optional(),
      hours: weeklyHoursSchema.optional(),
      route: z.string().optional(),
    }),
  )
  .max(50)

const words = (text: string): string[] =>
  text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

/** Who is meant by "Dr. Lopez" or "the hygienist": the entries that share the most words with what was asked for. */
export const findEntries = (directory: readonly DirectoryEntry[], asked: string): DirectoryEntry[] => {
  const wanted = new Set(words(asked).filter((word) => !['the', 'dr', 'mr', 'mrs', 'ms', 'department'].includes(word)))
  const scored = directory.map((entry) => ({
    entry,
    score: words(`${entry.name} ${entry.role ?? ''}`).filter((word) => wanted.has(word)).length,
  }))
  const best = Math.max(0, ...scored.map(({ score }) => score))
  return best === 0 ? [] : scored.filter(({ score }) => score === best).map(({ entry }) => entry)
}

/** Whether somebody takes calls at that moment, in words and on the wall clock of the business. */
export const availabilityOf = (entry: DirectoryEntry, { timeZone, hours: usual }: Business, at: Date) => {
  const hours = entry.hours ?? usual
  // Without any hours nothing is known, which is not the same as being in.
  if (!hours) return { name: entry.name, available: 'unknown' } as const
  if (isOpen(hours, timeZone, at))
    return { name: entry.name, available: 'now', until: closingTime(hours, timeZone, at) } as const
  return { name: entry.name, available: 'later', next: nextOpening(hours, timeZone, at) ?? 'not known' } as const
}
