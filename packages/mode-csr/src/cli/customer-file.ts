import { setImmediate as letOthersRun } from 'node:timers/promises'
import { fullName, isSameName, notE164, readTelephone, splitName, telephoneText } from '@llc-phone/core'
import { columnKey, csvRecords, CsvProblem, shieldCell, unshieldCell, type CsvRecord } from '@llc-phone/files'
import { stringify } from 'csv-stringify/sync'
import * as z from 'zod'
import { readDateOfBirth } from '../read-proof.ts'

/** The columns of a customer file, in the order they are exported. */
export const columns = [
  'id',
  'first_name',
  'last_name',
  'phones',
  'email',
  'date_of_birth',
  'postcode',
  'address',
  'pin',
] as const

type Column = (typeof columns)[number]

const required = ['first_name', 'last_name', 'phones'] as const satisfies readonly Column[]

/** One customer of a file. An empty cell is undefined: it leaves what is known as it is. */
export interface CustomerRow {
  /** Line in the file; of a record of several lines, the last. */
  readonly line: number
  readonly id?: string | undefined
  /** One of the two is empty for somebody with one name. */
  readonly first_name: string
  readonly last_name: string
  readonly phones: readonly string[]
  readonly email?: string | undefined
  readonly date_of_birth?: string | undefined
  readonly postcode?: string | undefined
  readonly address?: string | undefined
  readonly pin?: string | undefined
}

/** A mistake in a file, with its line. */
export interface Problem {
  readonly line: number
  readonly message: string
}

/** As many as anybody has; each is compared with those of other lines. */
const MOST_PHONES = 10
const MOST_PHONE_CHARACTERS = 64
/** Lines with the same telephone: each is compared with all before it, on the thread that carries audio. */
const MOST_SHARING = 50

const name = z.string().max(80, 'is too long').default('')

const phonesOf = (ours: readonly string[]) =>
  z
    .string()
    .default('')
    .transform((text, context): string[] => {
      // The first ";" of "+14155550142;ext=22" is not one between two numbers.
      const parts = text.split(/;(?!\s*ext=)/i, 500).filter((part) => part.trim() !== '')
      if (parts.length > MOST_PHONES) {
        context.addIssue({ code: 'custom', message: `has more than ${MOST_PHONES}` })
        return []
      }
      const phones = parts.flatMap((whole) => {
        const part = whole.slice(0, MOST_PHONE_CHARACTERS)
        const telephone = part === whole ? readTelephone(part) : undefined
        if (!telephone) context.addIssue({ code: 'custom', message: `"${part.trim()}" ${notE164(part, ours)}` })
        return telephone ? telephoneText(telephone) : []
      })
      return [...new Set(phones)]
    })

const dateOfBirth = z.string().transform((text, context) => {
  const date = readDateOfBirth(text, new Date())
  if (date === undefined) context.addIssue({ code: 'custom', message: 'is not a date in the past, like 1984-05-17' })
  return date
})

const rowSchemaOf = (ours: readonly string[]) =>
  z.object({
    id: z
      .string()
      .regex(/^[\w-]{1,64}$/, 'may hold letters, digits, - and _ only')
      .optional(),
    first_name: name,
    last_name: name,
    phones: phonesOf(ours),
    email: z.email('is not an e-mail address').max(120).optional(),
    date_of_birth: dateOfBirth.optional(),
    postcode: z.string().min(3, 'is too short').max(12, 'is too long').optional(),
    address: z.string().max(200, 'is too long').optional(),
    pin: z
      .string()
      .regex(/^\d{4,8}$/, 'must be 4 to 8 digits')
      .optional(),
  })

/** Rows checked in one go: some milliseconds. */
const ROWS_AT_ONCE = 50

const readHeader = (header: readonly string[]): { at: Partial<Record<Column, number>>; problems: Problem[] } => {
  const names = header.map((one) => columns.find((each) => columnKey(each) === columnKey(one)) ?? one.toLowerCase())
  const unknown = names.filter((one) => !(columns as readonly string[]).includes(one))
  const twice = names.filter((one, index) => names.indexOf(one) !== index)
  const missing = required.filter((one) => !names.includes(one))
  const problems = [
    ...unknown.map((one) => `there is no column "${one}"; the columns are ${columns.join(', ')}`),
    ...twice.map((one) => `the column "${one}" is there twice`),
    ...missing.map((one) => `the column "${one}" is missing`),
  ].map((message) => ({ line: 1, message }))
  return { at: Object.fromEntries(names.map((one, index) => [one, index])), problems }
}

type Cells = Readonly<Partial<Record<Column, string>>>

/** Required cells of a row. An existing customer keeps numbers that the row leaves out. */
const missingIn = ({ id, first_name, last_name, phones: own }: Cells): string[] => [
  ...(first_name || last_name ? [] : ['first_name: is missing']),
  ...(own || id ? [] : ['phones: is missing']),
]

/** A whole name in one cell, "KELLER, Anna"; in the row of somebody who is there already the other cell was left out. */
const wholeName = ({
  id,
  first_name: first,
  last_name: last,
}: Pick<CustomerRow, 'id' | 'first_name' | 'last_name'>) => {
  const split = id === undefined && (first === '' || last === '') ? splitName(first || last) : undefined
  return split ? { first_name: split.firstName, last_name: split.lastName } : {}
}

const nameOf = ({ first_name, last_name }: CustomerRow): string =>
  fullName({ firstName: first_name, lastName: last_name })

const isSameRow = (one: CustomerRow, other: CustomerRow): boolean => {
  if (one.id !== undefined || other.id !== undefined) return one.id === other.id
  return one.phones.some((phone) => other.phones.includes(phone)) && isSameName(nameOf(one), nameOf(other))
}

/**
 * Reads a customer file, and finds every mistake with its line. `ours` are our own numbers: a number without a country code
 * is read in one of their countries. Reads some lines at a time, so that calls go on.
 */
export const readCustomerFile = async (
  text: string,
  ours: readonly string[] = [],
): Promise<{ rows: CustomerRow[]; problems: Problem[] }> => {
  const rowSchema = rowSchemaOf(ours)
  const records: CsvRecord[] = []
  try {
    for await (const record of csvRecords(text)) records.push(record)
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error
    return { rows: [], problems: [{ line: error.line, message: error.message }] }
  }
  const [header, ...body] = records
  if (!header) return { rows: [], problems: [{ line: 1, message: 'the file is empty' }] }
  const { at, problems } = readHeader(header.cells)
  if (problems.length > 0) return { rows: [], problems }

  const rows: CustomerRow[] = []
  /** By id, or else by telephone. */
  const byKey = new Map<string, CustomerRow[]>()
  for (const [index, { cells: record, line }] of body.entries()) {
    // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
    if (index % ROWS_AT_ONCE === 0) await letOthersRun()
    if (record.length !== header.cells.length) {
      problems.push({ line, message: `has ${record.length} cells where the header has ${header.cells.length}` })
      continue
    }
    const cells: Cells = Object.fromEntries(
      columns.map((column) => [column, unshieldCell(record[at[column] ?? -1] ?? '') || undefined]),
    )
    const missing = missingIn(cells)
    const parsed = rowSchema.safeParse(cells)
    const wrong = parsed.error?.issues.map(({ path, message }) => `${String(path[0])}: ${message}`) ?? []
    for (const message of [...missing, ...wrong]) problems.push({ line, message })
    if (!parsed.success || missing.length > 0) continue
    const row: CustomerRow = { line, ...parsed.data, ...wholeName(parsed.data) }
    const keys = row.id === undefined ? row.phones : [row.id]
    const full = keys.find((key) => (byKey.get(key)?.length ?? 0) >= MOST_SHARING)
    if (full !== undefined) {
      problems.push({ line, message: `has ${full}, as ${MOST_SHARING} lines before it: so many do not share one` })
      continue
    }
    const before = keys.flatMap((key) => byKey.get(key) ?? []).find((other) => isSameRow(other, row))
    if (before) problems.push({ line, message: `is the same customer as line ${before.line}` })
    for (const key of keys) byKey.set(key, [...(byKey.get(key) ?? []), row])
    rows.push(row)
  }
  return { rows, problems: problems.toSorted((a, b) => a.line - b.line) }
}

/** Writes a customer file that {@link readCustomerFile} reads. PINs are not in it: only their hashes are known. */
export const writeCustomerFile = (
  rows: readonly (Omit<CustomerRow, 'line' | 'phones'> & { readonly phones: readonly string[] })[],
  header = true,
): string =>
  stringify(
    rows.map((row) =>
      columns.map((column) => shieldCell(column === 'phones' ? row.phones.join(';') : (row[column] ?? ''))),
    ),
    { header, columns: [...columns] },
  )
