import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** People with a record. Several may share a telephone. */
export const customers = sqliteTable(
  'customers',
  {
    id: text().primaryKey(),
    firstName: text('first_name').notNull(),
    lastName: text('last_name').notNull(),
    /** E.164. */
    phone: text().notNull(),
    createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
  },
  ({ phone }) => [index('customers_phone').on(phone)],
)

/** What can be booked. */
export const services = sqliteTable('services', {
  id: text().primaryKey(),
  name: text().notNull(),
  durationMinutes: integer('duration_minutes').notNull(),
})

/** Times are UTC; the business's time zone is applied when they are spoken. */
export const appointments = sqliteTable(
  'appointments',
  {
    id: text().primaryKey(),
    customerId: text('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    serviceId: text('service_id')
      .notNull()
      .references(() => services.id),
    startsAt: integer('starts_at', { mode: 'timestamp_ms' }).notNull(),
    status: text({ enum: ['booked', 'cancelled'] }).notNull(),
  },
  ({ customerId, startsAt }) => [index('appointments_customer').on(customerId, startsAt)],
)

/** What the assistant noted about a customer during a call. */
export const notes = sqliteTable('notes', {
  id: text().primaryKey(),
  customerId: text('customer_id')
    .notNull()
    .references(() => customers.id, { onDelete: 'cascade' }),
  callId: text('call_id').notNull(),
  text: text().notNull(),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
})
