import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { E164 } from '@llc-phone/core'
import { runQuery, type Database, type Store } from '@llc-phone/store'
import { and, asc, eq, gt } from 'drizzle-orm'
import { appointments, customers, notes, services } from './schema.ts'
import { seedDemoData } from './seed.ts'

/** A person with a record. */
export interface Customer {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
  /** E.164. */
  readonly phone: string
}

/** Something booked. */
export interface Appointment {
  readonly service: string
  readonly startsAt: Date
  readonly durationMinutes: number
}

/** The customer records as the mode sees them. */
export interface CustomerStore {
  /** Everybody whose record has this number. */
  findByNumber(number: E164): Promise<readonly Customer[]>
  /** Booked and not begun by `after`, soonest first, five at most. */
  upcomingAppointments(customerId: string, after: Date): Promise<readonly Appointment[]>
  /** Resolves once the note is durable. */
  addNote(note: { readonly customerId: string; readonly callId: string; readonly text: string }): Promise<void>
}

/** More than five are not listened to on a telephone. */
const MAX_APPOINTMENTS = 5

const drizzleCustomers = (database: Database): CustomerStore => ({
  findByNumber: (number) =>
    runQuery(
      database
        .select({
          id: customers.id,
          firstName: customers.firstName,
          lastName: customers.lastName,
          phone: customers.phone,
        })
        .from(customers)
        .where(eq(customers.phone, number))
        .orderBy(asc(customers.id)),
    ),
  upcomingAppointments: (customerId, after) =>
    runQuery(
      database
        .select({
          service: services.name,
          startsAt: appointments.startsAt,
          durationMinutes: services.durationMinutes,
        })
        .from(appointments)
        .innerJoin(services, eq(services.id, appointments.serviceId))
        .where(
          and(
            eq(appointments.customerId, customerId),
            eq(appointments.status, 'booked'),
            gt(appointments.startsAt, after),
          ),
        )
        .orderBy(asc(appointments.startsAt))
        .limit(MAX_APPOINTMENTS),
    ),
  async addNote(note) {
    await runQuery(database.insert(notes).values({ ...note, id: randomUUID(), createdAt: new Date() }))
  },
})

/**
 * Brings the customer tables up to date and opens them. `demoData` adds fictional customers, whose next appointment is
 * always ahead of `now`. Throws `database_failed`.
 */
export const openCustomers = async (
  store: Pick<Store, 'database' | 'migrate'>,
  { demoData = false, now = new Date() }: { readonly demoData?: boolean; readonly now?: Date } = {},
): Promise<CustomerStore> => {
  await store.migrate('mode-csr', fileURLToPath(new URL('../../migrations', import.meta.url)))
  if (demoData) await seedDemoData(store.database, now)
  return drizzleCustomers(store.database)
}
