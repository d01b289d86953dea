import { randomUUID } from 'node:crypto'
import { runQuery, type Database } from '@llc-phone/store'
import { asc, eq } from 'drizzle-orm'
import { hashPin } from '../db/pin.ts'
import { customerPhones, customers } from '../db/schema.ts'
import { words } from '../names.ts'
import type { CustomerRow, Problem } from './customer-file.ts'

/** Small enough that a gateway on the same file never waits long to write. */
const ROWS_A_BATCH = 100

type Stored = typeof customers.$inferSelect & { readonly phones: readonly string[] }

/** What an import would do. */
export interface ImportPlan {
  readonly added: readonly { readonly id: string; readonly row: CustomerRow }[]
  readonly changed: readonly { readonly id: string; readonly row: CustomerRow }[]
  readonly unchanged: number
  readonly problems: readonly Problem[]
}

/** Every customer, by last name. */
export const readStored = async (database: Database): Promise<Stored[]> => {
  const [people, phones] = await runQuery(
    database.batch([
      database.select().from(customers).orderBy(asc(customers.lastName), asc(customers.firstName), asc(customers.id)),
      database.select().from(customerPhones).orderBy(asc(customerPhones.phone)),
    ]),
  )
  const byCustomer = Map.groupBy(phones, ({ customerId }) => customerId)
  return people.map((person) => ({ ...person, phones: (byCustomer.get(person.id) ?? []).map(({ phone }) => phone) }))
}

const nameKey = (firstName: string, lastName: string): string => words(`${firstName} ${lastName}`).join(' ')

/** The columns of the table that a row of the file says something about. */
const fieldsOf = ({ first_name, last_name, email, date_of_birth, postcode, address }: CustomerRow) => ({
  firstName: first_name,
  lastName: last_name,
  ...(email === undefined ? {} : { email }),
  ...(date_of_birth === undefined ? {} : { dateOfBirth: date_of_birth }),
  ...(postcode === undefined ? {} : { postcode }),
  ...(address === undefined ? {} : { address }),
})

const differs = (stored: Stored, row: CustomerRow): boolean =>
  row.pin !== undefined ||
  Object.entries(fieldsOf(row)).some(([key, value]) => stored[key as keyof Stored] !== value) ||
  row.phones.toSorted().join() !== stored.phones.toSorted().join()

/** Finds the customer of every row: by id, or by name and one telephone, so that the same file twice changes nothing. */
export const planImport = (stored: readonly Stored[], rows: readonly CustomerRow[]): ImportPlan => {
  const byId = new Map(stored.map((one) => [one.id, one]))
  const byName = Map.groupBy(stored, ({ firstName, lastName }) => nameKey(firstName, lastName))
  const added: { id: string; row: CustomerRow }[] = []
  const changed: { id: string; row: CustomerRow }[] = []
  const problems: Problem[] = []
  const taken = new Map<string, number>()
  let unchanged = 0
  for (const row of rows) {
    const namesakes = byName.get(nameKey(row.first_name, row.last_name)) ?? []
    const found = row.id
      ? [byId.get(row.id)].filter((one) => one !== undefined)
      : namesakes.filter(({ phones }) => phones.some((phone) => row.phones.includes(phone)))
    const [match, second] = found
    const before = match && taken.get(match.id)
    if (match) taken.set(match.id, row.line)
    if (second) problems.push({ line: row.line, message: 'fits several customers of the database: give the id of one' })
    else if (before !== undefined)
      problems.push({ line: row.line, message: `is the same customer of the database as line ${before}` })
    else if (!match) added.push({ id: row.id ?? randomUUID(), row })
    else if (differs(match, row)) changed.push({ id: match.id, row })
    else unchanged++
  }
  return { added, changed, unchanged, problems }
}

/** Writes what was planned; safe to run again after an interruption. */
export const runImport = async (database: Database, { added, changed }: ImportPlan): Promise<void> => {
  const all = [...added.map((one) => ({ ...one, isNew: true })), ...changed.map((one) => ({ ...one, isNew: false }))]
  for (let at = 0; at < all.length; at += ROWS_A_BATCH) {
    const part = all.slice(at, at + ROWS_A_BATCH)
    // oxlint-disable-next-line no-await-in-loop -- one batch after the other
    const statements = await Promise.all(part.map((one) => statementsFor(database, one)))
    const [first, ...rest] = statements.flat()
    // oxlint-disable-next-line no-await-in-loop -- one batch after the other
    if (first) await runQuery<unknown>(database.batch([first, ...rest]))
  }
}

const statementsFor = async (
  database: Database,
  { id, row, isNew }: { readonly id: string; readonly row: CustomerRow; readonly isNew: boolean },
) => {
  const fields = { ...fieldsOf(row), ...(row.pin === undefined ? {} : { pinHash: await hashPin(row.pin) }) }
  return [
    isNew
      ? database.insert(customers).values({ ...fields, id, createdAt: new Date() })
      : database.update(customers).set(fields).where(eq(customers.id, id)),
    database.delete(customerPhones).where(eq(customerPhones.customerId, id)),
    database.insert(customerPhones).values(row.phones.map((phone) => ({ customerId: id, phone }))),
  ]
}
