import { isConflict } from '@llc-phone/store'
import { runQuery } from '@llc-phone/store-drizzle'
import { eq } from 'drizzle-orm'
import { cellsOf } from './cells.ts'
import { aloneWithCustomers, type CustomerDatabase } from './schema.ts'

const DAY_MS = 86_400_000
const HALF_HOUR_MS = 30 * 60_000

/** 18:30 UTC is within office hours all over North America. */
const daysAhead = (now: Date, days: number): Date =>
  new Date(Math.floor(now.getTime() / DAY_MS) * DAY_MS + days * DAY_MS + 18.5 * 3_600_000)

/** Fictional customers on fictional numbers; the two of the Nair family share one. */
const people = [
  {
    phone: '+14155550199',
    person: {
      id: 'demo-anna-keller',
      firstName: 'Anna',
      lastName: 'Keller',
      dateOfBirth: '1984-05-17',
      postcode: '94110',
      email: 'anna.keller@example.com',
      address: '12 Valencia Street, San Francisco',
      // 2468
      pinHash: 'bGxjLXBob25lLWRlbW8hIQ==:UDcIZCy1Q7YuJlxYeKFNaocq0IVldHklrn+WkIxZYqc=',
    },
  },
  {
    phone: '+14155550198',
    person: { id: 'demo-marcus-webb', firstName: 'Marcus', lastName: 'Webb', postcode: '94117' },
  },
  {
    phone: '+14155550197',
    person: { id: 'demo-priya-nair', firstName: 'Priya', lastName: 'Nair', dateOfBirth: '1990-11-02' },
  },
  {
    phone: '+14155550197',
    person: { id: 'demo-rohan-nair', firstName: 'Rohan', lastName: 'Nair', dateOfBirth: '1988-02-29' },
  },
]

const cleaning = { id: 'demo-cleaning', name: 'dental cleaning', durationMinutes: 45, bufferMinutes: 15 }
const checkUp = { id: 'demo-checkup', name: 'check-up', durationMinutes: 30, bufferMinutes: 0 }

const booked = [
  { id: 'demo-1', customerId: 'demo-anna-keller', service: cleaning, days: 2 },
  { id: 'demo-2', customerId: 'demo-anna-keller', service: checkUp, days: -30 },
  { id: 'demo-3', customerId: 'demo-priya-nair', service: checkUp, days: 5 },
]

/** Books a demo appointment again, on its day, unless somebody else has booked that time meanwhile. */
const rebook = async (database: CustomerDatabase, demo: (typeof booked)[number], startsAt: Date): Promise<void> => {
  const { appointments, occupiedCells } = database.tables
  const { id, customerId, service } = demo
  const row = { id, customerId, serviceId: service.id, startsAt, status: 'booked' as const }
  try {
    await runQuery(
      aloneWithCustomers(database).batch([
        database.delete(occupiedCells).where(eq(occupiedCells.appointmentId, id)),
        database
          .insert(appointments)
          .values(row)
          .onConflictDoUpdate({ target: appointments.id, set: { startsAt, status: 'booked' } }),
        database
          .insert(occupiedCells)
          .values(cellsOf(startsAt, service).map((cell) => ({ resourceId: 'main', cell, appointmentId: id }))),
      ]),
    )
  } catch (error) {
    if (!isConflict(error)) throw error
    await rebook(database, demo, new Date(startsAt.getTime() + HALF_HOUR_MS))
  }
}

/** Adds the demo customers; run again, it moves their appointments ahead of `now` and touches nothing else. */
export const seedDemoData = async (database: CustomerDatabase, now: Date): Promise<void> => {
  const { customerPhones, customers, services } = database.tables
  await runQuery(
    database.batch([
      database
        .insert(customers)
        .values(people.map(({ person }) => ({ ...person, createdAt: now })))
        .onConflictDoNothing(),
      database
        .insert(customerPhones)
        .values(people.map(({ person, phone }) => ({ customerId: person.id, phone })))
        .onConflictDoNothing(),
      database.insert(services).values([cleaning, checkUp]).onConflictDoNothing(),
    ]),
  )
  // oxlint-disable-next-line no-await-in-loop -- one after the other, so that they find each other's times taken
  for (const demo of booked) await rebook(database, demo, daysAhead(now, demo.days))
}
