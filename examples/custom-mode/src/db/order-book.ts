import { fileURLToPath } from 'node:url'
import { runQuery, type DrizzleStore } from '@llc-phone/store-drizzle'
import { eq } from 'drizzle-orm'
import type { OrderBook } from '../tools/find-order.ts'
import { orderTables } from './tables.ts'

/** Orders that are kept in the gateway's database. */
export interface KeptOrders extends OrderBook {
  /** Replaces what is known of the order. */
  put(order: { readonly number: string; readonly status: string; readonly dueAt: Date }): Promise<void>
}

/** Brings the table of orders up to date and opens it. Throws `database_failed`. */
export const openOrders = async (store: Pick<DrizzleStore, 'migrate' | 'withTables'>): Promise<KeptOrders> => {
  await store.migrate('mode-orders', fileURLToPath(new URL('../../migrations', import.meta.url)))
  const database = store.withTables(orderTables)
  const { orders } = database.tables
  return {
    async find(number) {
      const [order] = await runQuery(database.select().from(orders).where(eq(orders.number, number)))
      return order && { status: order.status, due: order.dueAt.toISOString().slice(0, 10) }
    },
    async put(order) {
      await runQuery(database.insert(orders).values(order).onConflictDoUpdate({ target: orders.number, set: order }))
    },
  }
}
