import {
  decodeLongText,
  CsvProblem,
  columnKey,
  csvRecords,
  shieldCell,
  TextProblem,
  unshieldCell,
} from '@llc-phone/files'
import { GatewayError, notE164, tryE164 } from '@llc-phone/core'
import type { DoNotCallEntry, DoNotCallList, NewDoNotCallEntry } from '@llc-phone/store'
import { stringify } from 'csv-stringify/sync'
import { ListRefused, type WrongLine } from '../routes/http-errors.ts'

/** Longer than any line, even with every column of an export. */
const MAX_CELLS = 64

/** Stops after this many wrong lines: it is probably another file. */
const MAX_WRONG_LINES = 100

/** Entries per page: writing one takes a millisecond of the thread that carries audio. */
const PAGE = 200

const MAX_REASON_CHARS = 200

/** Known names of columns; other columns of an export are ignored. */
const COLUMNS = ['number', 'reason', 'source', 'addedAt', 'callId']

const NO_LINE = 'this is no line of a list: it is too long, or its quotes are not closed or stand in the wrong place'

/** The columns that a header line names; `undefined` when the line is an entry. */
const columnsOf = (cells: readonly string[]): readonly (string | undefined)[] | undefined => {
  const names = cells.slice(0, MAX_CELLS).map((name) => COLUMNS.find((each) => columnKey(each) === columnKey(name)))
  return names.includes('number') ? names : undefined
}

/** The entry of a row, or a message if the row is invalid. */
const entryOf = (
  [number = '', reason = '']: readonly (string | undefined)[],
  ours: readonly string[],
): NewDoNotCallEntry | string => {
  const known = tryE164(number)
  if (reason.length > MAX_REASON_CHARS) return `the reason is longer than ${MAX_REASON_CHARS} characters`
  if (known !== undefined) return { number: known, source: 'csv', ...(reason ? { reason } : {}) }
  if (number === '') return 'there is no number'
  return /^\d[.,]\d+E\+?\d+$/i.test(number)
    ? 'a spreadsheet has rounded the number: have its column written as text'
    : `the number ${notE164(number, ours)}`
}

/** Decodes a list; `charset` is that of the request, if it named any. Throws `request_invalid`. */
export const textOfList = async (bytes: Uint8Array, charset: string | undefined): Promise<string> => {
  try {
    return await decodeLongText(bytes, charset)
  } catch (error) {
    if (error instanceof TextProblem) throw new GatewayError('request_invalid', `The list ${error.message}.`)
    throw error
  }
}

/**
 * Reads a do-not-call list: CSV with the number first and an optional reason second, or with a header line that names the
 * columns, as in an export. `ours` are our own numbers: suggestions are in the country of one of them. Throws
 * `request_invalid` with every invalid line.
 */
export const readDoNotCallFile = async (text: string, ours: readonly string[] = []): Promise<NewDoNotCallEntry[]> => {
  const entries: NewDoNotCallEntry[] = []
  const wrong: WrongLine[] = []
  let columns: readonly (string | undefined)[] = COLUMNS
  let isFirst = true
  try {
    for await (const { line, cells } of csvRecords(text)) {
      const named = isFirst ? columnsOf(cells) : undefined
      const isHeader = isFirst && !cells.some((cell) => /\d/.test(cell))
      isFirst = false
      if (named) {
        columns = named
        continue
      }
      const cell = (name: string) => unshieldCell(cells[columns.indexOf(name)] ?? '')
      const entry = cells.length > MAX_CELLS ? NO_LINE : entryOf([cell('number'), cell('reason')], ours)
      if (typeof entry !== 'string') entries.push(entry)
      else if (isHeader && entry !== NO_LINE)
        wrong.push({ line, problem: `${entry}; the column with the numbers must be called "number"` })
      else wrong.push({ line, problem: entry })
      if (wrong.length === MAX_WRONG_LINES) break
    }
  } catch (error) {
    if (!(error instanceof CsvProblem)) throw error
    wrong.push({ line: error.line, problem: error.message })
  }
  if (wrong.length > 0) throw new ListRefused(wrong, wrong.length >= MAX_WRONG_LINES)
  return entries
}

const lineOf = ({ number, reason, source, addedAt, callId }: DoNotCallEntry): string[] => [
  number,
  shieldCell(reason ?? ''),
  source,
  addedAt.toISOString(),
  callId ?? '',
]

/** The whole list as CSV, page by page. */
export async function* writeDoNotCallFile(list: Pick<DoNotCallList, 'list'>): AsyncGenerator<string> {
  yield stringify([COLUMNS])
  let after: string | undefined
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const entries = await list.list({ limit: PAGE, ...(after === undefined ? {} : { after }) })
    if (entries.length > 0) yield stringify(entries.map(lineOf))
    if (entries.length < PAGE) return
    after = entries.at(-1)?.number
  }
}
