import { randomUUID } from 'node:crypto'
import { runQuery } from '@llc-phone/store-drizzle'
import { and, count, eq, gt, sql, type SQL } from 'drizzle-orm'
import { isSamePostcode } from '../read-proof.ts'
import { isPin } from './pin.ts'
import { isProvenByAnother } from './phones.ts'
import type { CustomerRecords } from './records.ts'
import { aloneWithCustomers, phoneClaim, type CustomerDatabase } from './schema.ts'

const FAILURES_COUNT_FOR_MS = 24 * 3_600_000

/**
 * Failures within a day, for one customer, from a telephone of theirs. Attempts from other telephones are not counted here,
 * so that guessing elsewhere does not lock the owner out on their own telephone.
 */
const MAX_FROM_OWN_TELEPHONE = 9
/** For one customer, from one other telephone; all withheld numbers count as one. */
const MAX_FROM_ONE_STRANGER = 6
/** For one customer, from all other telephones together, against a forged number for each try. */
const MAX_FROM_STRANGERS = 12
/** From one telephone, for all customers it does not belong to, against one PIN tried on every customer. */
const MAX_OF_ONE_STRANGER = 24

/** The proofs of identity in the database. */
export const drizzleProofs = (database: CustomerDatabase): Pick<CustomerRecords, 'prove'> => {
  const { customerPhones, customers, failedProofs } = database.tables
  /** Whether a failed proof came from a telephone that stands in the record it was about. */
  const isFromOwner = sql`exists (select 1 from ${customerPhones}
    where ${customerPhones.customerId} = ${failedProofs.customerId} and ${customerPhones.phone} = ${failedProofs.caller})`
  const countFailures = (which: SQL, now: number) =>
    database
      .select({ count: count() })
      .from(failedProofs)
      .where(and(which, gt(failedProofs.at, new Date(now - FAILURES_COUNT_FOR_MS))))

  return {
    async prove({ customerId, callId, caller = null, proof: { dateOfBirth, postcode, pin } }) {
      const id = randomUUID()
      const now = Date.now()
      const isTheirs = eq(failedProofs.customerId, customerId)
      const isFromHere = sql`${failedProofs.caller} is not distinct from ${caller}`
      // Counted as failed before the comparison, so that simultaneous tries cannot exceed the limit.
      const [, [secrets], [own], [fromHere], [fromStrangers], [elsewhere]] = await runQuery(
        aloneWithCustomers(database).batch([
          database.insert(failedProofs).select(
            database
              .select({
                id: sql`${id}`.as('id'),
                customerId: customers.id,
                callId: sql`${callId}`.as('call_id'),
                at: sql`${now}`.as('at'),
                caller: sql`${caller}`.as('caller'),
              })
              .from(customers)
              .where(eq(customers.id, customerId)),
          ),
          database
            .select({ dateOfBirth: customers.dateOfBirth, postcode: customers.postcode, pinHash: customers.pinHash })
            .from(customers)
            .where(eq(customers.id, customerId)),
          database
            .select({ phone: customerPhones.phone })
            .from(customerPhones)
            .where(and(eq(customerPhones.customerId, customerId), sql`${customerPhones.phone} = ${caller}`)),
          countFailures(and(isTheirs, isFromHere)!, now),
          countFailures(and(isTheirs, sql`not ${isFromOwner}`)!, now),
          countFailures(sql`${failedProofs.caller} = ${caller} and not ${isFromOwner}`, now),
        ]),
      )
      const mayTry = own
        ? fromHere!.count <= MAX_FROM_OWN_TELEPHONE
        : fromHere!.count <= MAX_FROM_ONE_STRANGER &&
          fromStrangers!.count <= MAX_FROM_STRANGERS &&
          elsewhere!.count <= MAX_OF_ONE_STRANGER
      const right = [
        ...(dateOfBirth === undefined ? [] : [secrets?.dateOfBirth === dateOfBirth]),
        ...(postcode === undefined ? [] : [isSamePostcode(secrets?.postcode ?? '', postcode)]),
        ...(pin === undefined ? [] : [await isPin(pin, secrets?.pinHash ?? null)]),
      ]
      const proven = mayTry && right.length > 0 && right.every(Boolean)
      const forget = database.delete(failedProofs).where(eq(failedProofs.id, id))
      if (proven)
        await runQuery(
          aloneWithCustomers(database).batch([
            forget,
            // A successful proof also proves the number that the call comes from.
            database
              .update(customerPhones)
              .set({ claim: phoneClaim.proven })
              .where(
                and(
                  eq(customerPhones.customerId, customerId),
                  sql`${customerPhones.phone} = ${caller}`,
                  sql`not ${isProvenByAnother(caller, customerId)}`,
                ),
              ),
          ]),
        )
      // A try that was not compared does not count.
      else if (!mayTry) await runQuery(forget)
      return proven
    },
  }
}
