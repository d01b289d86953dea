import { sql, type SQL } from 'drizzle-orm'
import { phoneClaim, type CustomerDatabase } from './schema.ts'

/** Whether somebody else has proven that this number is theirs. */
export const isProvenByAnother = (phone: string | null, customerId: string): SQL =>
  sql`exists (select 1 from customer_phones as other
    where other.phone = ${phone} and other.customer_id <> ${customerId} and other.claim = ${phoneClaim.proven})`

/**
 * Whether this number may be added to a record. It may not if somebody else has it, because they are recognised by it; but a
 * number that somebody has only named goes to the customer who proves it.
 */
export const isFree = (phone: string, customerId: string, isProven: boolean): SQL =>
  isProven
    ? sql`not ${isProvenByAnother(phone, customerId)}`
    : sql`not exists (select 1 from customer_phones as other
        where other.phone = ${phone} and other.customer_id <> ${customerId})`

/** Gives a customer a number, unless it is somebody else's or there is no such customer; `undefined` adds none. */
export const addPhone = (database: CustomerDatabase, customerId: string, phone: string | undefined, isProven = false) =>
  database.run(sql`
    insert into customer_phones (customer_id, phone, claim)
    select ${customerId}, ${phone ?? ''}, ${sql.raw(String(isProven ? phoneClaim.proven : phoneClaim.named))}
    where ${phone === undefined ? sql`false` : sql`true`} and exists (select 1 from customers where id = ${customerId})
      and ${phone === undefined ? sql`true` : isFree(phone, customerId, isProven)}
    on conflict (customer_id, phone) do update set claim = ${database.engine.greatest(sql`customer_phones.claim`, sql`excluded.claim`)}`)
