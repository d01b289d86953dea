import { clockTimesOf, weeklyHoursSchema, weekOf, type WeeklyHours } from '@llc-phone/core'
import { runQuery } from '@llc-phone/store-drizzle'
import { and, eq, notInArray, sql } from 'drizzle-orm'
import * as z from 'zod'
import { type CustomerDatabase } from '../db/schema.ts'

const id = z.string().regex(/^[a-z0-9][\w-]{0,63}$/, 'use small letters, digits, - and _')
const name = z.string().trim().min(1).max(80)
const date = z.iso.date('write it like 2026-12-24')
const minutes = (least: number, most: number) =>
  z.int().min(least).max(most).multipleOf(5, 'must be a multiple of 5 minutes')

/** Reports wrong hours as wrong, not as missing. */
const opens = (hours: WeeklyHours): boolean =>
  !weeklyHoursSchema.safeParse(hours).success || weekOf(hours).some((ranges) => ranges.length > 0)

/** The content of a calendar file: what can be booked, and when. Parts that it leaves out stay unchanged. */
export const calendarSchema = z.strictObject({
  services: z
    .array(z.strictObject({ id, name, durationMinutes: minutes(5, 720), bufferMinutes: minutes(0, 240).default(0) }))
    .min(1)
    .optional(),
  /** As in the settings of a business; several ranges a day for a break. */
  hours: weeklyHoursSchema
    .refine((hours) => opens(hours), 'opens on no day; for days on which nothing is open, use closures')
    .optional(),
  closures: z
    .array(
      z
        .strictObject({ from: date, to: date, reason: z.string().max(120).optional() })
        .refine(({ from, to }) => from <= to, 'ends before it begins'),
    )
    .optional(),
  resources: z.array(z.strictObject({ id, name })).optional(),
})

/** A calendar file. */
export type CalendarFile = z.output<typeof calendarSchema>

/** Stores a calendar, all of it or nothing. A service or resource that appointments refer to is never removed. */
export const storeCalendar = async (database: CustomerDatabase, calendar: CalendarFile): Promise<void> => {
  const { appointments, closures, openingHours, resources, services } = database.tables
  const opening = weekOf(calendar.hours ?? {}).flatMap((ranges, weekday) =>
    ranges.map((range) => {
      const [from, to] = clockTimesOf(range)
      return { weekday, opens: from, closes: to }
    }),
  )
  const kept = (calendar.services ?? []).map((service) => service.id)
  await runQuery<unknown>(
    database.batch([
      database
        .select({ one: sql`1` })
        .from(resources)
        .limit(1),
      ...(calendar.services
        ? [
            database
              .delete(services)
              .where(
                and(
                  notInArray(services.id, kept),
                  sql`not exists (select 1 from ${appointments} where ${eq(appointments.serviceId, services.id)})`,
                ),
              ),
            ...calendar.services.map((service) =>
              database.insert(services).values(service).onConflictDoUpdate({ target: services.id, set: service }),
            ),
          ]
        : []),
      ...(calendar.hours ? [database.delete(openingHours)] : []),
      ...(opening.length > 0 ? [database.insert(openingHours).values(opening)] : []),
      ...(calendar.closures ? [database.delete(closures)] : []),
      ...(calendar.closures?.length ? [database.insert(closures).values(calendar.closures)] : []),
      ...(calendar.resources ?? []).map((resource) =>
        database.insert(resources).values(resource).onConflictDoUpdate({ target: resources.id, set: resource }),
      ),
    ]),
  )
}
