/** The tables of customers for `drizzle-kit generate`, which reads the exports of this file. */
import { sqliteKit } from '@llc-phone/store-drizzle'
import { customerTables } from './schema.ts'

export const {
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
} = customerTables(sqliteKit)
