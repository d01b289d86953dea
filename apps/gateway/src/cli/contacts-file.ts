import { consentPurposes, tryE164, type ConsentPurpose, type E164 } from '@llc-phone/core'
import { columnKey, csvRecords, CsvProblem, unshieldCell } from '@llc-phone/files'
import type * as z from 'zod'
import { ListRefused, type WrongLine } from '../routes/http-errors.ts'
import { consentSchema, timeZoneSchema } from '../routes/consent-shape.ts'

/** The columns of a list of contacts; a contact with two consents has two lines. */
export const CONTACT_COLUMNS = ['number', 'timeZone', 'purpose', 'source', 'givenAt', 'expiresAt', 'revokedAt'] as const

/** Stops after this many wrong lines: it is probably another file. */
const MAX_WRONG_LINES = 100

/** What a line says of a number. */
export interface ContactLine {
  readonly number: E164
  readonly timeZone?: string
  readonly consent?: z.output<typeof consentSchema>
  /** The consent was revoked: it is not given again. */
  readonly revokes?: ConsentPurpose
}

const readLine = (cell: (name: string) => string): ContactLine | string => {
  const number = tryE164(cell('number'))
  if (number === undefined) return `the number "${cell('number').slice(0, 40)}" is not in E.164 form, like +14155550100`
  const zone = cell('timeZone') === '' ? undefined : timeZoneSchema.safeParse(cell('timeZone'))
  if (zone && !zone.success) return `timeZone ${zone.error.issues[0]!.message}`
  const line = { number, ...(zone ? { timeZone: zone.data } : {}) }
  const purpose = cell('purpose')
  if (purpose === '') return line
  const known = consentPurposes.find((each) => each === purpose)
  if (!known) return 'purpose must be informational or marketing'
  if (cell('revokedAt') !== '') return { ...line, revokes: known }
  const given = Object.fromEntries(
    (['source', 'givenAt', 'expiresAt'] as const).flatMap((name) => (cell(name) === '' ? [] : [[name, cell(name)]])),
  )
  const consent = consentSchema.safeParse({ purpose, ...given })
  if (consent.success) return { ...line, consent: consent.data }
  const [issue] = consent.error.issues
  return `${issue!.path.join('.')} ${issue!.message}`.trim()
}

/** Reads a list of contacts with a first line that names the columns. Throws `request_invalid` with every wrong line. */
export const readContactsFile = async (text: string): Promise<ContactLine[]> => {
  const lines: ContactLine[] = []
  const wrong: WrongLine[] = []
  let columns: readonly (string | undefined)[] | undefined
  try {
    for await (const { line, cells } of csvRecords(text)) {
      if (!columns) {
        columns = cells.map((name) => CONTACT_COLUMNS.find((each) => columnKey(each) === columnKey(name)))
        if (columns.includes('number')) continue
        wrong.push({ line, problem: `the first line must name the columns: ${CONTACT_COLUMNS.join(', ')}` })
        break
      }
      const names = columns
      const read = readLine((name) => unshieldCell(cells[names.indexOf(name)] ?? ''))
      if (typeof read === 'string') wrong.push({ line, problem: read })
      else lines.push(read)
      if (wrong.length === MAX_WRONG_LINES) break
    }
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error
    wrong.push({ line: error.line, problem: error.message })
  }
  if (wrong.length > 0) throw new ListRefused(wrong, wrong.length >= MAX_WRONG_LINES)
  return lines
}
