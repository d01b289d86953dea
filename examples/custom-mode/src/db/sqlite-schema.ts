/** The table of orders for `drizzle-kit generate`, which reads the exports of this file. */
import { sqliteKit } from '@llc-phone/store-drizzle'
import { orderTables } from './tables.ts'

export const { orders } = orderTables(sqliteKit)
