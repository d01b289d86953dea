import { notE164, tryE164, type E164 } from '@llc-phone/core'
import { columnKey, csvOf, CsvProblem, type CsvRecord } from '@llc-phone/files'
import { stringify } from 'csv-stringify/sync'
import { DateTime } from 'luxon'
import * as z from 'zod'

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
  /** Of the file; where a record spans several lines, its last. */
  readonly line: number
  readonly id?: string | undefined
  readonly first_name: string
  readonly last_name: string
  readonly phones: readonly E164[]
  readonly email?: string | undefined
  readonly date_of_birth?: string | undefined
  readonly postcode?: string | undefined
  readonly address?: string | undefined
  readonly pin?: string | undefined
}

/** What is wrong with a file, and where. */
export interface Problem {
  readonly line: number
  readonly message: string
}

const name = z.string('is missing').min(1, 'is missing').max(80)

const phonesOf = (ours: readonly string[]) =>
  z.string('is missing').transform((text, context): E164[] =>
    text.split(';').flatMap((part) => {
      const number = tryE164(part.replaceAll(/[\s().-]/g, ''))
      if (!number) context.addIssue({ code: 'custom', message: `"${part.trim()}" ${notE164(part, ours)}` })
      return number ?? []
    }),
  )

const isPastDate = (text: string): boolean => {
  const date = DateTime.fromFormat(text, 'yyyy-MM-dd')
  return date.isValid && date < DateTime.now()
}

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
    date_of_birth: z.string().refine(isPastDate, 'is not a date in the past, like 1984-05-17').optional(),
    postcode: z.string().min(3, 'is too short').max(12, 'is too long').optional(),
    address: z.string().max(200, 'is too long').optional(),
    pin: z
      .string()
      .regex(/^\d{4,8}$/, 'must be 4 to 8 digits')
      .optional(),
  })

/** Spreadsheets run cells that begin like a formula; an apostrophe stops them, and is taken off again. */
const FORMULA = /^'*[=+\-@\t\r]/
const shield = (text: string): string => (FORMULA.test(text) ? `'${text}` : text)
const unshield = (text: string): string => (text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text)

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

/**
 * Reads a customer file. Every mistake in it is found, each with its line. `ours` are our own numbers: what is meant by one
 * without a country is looked for in theirs.
 */
export const readCustomerFile = (
  text: string,
  ours: readonly string[] = [],
): { rows: CustomerRow[]; problems: Problem[] } => {
  const rowSchema = rowSchemaOf(ours)
  let records: CsvRecord[]
  try {
    records = csvOf(text)
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error
    return { rows: [], problems: [{ line: error.line, message: error.message }] }
  }
  const [header, ...body] = records
  if (!header) return { rows: [], problems: [{ line: 1, message: 'the file is empty' }] }
  const { at, problems } = readHeader(header.cells)
  if (problems.length > 0) return { rows: [], problems }

  const rows: CustomerRow[] = []
  const seen = new Map<string, number>()
  for (const { cells: record, line } of body) {
    if (record.length !== header.cells.length) {
      problems.push({ line, message: `has ${record.length} cells where the header has ${header.cells.length}` })
      continue
    }
    const cells = columns.map((column) => [column, unshield(record[at[column] ?? -1] ?? '') || undefined] as const)
    const parsed = rowSchema.safeParse(Object.fromEntries(cells))
    if (!parsed.success) {
      for (const { path, message } of parsed.error.issues)
        problems.push({ line, message: `${String(path[0])}: ${message}` })
      continue
    }
    const key = parsed.data.id ?? JSON.stringify([parsed.data.first_name, parsed.data.last_name, parsed.data.phones])
    const before = seen.get(key)
    if (before !== undefined) problems.push({ line, message: `is the same customer as line ${before}` })
    seen.set(key, line)
    rows.push({ line, ...parsed.data, phones: [...new Set(parsed.data.phones)] })
  }
  return { rows, problems: problems.toSorted((a, b) => a.line - b.line) }
}

/** Writes a customer file that {@link readCustomerFile} reads. PINs are not in it: only their hashes are known. */
export const writeCustomerFile = (
  rows: readonly (Omit<CustomerRow, 'line' | 'phones'> & { readonly phones: readonly string[] })[],
): string =>
  stringify(
    rows.map((row) =>
      columns.map((column) => (column === 'phones' ? row.phones.join(';') : shield(row[column] ?? ''))),
    ),
    { header: true, columns: [...columns] },
  )
