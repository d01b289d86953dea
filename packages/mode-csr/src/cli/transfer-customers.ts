import { setImmediate as letOthersRun } from 'node:timers/promises'
import { randomUUID } from 'node:crypto'
import { findByName, fullName } from '@llc-phone/core'
import { runQuery } from '@llc-phone/store-drizzle'
import { asc, eq, gt, sql } from 'drizzle-orm'
import { hashPin } from '../db/pin.ts'
import { aloneWithCustomers, phoneClaim, type CustomerDatabase, type CustomerTables } from '../db/schema.ts'
import type { CustomerRow, Problem } from './customer-file.ts'

/** Batch size: small, so that a gateway on the same file never waits long to write. */
const ROWS_A_BATCH = 100

/** A number as it stands in a record. */
type Phone = Pick<CustomerTables['customerPhones']['$inferSelect'], 'phone' | 'claim'>

type Stored = CustomerTables['customers']['$inferSelect'] & { readonly phones: readonly Phone[] }

/** One customer after the import; without `phones` their numbers stay unchanged. */
interface Planned {
  readonly id: string
  readonly row: CustomerRow
  readonly fields: ReturnType<typeof fieldsOf>
  readonly phones?: readonly Phone[]
}

/** What an import would do. */
export interface ImportPlan {
  readonly added: readonly Planned[]
  readonly changed: readonly Planned[]
  readonly unchanged: number
  readonly problems: readonly Problem[]
  /** Numbers new in a record that already recognise somebody else. */
  readonly keptForContact: readonly { readonly line: number; readonly phone: string }[]
}

/** Customers read at once: rows are made on the thread that carries audio. */
const READ_AT_ONCE = 200

/** Every customer, by id, some at a time. */
export async function* storedPages(database: CustomerDatabase): AsyncGenerator<Stored[]> {
  const { customerPhones, customers } = database.tables
  for (let after = ''; ;) {
    const chosen = database
      .select()
      .from(customers)
      .where(gt(customers.id, after))
      .orderBy(asc(customers.id))
      .limit(READ_AT_ONCE)
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const people = await runQuery(chosen)
    const ids = people.map(({ id }) => id)
    // oxlint-disable-next-line no-await-in-loop -- as above
    const phones = await runQuery(
      database
        .select()
        .from(customerPhones)
        .where(sql`${customerPhones.customerId} IN ${database.engine.among(ids)}`)
        .orderBy(asc(customerPhones.phone)),
    )
    const byCustomer = Map.groupBy(phones, ({ customerId }) => customerId)
    yield people.map((person) => ({ ...person, phones: byCustomer.get(person.id) ?? [] }))
    const last = people.at(-1)
    if (people.length < READ_AT_ONCE || !last) return
    after = last.id
  }
}

/** Every customer, by id. */
export const readStored = async (database: CustomerDatabase): Promise<Stored[]> => {
  const all: Stored[] = []
  for await (const page of storedPages(database)) all.push(...page)
  return all
}

/** The one name of somebody who has no other is their first name, in whichever column it stands. */
const namesOf = ({ first_name: firstName, last_name: lastName }: CustomerRow, stored?: Stored) => {
  if (firstName === '' && !stored?.lastName) return { firstName: lastName }
  return { ...(firstName === '' ? {} : { firstName }), ...(lastName === '' ? {} : { lastName }) }
}

/** The columns of the table that a row of the file sets. */
const fieldsOf = (row: CustomerRow, stored?: Stored) => {
  const { email, date_of_birth, postcode, address } = row
  return {
    ...namesOf(row, stored),
    ...(email === undefined ? {} : { email }),
    ...(date_of_birth === undefined ? {} : { dateOfBirth: date_of_birth }),
    ...(postcode === undefined ? {} : { postcode }),
    ...(address === undefined ? {} : { address }),
  }
}

const listed = (phones: readonly Phone[]): string =>
  phones
    .map(({ phone, claim }) => `${phone} ${claim}`)
    .toSorted()
    .join()

const differs = (stored: Stored, { row, phones, fields }: Planned): boolean =>
  row.pin !== undefined ||
  Object.entries(fields).some(([key, value]) => stored[key as keyof Stored] !== value) ||
  (phones !== undefined && listed(phones) !== listed(stored.phones))

/** Finds the customer of every row: by id, or by name and one telephone. */
const matchRows = async (stored: readonly Stored[], rows: readonly CustomerRow[]) => {
  const byId = new Map(stored.map((one) => [one.id, one]))
  const byPhone = Map.groupBy(
    stored.flatMap((one) => one.phones.map(({ phone }) => ({ phone, one }))),
    ({ phone }) => phone,
  )
  const match = (row: CustomerRow) => {
    const { id, first_name: firstName, last_name: lastName, phones } = row
    if (id !== undefined) return { row, found: [byId.get(id)].filter((one) => one !== undefined) }
    const sharing = phones.flatMap((phone) => (byPhone.get(phone) ?? []).map(({ one }) => one))
    return { row, found: findByName(fullName({ firstName, lastName }), [...new Set(sharing)]) }
  }
  const matched: ReturnType<typeof match>[] = []
  for (const [index, row] of rows.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
    if (index % ROWS_A_BATCH === 0) await letOthersRun()
    matched.push(match(row))
  }
  return matched
}

/**
 * Plans which customers a file adds and changes; importing the same file twice changes nothing. A number that already
 * recognises another customer goes on to recognise them: in the new record it is only a contact number, unless the import
 * `shares` it.
 */
export const planImport = async (
  stored: readonly Stored[],
  rows: readonly CustomerRow[],
  { shares = false }: { readonly shares?: boolean } = {},
): Promise<ImportPlan> => {
  const matched = await matchRows(stored, rows)
  const rowOf = new Map(matched.flatMap(({ row, found: [match] }) => (match ? [[match.id, row]] : [])))
  const owners = Map.groupBy(
    stored.flatMap(({ id, phones }) => phones.map((one) => ({ ...one, id }))),
    ({ phone }) => phone,
  )
  /** The best claim somebody else has to a number, and keeps: their own row may take it from them. */
  const claimOfOthers = (phone: string, customerId: string | undefined): number => {
    const others = (owners.get(phone) ?? []).filter(({ id }) => {
      const theirs = rowOf.get(id)?.phones ?? []
      return id !== customerId && (theirs.length === 0 || theirs.includes(phone))
    })
    return Math.max(phoneClaim.contact, ...others.map(({ claim }) => claim))
  }
  const added: Planned[] = []
  const changed: Planned[] = []
  const problems: Problem[] = []
  const keptForContact: { line: number; phone: string }[] = []
  const taken = new Map<string, number>()
  let unchanged = 0
  for (const [index, { row, found }] of matched.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
    if (index % ROWS_A_BATCH === 0) await letOthersRun()
    const { line } = row
    const [match, second] = found
    const before = match && taken.get(match.id)
    if (match) taken.set(match.id, line)
    if (second) problems.push({ line, message: 'fits several customers of the database: give the id of one' })
    else if (before !== undefined)
      problems.push({ line, message: `is the same customer of the database as line ${before}` })
    if (second || before !== undefined) continue
    const phones = row.phones.map((phone) => {
      const known = match?.phones.find((one) => one.phone === phone)?.claim
      const others = claimOfOthers(phone, match?.id)
      const isFree = others === phoneClaim.contact
      if (shares && !isFree) return { phone, claim: Math.max(others, known ?? others) }
      if (known === undefined && !isFree) keptForContact.push({ line, phone })
      return { phone, claim: known ?? (isFree ? phoneClaim.proven : phoneClaim.contact) }
    })
    const planned = {
      id: match?.id ?? row.id ?? randomUUID(),
      row,
      fields: fieldsOf(row, match),
      // An empty cell leaves what is known.
      ...(phones.length === 0 ? {} : { phones }),
    }
    if (!match) added.push(planned)
    else if (differs(match, planned)) changed.push(planned)
    else unchanged++
  }
  return { added, changed, unchanged, problems, keptForContact }
}

/** The summary of an import for the operator. */
export const describeImport = (
  file: string,
  { added, changed, unchanged, keptForContact }: ImportPlan,
  isDry: boolean,
): string => {
  const counts = `${added.length} new, ${changed.length} changed, ${unchanged} as before.`
  const kept = keptForContact.map(
    ({ line, phone }) =>
      `${file}:${line}: ${phone} is the number of another customer. It is kept for contact, and still recognises only them; with --share it is the number of both.`,
  )
  return [isDry ? `${counts} Dry run: nothing was imported.` : counts, ...kept].join('\n')
}

/** Writes what was planned; safe to run again after an interruption. */
export const runImport = async (
  database: CustomerDatabase,
  { added, changed }: Pick<ImportPlan, 'added' | 'changed'>,
): Promise<void> => {
  const all = [...added.map((one) => ({ ...one, isNew: true })), ...changed.map((one) => ({ ...one, isNew: false }))]
  for (let at = 0; at < all.length; at += ROWS_A_BATCH) {
    const part = all.slice(at, at + ROWS_A_BATCH)
    // oxlint-disable-next-line no-await-in-loop -- one batch after the other
    const statements = await Promise.all(part.map((one) => statementsFor(database, one)))
    const [first, ...rest] = statements.flat()
    // oxlint-disable-next-line no-await-in-loop -- one batch after the other
    if (first) await runQuery<unknown>(aloneWithCustomers(database).batch([first, ...rest]))
  }
}

const statementsFor = async (
  database: CustomerDatabase,
  { id, row, phones, fields: said, isNew }: Planned & { readonly isNew: boolean },
) => {
  const { customerPhones, customers } = database.tables
  const fields = { ...said, ...(row.pin === undefined ? {} : { pinHash: await hashPin(row.pin) }) }
  return [
    isNew
      ? database.insert(customers).values({ firstName: '', lastName: '', ...fields, id, createdAt: new Date() })
      : database.update(customers).set(fields).where(eq(customers.id, id)),
    ...(phones
      ? [
          database.delete(customerPhones).where(eq(customerPhones.customerId, id)),
          database.insert(customerPhones).values(phones.map((one) => ({ customerId: id, ...one }))),
        ]
      : []),
  ]
}
