import type { ConsentPurpose, E164 } from '@llc-phone/core'
import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { consents, contacts } from '../schema/outbound-tables.ts'
import { withoutNulls } from './without-nulls.ts'

/** What somebody has agreed to be called for. */
export interface Consent {
  readonly purpose: ConsentPurpose
  /** Where it is documented, such as a form and its date. */
  readonly source: string
  readonly givenAt: Date
  readonly expiresAt?: Date
  readonly revokedAt?: Date
}

/** Somebody we may want to call. */
export interface Contact {
  readonly number: E164
  /** IANA name. */
  readonly timeZone?: string
  /** Expired and revoked ones too; a purpose has one at most. */
  readonly consents: readonly Consent[]
}

/** What is known of people we call. */
export interface ContactBook {
  find(number: string): Promise<Contact | undefined>
  /** `null` deletes the field. */
  setTimeZone(number: E164, timeZone: string | null): Promise<void>
  /** Replaces an earlier consent; one that is older than the present consent or its revocation changes nothing. */
  giveConsent(number: E164, consent: Omit<Consent, 'revokedAt'>): Promise<void>
  /** All of them, or that for one purpose. */
  revokeConsent(number: string, purpose?: ConsentPurpose): Promise<void>
  /** Deletes the contact and its consents. Resolves to whether there was one. */
  remove(number: string): Promise<boolean>
  /** By number, beginning behind the number `after` or with the one that `skip` others are before; 100 unless told otherwise. */
  list(options?: {
    readonly limit?: number
    readonly after?: string
    readonly skip?: number
  }): Promise<readonly Contact[]>
}

type ConsentRow = typeof consents.$inferSelect

const consentOf = ({ number: _number, ...row }: ConsentRow): Consent => withoutNulls(row)

const contactOf = (row: typeof contacts.$inferSelect, all: readonly ConsentRow[]): Contact => ({
  ...withoutNulls(row),
  consents: all.map(consentOf),
})

/** The contacts in the database. */
export const openContactBook = (database: Database): ContactBook => {
  const read = async (which: SQL, limit: number, skip = 0): Promise<Contact[]> => {
    const chosen = database.select().from(contacts).where(which).orderBy(asc(contacts.number)).limit(limit).offset(skip)
    const numbers = database
      .select({ number: contacts.number })
      .from(contacts)
      .where(which)
      .orderBy(asc(contacts.number))
      .limit(limit)
      .offset(skip)
    const [rows, given] = await runQuery(
      database.batch([
        chosen,
        database
          .select()
          .from(consents)
          .where(inArray(consents.number, numbers))
          .orderBy(asc(consents.number), asc(consents.purpose)),
      ]),
    )
    const byNumber = Map.groupBy(given, ({ number }) => number)
    return rows.map((row) => contactOf(row, byNumber.get(row.number) ?? []))
  }

  return {
    async find(number) {
      const [contact] = await read(sql`${contacts.number} = ${number}`, 1)
      return contact
    },
    async setTimeZone(number, timeZone) {
      await runQuery(
        timeZone === null
          ? database.update(contacts).set({ timeZone }).where(eq(contacts.number, number))
          : database
              .insert(contacts)
              .values({ number, timeZone })
              .onConflictDoUpdate({ target: contacts.number, set: { timeZone } }),
      )
    },
    async giveConsent(number, { purpose, source, givenAt, expiresAt }) {
      const given = { source, givenAt, expiresAt: expiresAt ?? null, revokedAt: null }
      await runQuery(
        database.batch([
          database.insert(contacts).values({ number }).onConflictDoNothing(),
          database
            .insert(consents)
            .values({ number, purpose, ...given })
            .onConflictDoUpdate({
              target: [consents.number, consents.purpose],
              set: given,
              // Importing an old list again must not undo a later revocation.
              setWhere: sql`excluded.given_at
                > max(consents.given_at - (consents.revoked_at IS NULL), coalesce(consents.revoked_at, 0))`,
            }),
        ]),
      )
    },
    async revokeConsent(number, purpose) {
      await runQuery(
        database
          .update(consents)
          .set({ revokedAt: new Date() })
          .where(
            and(
              eq(consents.number, number as E164),
              isNull(consents.revokedAt),
              purpose === undefined ? undefined : eq(consents.purpose, purpose),
            ),
          ),
      )
    },
    async remove(number) {
      const removed = await runQuery(
        database
          .delete(contacts)
          .where(eq(contacts.number, number as E164))
          .returning({ number: contacts.number }),
      )
      return removed.length > 0
    },
    list: ({ limit = 100, after = '', skip = 0 } = {}) => read(sql`${contacts.number} > ${after}`, limit, skip),
  }
}
