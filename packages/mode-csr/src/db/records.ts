import { randomUUID } from 'node:crypto'
import type { E164 } from '@llc-phone/core'
import { runQuery, type Database } from '@llc-phone/store'
import { and, asc, count, eq, gt, like, or, sql, type SQL } from 'drizzle-orm'
import { isPin } from './pin.ts'
import { customerPhones, customers, failedProofs, notes } from './schema.ts'

/** A person with a record. */
export interface Customer {
  readonly id: string
  readonly firstName: string
  readonly lastName: string
}

/** How a customer can be reached; `null` is not known. */
export interface Contact {
  readonly phones: readonly string[]
  readonly email: string | null
  readonly address: string | null
  readonly postcode: string | null
}

/** What a caller says to prove who they are; all that is given must be right. */
export interface Proof {
  /** `1984-05-17`. */
  readonly dateOfBirth?: string | undefined
  readonly postcode?: string | undefined
  readonly pin?: string | undefined
}

/** What is to be changed in a record; a telephone number is added to those on file. */
export interface ContactChange {
  readonly email?: string | undefined
  readonly address?: string | undefined
  readonly postcode?: string | undefined
  /** With its extension, if any, as `telephoneText` writes it. */
  readonly phone?: string | undefined
}

/** Who the customers are. */
export interface CustomerRecords {
  /**
   * Everybody whose record has this number; `behindIt` also finds those at an extension of it, whom the number alone does
   * not tell from their colleagues.
   */
  findByNumber(number: E164, behindIt?: boolean): Promise<readonly Customer[]>
  contact(customerId: string): Promise<Contact | undefined>
  /** False also when there is no such customer, nothing to compare with, or there were too many failures lately. */
  prove(claim: { readonly customerId: string; readonly callId: string; readonly proof: Proof }): Promise<boolean>
  /**
   * Resolves once the change is durable; false when there is no such customer. `taken`: the telephone number stands in the
   * record of somebody else, so nothing was changed.
   */
  updateContact(customerId: string, change: ContactChange): Promise<boolean | 'taken'>
  /** Resolves once the note is durable. */
  addNote(note: { readonly customerId: string; readonly callId: string; readonly text: string }): Promise<void>
}

/** Three calls' worth a day: a PIN of four digits then takes years to guess. */
const MAX_FAILED_PROOFS = 9
const FAILURES_COUNT_FOR_MS = 24 * 3_600_000

/** Postcodes are said and written with and without spaces and hyphens. */
const bare = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .toUpperCase()

/** Whether nobody else has this number: one that two customers share opens neither record by itself. */
const isFree = (phone: string, customerId: string): SQL =>
  sql`not exists (select 1 from ${customerPhones} where ${customerPhones.phone} = ${phone} and ${customerPhones.customerId} <> ${customerId})`

/** Gives a customer a number, unless it is somebody else's or there is no such customer; `undefined` adds none. */
export const addPhone = (database: Database, customerId: string, phone: string | undefined) =>
  database.run(sql`
    insert or ignore into ${customerPhones} (customer_id, phone)
    select ${customerId}, ${phone ?? null}
    where ${phone ?? null} is not null and exists (select 1 from ${customers} where ${customers.id} = ${customerId})
      and ${phone === undefined ? sql`0` : isFree(phone, customerId)}`)

/** The records in the database. */
export const drizzleRecords = (database: Database): CustomerRecords => ({
  findByNumber: (number, behindIt = false) =>
    runQuery(
      database
        .select({ id: customers.id, firstName: customers.firstName, lastName: customers.lastName })
        .from(customers)
        .innerJoin(customerPhones, eq(customerPhones.customerId, customers.id))
        .where(
          behindIt
            ? or(eq(customerPhones.phone, number), like(customerPhones.phone, `${number} ext. %`))
            : eq(customerPhones.phone, number),
        )
        .orderBy(asc(customers.id)),
    ),

  async contact(customerId) {
    const [found, phones] = await runQuery(
      database.batch([
        database
          .select({ email: customers.email, address: customers.address, postcode: customers.postcode })
          .from(customers)
          .where(eq(customers.id, customerId)),
        database
          .select({ phone: customerPhones.phone })
          .from(customerPhones)
          .where(eq(customerPhones.customerId, customerId))
          .orderBy(asc(customerPhones.phone)),
      ]),
    )
    return found[0] && { ...found[0], phones: phones.map(({ phone }) => phone) }
  },

  async prove({ customerId, callId, proof: { dateOfBirth, postcode, pin } }) {
    const id = randomUUID()
    const now = Date.now()
    // Counted as failed before anything is compared: tries that run at the same time cannot outrun the limit.
    const [, [secrets], [failures]] = await runQuery(
      database.batch([
        database.insert(failedProofs).select(
          database
            .select({
              id: sql`${id}`.as('id'),
              customerId: customers.id,
              callId: sql`${callId}`.as('call_id'),
              at: sql`${now}`.as('at'),
            })
            .from(customers)
            .where(eq(customers.id, customerId)),
        ),
        database
          .select({ dateOfBirth: customers.dateOfBirth, postcode: customers.postcode, pinHash: customers.pinHash })
          .from(customers)
          .where(eq(customers.id, customerId)),
        database
          .select({ count: count() })
          .from(failedProofs)
          .where(
            and(eq(failedProofs.customerId, customerId), gt(failedProofs.at, new Date(now - FAILURES_COUNT_FOR_MS))),
          ),
      ]),
    )
    const right = [
      ...(dateOfBirth === undefined ? [] : [secrets?.dateOfBirth === dateOfBirth]),
      ...(postcode === undefined ? [] : [!!bare(postcode) && bare(secrets?.postcode ?? '') === bare(postcode)]),
      ...(pin === undefined ? [] : [await isPin(pin, secrets?.pinHash ?? null)]),
    ]
    const proven = right.length > 0 && right.every(Boolean) && (failures?.count ?? 0) <= MAX_FAILED_PROOFS
    if (proven) await runQuery(database.delete(failedProofs).where(eq(failedProofs.id, id)))
    return proven
  },

  async updateContact(customerId, { phone, ...change }) {
    const fields = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const [changed, , known] = await runQuery(
      database.batch([
        // Setting the id to itself keeps it one statement when only a number is added.
        database
          .update(customers)
          .set({ ...fields, id: customerId })
          .where(and(eq(customers.id, customerId), phone === undefined ? undefined : isFree(phone, customerId)))
          .returning({ id: customers.id }),
        addPhone(database, customerId, phone),
        database.select({ id: customers.id }).from(customers).where(eq(customers.id, customerId)),
      ]),
    )
    if (changed.length > 0) return true
    return known.length > 0 && 'taken'
  },

  async addNote(note) {
    await runQuery(database.insert(notes).values({ ...note, id: randomUUID(), createdAt: new Date() }))
  },
})
