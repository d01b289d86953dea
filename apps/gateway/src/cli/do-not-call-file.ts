import { decodeLongText, CsvProblem, columnKey, csvRecords, TextProblem } from '@llc-phone/files'
import { GatewayError, notE164, tryE164 } from '@llc-phone/core'
import type { DoNotCallEntry, DoNotCallList, NewDoNotCallEntry } from '@llc-phone/store'
import { stringify } from 'csv-stringify/sync'
import { ListRefused, type WrongLine } from '../routes/http-errors.ts'

/** More than any line has, with every column of an export. */
const MAX_CELLS = 64

/** Who has that many lines wrong has sent another file. */
const MAX_WRONG_LINES = 100

/** A list is written in pages of this many entries: a millisecond of the thread that carries audio. */
const PAGE = 200

const MAX_REASON_CHARS = 200

/** A file that names its columns does so in these words; the others of an export are read over. */
const COLUMNS = ['number', 'reason', 'source', 'addedAt', 'callId']

const NO_LINE = 'this is no line of a list: it is too long, or its quotes are not closed or stand in the wrong place'

/** The columns that a first line names; `undefined` when it is an entry. */
const columnsOf = (cells: readonly string[]): readonly (string | undefined)[] | undefined => {
  const names = cells.slice(0, MAX_CELLS).map((name) => COLUMNS.find((each) => columnKey(each) === columnKey(name)))
  return names.includes('number') ? names : undefined
}

/** What is wrong with a row, or its entry. */
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

/** The text of a list that came with `charset`, if it named any. Throws `request_invalid`. */
export const textOfList = async (bytes: Uint8Array, charset: string | undefined): Promise<string> => {
  try {
    return await decodeLongText(bytes, charset)
  } catch (error) {
    if (error instanceof TextProblem) throw new GatewayError('request_invalid', `The list ${error.message}.`)
    throw error
  }
}

/**
 * Reads a list of numbers that must not be called: CSV with the number first and, if there is one, the reason second; or
 * with a first line that names the columns, as in an export. `ours` are our own numbers: a suggestion is in the country of
 * one of them. Throws `request_invalid` with every line that is wrong.
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
      const cell = (name: string) => cells[columns.indexOf(name)]
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

/** A spreadsheet would run a cell that begins like a formula; a number in E.164 form does, and is known to be harmless. */
const harmless = (cell: string): string => (/^\s*[=@＝＠＋－-]|^[\t\r\n]|^\s*\+(?!\d+$)/.test(cell) ? `'${cell}` : cell)

const lineOf = ({ number, reason, source, addedAt, callId }: DoNotCallEntry): string[] => [
  number,
  harmless(reason ?? ''),
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
