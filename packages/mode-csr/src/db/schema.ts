import type { Database, DrizzleStore, Kit } from '@llc-phone/store-drizzle'
import { sql } from 'drizzle-orm'

/** How well it is known that a number is the customer's. */
export const phoneClaim = {
  /** Somebody else was recognised by it before: it is for calling them back. */
  contact: 0,
  /** It was named on a call, or a booking came from it. */
  named: 1,
  /** You have imported it, or they have proven who they are on a call from it. */
  proven: 2,
} as const

/** The tables of customers and appointments. */
export const customerTables = ({ table, text, integer, check, foreignKey, index, uniqueIndex, primaryKey }: Kit) => {
  const moment = (name: string) => integer(name, { mode: 'timestamp_ms' })

  /** Customers. A null field is unknown, and cannot prove an identity. */
  const customers = table('customers', {
    id: text().primaryKey(),
    firstName: text('first_name').notNull(),
    lastName: text('last_name').notNull(),
    email: text(),
    address: text(),
    postcode: text(),
    /** `1984-05-17`. */
    dateOfBirth: text('date_of_birth'),
    /** As `hashPin` writes it. */
    pinHash: text('pin_hash'),
    createdAt: moment('created_at').notNull(),
  })

  /** A customer may have several telephones, and several customers may share one. */
  const customerPhones = table(
    'customer_phones',
    {
      customerId: text('customer_id')
        .notNull()
        .references(() => customers.id, { onDelete: 'cascade' }),
      /** With the extension, if any: `+14155550142 ext. 22`. */
      phone: text().notNull(),
      /** How well it is known that the number is theirs, a {@link phoneClaim}: it recognises those with the best claim. */
      claim: integer().notNull().default(phoneClaim.proven),
    },
    ({ customerId, phone }) => [
      primaryKey({ columns: [customerId, phone] }),
      index('customer_phones_phone').on(phone, customerId),
    ],
  )

  /** Every attempt to prove an identity that has not succeeded: a PIN must not be guessed over many calls. */
  const failedProofs = table(
    'failed_proofs',
    {
      id: text().primaryKey(),
      customerId: text('customer_id')
        .notNull()
        .references(() => customers.id, { onDelete: 'cascade' }),
      callId: text('call_id').notNull(),
      at: moment('at').notNull(),
      /** The number the call came from; null when it was withheld. */
      caller: text(),
    },
    ({ customerId, caller, at }) => [
      index('failed_proofs_customer').on(customerId, at),
      index('failed_proofs_caller').on(caller, at),
    ],
  )

  /** What can be booked. The buffer after it is kept free, for cleaning up or the way to the next. */
  const services = table('services', {
    id: text().primaryKey(),
    name: text().notNull(),
    durationMinutes: integer('duration_minutes').notNull(),
    bufferMinutes: integer('buffer_minutes').notNull().default(0),
  })

  /** Who or what one appointment occupies: a chair, a van, a person. All do every service; there is always `main`. */
  const resources = table('resources', { id: text().primaryKey(), name: text().notNull() })

  /** Opening hours on the wall clock, several a day for a break; without any, the hours of the business's settings hold. */
  const openingHours = table(
    'opening_hours',
    {
      /** 0 is Sunday. */
      weekday: integer().notNull(),
      /** `09:00`. */
      opens: text().notNull(),
      /** `17:30`; `24:00` is midnight. */
      closes: text().notNull(),
    },
    ({ weekday, opens }) => [
      primaryKey({ columns: [weekday, opens] }),
      check('opening_hours_weekday', sql`${weekday} between 0 and 6`),
    ],
  )

  /** Days nothing can be booked on, both ends included: `2026-12-24`. */
  const closures = table(
    'closures',
    { from: text('from_date').notNull(), to: text('to_date').notNull(), reason: text() },
    ({ from, to }) => [primaryKey({ columns: [from, to] })],
  )

  /** Times are UTC; the business's time zone is applied when they are spoken. */
  const appointments = table(
    'appointments',
    {
      id: text().primaryKey(),
      customerId: text('customer_id')
        .notNull()
        .references(() => customers.id, { onDelete: 'cascade' }),
      serviceId: text('service_id')
        .notNull()
        .references(() => services.id),
      startsAt: moment('starts_at').notNull(),
      status: text({ enum: ['booked', 'cancelled'] }).notNull(),
      /** The call it was booked on; null when it was not a call. */
      callId: text('call_id'),
    },
    ({ customerId, serviceId, startsAt, status }) => [
      index('appointments_customer').on(customerId, startsAt),
      // The same wish twice is one booking, even when two messages carry it at once.
      uniqueIndex('appointments_once')
        .on(customerId, serviceId, startsAt)
        .where(sql`${status} = 'booked'`),
    ],
  )

  /**
   * Makes double booking impossible: a booked appointment has one row for every five minutes it occupies, buffer included,
   * and no two rows may have the same resource and the same five minutes. The second writer, from whatever call or process,
   * violates the primary key, and its batch is rolled back. Unique cells, not a trigger that looks for overlaps: they are
   * part of this schema, so a migration that rebuilds a table cannot lose them, and every SQL database has them.
   */
  const occupiedCells = table(
    'occupied_cells',
    {
      resourceId: text('resource_id').notNull(),
      /** Five minutes, counted from 1970 in UTC. */
      cell: integer().notNull(),
      appointmentId: text('appointment_id').notNull(),
    },
    ({ resourceId, cell, appointmentId }) => [
      primaryKey({ columns: [resourceId, cell] }),
      index('occupied_cells_appointment').on(appointmentId),
      foreignKey({ columns: [resourceId], foreignColumns: [resources.id] }),
      foreignKey({ columns: [appointmentId], foreignColumns: [appointments.id] }).onDelete('cascade'),
    ],
  )

  /** Notes of the assistant about a customer, taken during a call. */
  const notes = table('notes', {
    id: text().primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    callId: text('call_id').notNull(),
    text: text().notNull(),
    createdAt: moment('created_at').notNull(),
  })

  return {
    customers,
    customerPhones,
    failedProofs,
    services,
    resources,
    openingHours,
    closures,
    appointments,
    occupiedCells,
    notes,
  }
}

/** The tables of customers. Their types are the same for every engine. */
export type CustomerTables = ReturnType<typeof customerTables>

/** A database with the tables of customers. */
export type CustomerDatabase = Database<CustomerTables>

/**
 * Batches that count or look before they write: whose a number is, how often a proof has failed, what of an appointment still
 * holds. All of them wait for each other, in whichever process.
 */
export const aloneWithCustomers = (database: CustomerDatabase): Pick<CustomerDatabase, 'batch'> =>
  database.alone('customers')

/** The tables of customers in a store. */
export const customerDatabase = (store: Pick<DrizzleStore, 'withTables'>): CustomerDatabase =>
  store.withTables(customerTables)
