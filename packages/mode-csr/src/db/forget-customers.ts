import type { E164 } from '@llc-phone/core'
import { runQuery } from '@llc-phone/store-drizzle'
import { sql, type SQL } from 'drizzle-orm'
import { phoneClaim, type CustomerDatabase } from './schema.ts'

/** What was deleted. */
export interface ForgottenCustomers {
  readonly customers: number
  /** Past, cancelled and coming ones; the time of the latter is free again. */
  readonly appointments: number
  readonly notes: number
}

/**
 * Deletes the customers who have this number, with appointments and notes, and what was noted of others in these calls. Who has
 * it for contact only, because it is known to be somebody else's, keeps the record without it.
 */
export const forgetCustomers = async (
  database: CustomerDatabase,
  number: E164,
  callIds: readonly string[],
): Promise<ForgottenCustomers> => {
  const isTheirs = sql`(phone = ${number} OR phone LIKE ${`${number} ext. %`})`
  const theirs = sql`(SELECT customer_id FROM customer_phones WHERE ${isTheirs} AND claim > ${phoneClaim.contact})`
  const calls = database.engine.among(callIds)
  const counted = (statement: SQL) => database.all(sql`${statement} RETURNING 1`)
  const [notes, appointments, customers] = await runQuery(
    database.batch([
      counted(sql`DELETE FROM notes WHERE customer_id IN ${theirs} OR call_id IN ${calls}`),
      counted(sql`DELETE FROM appointments WHERE customer_id IN ${theirs}`),
      counted(sql`DELETE FROM customers WHERE id IN ${theirs}`),
      database.run(sql`DELETE FROM customer_phones WHERE ${isTheirs}`),
      database.run(sql`DELETE FROM failed_proofs WHERE caller = ${number} OR call_id IN ${calls}`),
      database.run(sql`UPDATE appointments SET call_id = NULL WHERE call_id IN ${calls}`),
    ]),
  )
  return { customers: customers.length, appointments: appointments.length, notes: notes.length }
}
