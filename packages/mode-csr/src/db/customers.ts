import { fileURLToPath } from 'node:url'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { drizzleAppointments, type AppointmentBook } from './appointments.ts'
import { drizzleProofs } from './proofs.ts'
import { drizzleRecords, type CustomerRecords } from './records.ts'
import { customerDatabase } from './schema.ts'
import { seedDemoData } from './seed.ts'

/** The customers and what they have booked, as the mode sees them. */
export interface CustomerStore extends CustomerRecords, AppointmentBook {}

/** What the mode asks of a store; checked when the mode is built. */
export const customerStoreFunctions = [
  'findByNumber',
  'contact',
  'prove',
  'updateContact',
  'addNote',
  'services',
  'upcomingAppointments',
  'agenda',
  'book',
  'move',
  'cancel',
] as const satisfies readonly (keyof CustomerStore)[]

/**
 * Brings the customer tables up to date and opens them. `demoData` adds fictional customers, whose next appointment is
 * always ahead of `now`. Throws `database_failed`.
 */
export const openCustomers = async (
  store: Pick<DrizzleStore, 'withTables' | 'migrate' | 'problem'>,
  { demoData = false, now = new Date() }: { readonly demoData?: boolean; readonly now?: Date } = {},
): Promise<CustomerStore> => {
  await store.migrate('mode-csr', fileURLToPath(new URL('../../migrations', import.meta.url)))
  const database = customerDatabase(store)
  // Without storage a gateway on trial still answers; it recognises nobody.
  if (demoData && !store.problem()) await seedDemoData(database, now)
  return {
    ...drizzleRecords(database),
    ...drizzleProofs(database),
    ...drizzleAppointments(database),
  }
}
