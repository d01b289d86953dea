import { randomUUID } from 'node:crypto'
import type { E164, PersonName } from '@llc-phone/core'
import { runQuery } from '@llc-phone/store-drizzle'
import { and, asc, eq, like, or } from 'drizzle-orm'
import { addPhone, isFree } from './phones.ts'
import { aloneWithCustomers, type CustomerDatabase } from './schema.ts'

/** A person with a record; somebody with one name has an empty last name. */
export interface Customer extends PersonName {
  readonly id: string
  /** Somebody else has the better claim to the number: it does not open this record. */
  readonly contactOnly?: true
}

/** How a customer can be reached; `null` is not known. */
export interface Contact {
  readonly phones: readonly string[]
  readonly email: string | null
  readonly address: string | null
  readonly postcode: string | null
}

/** Answers of a caller who proves their identity; all given ones must be right. */
export interface Proof {
  /** `1984-05-17`. */
  readonly dateOfBirth?: string | undefined
  readonly postcode?: string | undefined
  readonly pin?: string | undefined
}

/** Changes of a record; a telephone number is added to those on file. */
export interface ContactChange {
  readonly email?: string | undefined
  readonly address?: string | undefined
  readonly postcode?: string | undefined
  /** With its extension, if any, as `telephoneText` writes it. */
  readonly phone?: string | undefined
  /** They have proven who they are on a call from `phone`. */
  readonly phoneIsProven?: boolean | undefined
}

/** Reads and changes the records of customers. */
export interface CustomerRecords {
  /**
   * Every customer with this number; `behindIt` also finds those at an extension of it, whom the number alone does not
   * distinguish from their colleagues.
   */
  findByNumber(number: E164, behindIt?: boolean): Promise<readonly Customer[]>
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

/** The records in the database, without what proves whose they are. */
export const drizzleRecords = (database: CustomerDatabase): Omit<CustomerRecords, 'prove'> => {
  const { customerPhones, customers, notes } = database.tables
  return {
    async findByNumber(number, behindIt = false) {
      const found = await runQuery(
        database
          .select({
            id: customers.id,
            firstName: customers.firstName,
            lastName: customers.lastName,
            claim: customerPhones.claim,
          })
          .from(customers)
          .innerJoin(customerPhones, eq(customerPhones.customerId, customers.id))
          .where(
            behindIt
              ? or(eq(customerPhones.phone, number), like(customerPhones.phone, `${number} ext. %`))
              : eq(customerPhones.phone, number),
          )
          .orderBy(asc(customers.id)),
      )
      const best = Math.max(...found.map(({ claim }) => claim))
      return found.map(({ claim, ...customer }) => ({
        ...customer,
        ...(claim < best ? { contactOnly: true as const } : {}),
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
        aloneWithCustomers(database).batch([
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
  }
}
