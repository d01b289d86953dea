import type { Kit } from '@llc-phone/store-drizzle'

/** The table of orders, in the words of one engine. */
export const orderTables = ({ table, text, integer, index }: Kit) => ({
  orders: table(
    'orders',
    {
      number: text().primaryKey(),
      status: text().notNull(),
      dueAt: integer('due_at', { mode: 'timestamp_ms' }).notNull(),
    },
    ({ dueAt }) => [index('orders_by_due').on(dueAt)],
  ),
})
