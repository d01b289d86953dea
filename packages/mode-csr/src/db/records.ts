import { randomUUID } from 'node:crypto'
import type { E164, PersonName } from '@llc-phone/core'
import { runQuery, type Database } from '@llc-phone/store'
import { and, asc, eq, sql, type SQL } from 'drizzle-orm'
import { drizzleProofs } from './proofs.ts'
import { customerPhones, customers, notes } from './schema.ts'

/** A person with a record; somebody with one name has an empty last name. */
export interface Customer extends PersonName {
  readonly id: string
  /** They have named the number that was asked for, and somebody else has proven that it is theirs: it opens nothing. */
  readonly contactOnly?: true
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
  readonly phone?: E164 | undefined
  /** They have proven who they are on a call from `phone`. */
  readonly phoneIsProven?: boolean | undefined
}

/** Who the customers are. */
export interface CustomerRecords {
  /** Everybody whose record has this number. */
  findByNumber(number: E164): Promise<readonly Customer[]>
  contact(customerId: string): Promise<Contact | undefined>
  /** False also when there is no such customer, nothing to compare with, or there were too many failures lately. */
  prove(claim: {
    readonly customerId: string
    readonly callId: string
    /** The number the call comes from; absent when it is withheld. */
    readonly caller?: E164 | undefined
    readonly proof: Proof
  }): Promise<boolean>
  /**
   * Resolves once the change is durable; false when there is no such customer. `taken`: the telephone number is somebody
   * else's, so nothing was changed.
   */
  updateContact(customerId: string, change: ContactChange): Promise<boolean | 'taken'>
  /** Resolves once the note is durable. */
  addNote(note: { readonly customerId: string; readonly callId: string; readonly text: string }): Promise<void>
}

/** Whether somebody else has shown that this number is theirs. */
export const isProvenByAnother = (phone: E164 | null, customerId: string): SQL =>
  sql`exists (select 1 from ${customerPhones} as other
    where other.phone = ${phone} and other.customer_id <> ${customerId} and other.proven)`

/**
 * Whether this number may be added to a record. It takes nobody's recognition away: nobody else may have it, except that
 * a number somebody has only named belongs to the one who proves it.
 */
const isFree = (phone: E164, customerId: string, isProven: boolean): SQL =>
  isProven
    ? sql`not ${isProvenByAnother(phone, customerId)}`
    : sql`not exists (select 1 from ${customerPhones} as other
        where other.phone = ${phone} and other.customer_id <> ${customerId})`

/** Gives a customer a number, unless it is somebody else's or there is no such customer; `undefined` adds none. */
export const addPhone = (database: Database, customerId: string, phone: E164 | undefined, isProven = false) =>
  database.run(sql`
    insert into ${customerPhones} (customer_id, phone, proven)
    select ${customerId}, ${phone ?? null}, ${Number(isProven)}
    where ${phone ?? null} is not null and exists (select 1 from ${customers} where ${customers.id} = ${customerId})
      and ${phone === undefined ? sql`0` : isFree(phone, customerId, isProven)}
    on conflict (customer_id, phone) do update set proven = max(proven, excluded.proven)`)

/** The records in the database. */
export const drizzleRecords = (database: Database): CustomerRecords => ({
  ...drizzleProofs(database),

  async findByNumber(number) {
    const found = await runQuery(
      database
        .select({
          id: customers.id,
          firstName: customers.firstName,
          lastName: customers.lastName,
          proven: customerPhones.proven,
        })
        .from(customers)
        .innerJoin(customerPhones, eq(customerPhones.customerId, customers.id))
        .where(eq(customerPhones.phone, number))
        .orderBy(asc(customers.id)),
    )
    const isProven = found.some(({ proven }) => proven)
    return found.map(({ proven, ...customer }) => ({
      ...customer,
      ...(isProven && !proven ? { contactOnly: true as const } : {}),
    }))
  },

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

  async updateContact(customerId, { phone, phoneIsProven = false, ...change }) {
    const fields = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined))
    const [changed, , known] = await runQuery(
      database.batch([
        // Setting the id to itself keeps it one statement when only a number is added.
        database
          .update(customers)
          .set({ ...fields, id: customerId })
          .where(
            and(
              eq(customers.id, customerId),
              phone === undefined ? undefined : isFree(phone, customerId, phoneIsProven),
            ),
          )
          .returning({ id: customers.id }),
        addPhone(database, customerId, phone, phoneIsProven),
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
