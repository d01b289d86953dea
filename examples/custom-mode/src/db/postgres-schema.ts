/** The table of orders for `drizzle-kit generate`, which reads the exports of this file. */
import { postgresKit } from '@llc-phone/store-postgres'
import { orderTables } from './tables.ts'

export const { orders } = orderTables(postgresKit)
