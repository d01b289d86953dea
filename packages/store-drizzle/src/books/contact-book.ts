import { type Consent, type Contact, type ContactBook } from '@llc-phone/store'
import type { E164 } from '@llc-phone/core'
import { and, asc, eq, inArray, isNull, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { withoutNulls } from './without-nulls.ts'
import type { StoreTables } from '../schema/store-tables.ts'

type ConsentRow = StoreTables['consents']['$inferSelect']

const consentOf = ({ number: _number, ...row }: ConsentRow): Consent => withoutNulls(row)

const contactOf = (row: StoreTables['contacts']['$inferSelect'], all: readonly ConsentRow[]): Contact => ({
  ...withoutNulls(row),
  consents: all.map(consentOf),
})

/** The contacts in the database. */
export const openContactBook = (database: Database): ContactBook => {
  const { consents, contacts } = database.tables

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
                > ${database.engine.greatest(
                  sql`consents.given_at - CASE WHEN consents.revoked_at IS NULL THEN 1 ELSE 0 END`,
                  sql`coalesce(consents.revoked_at, 0)`,
                )}`,
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
