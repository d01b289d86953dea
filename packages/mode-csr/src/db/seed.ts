import { runQuery, type Database } from '@llc-phone/store'
import { sql } from 'drizzle-orm'
import { appointments, customers, services } from './schema.ts'

const DAY_MS = 86_400_000

/** 18:30 UTC is within office hours all over North America. */
const daysAhead = (now: Date, days: number): Date =>
  new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS + days * DAY_MS + 18.5 * 3_600_000)

/** Fictional customers on fictional numbers; the two of the Nair family share one. */
const people = [
  { id: 'demo-anna-keller', firstName: 'Anna', lastName: 'Keller', phone: '+14155550199' },
  { id: 'demo-marcus-webb', firstName: 'Marcus', lastName: 'Webb', phone: '+14155550198' },
  { id: 'demo-priya-nair', firstName: 'Priya', lastName: 'Nair', phone: '+14155550197' },
  { id: 'demo-rohan-nair', firstName: 'Rohan', lastName: 'Nair', phone: '+14155550197' },
]

const offered = [
  { id: 'demo-cleaning', name: 'dental cleaning', durationMinutes: 45 },
  { id: 'demo-checkup', name: 'check-up', durationMinutes: 30 },
]

const booked = [
  { id: 'demo-1', customerId: 'demo-anna-keller', serviceId: 'demo-cleaning', days: 2 },
  { id: 'demo-2', customerId: 'demo-anna-keller', serviceId: 'demo-checkup', days: -30 },
  { id: 'demo-3', customerId: 'demo-priya-nair', serviceId: 'demo-checkup', days: 5 },
]

/** Adds the demo customers, all or nothing; run again, it moves their appointments ahead of `now` and touches nothing else. */
export const seedDemoData = async (database: Database, now: Date): Promise<void> => {
  await runQuery(
    database.batch([
      database
        .insert(customers)
        .values(people.map((person) => ({ ...person, createdAt: now })))
        .onConflictDoNothing(),
      database.insert(services).values(offered).onConflictDoNothing(),
      database
        .insert(appointments)
        .values(
          booked.map(({ days, ...appointment }) => ({
            ...appointment,
            startsAt: daysAhead(now, days),
            status: 'booked' as const,
          })),
        )
        .onConflictDoUpdate({ target: appointments.id, set: { startsAt: sql`excluded.starts_at` } }),
    ]),
  )
}
