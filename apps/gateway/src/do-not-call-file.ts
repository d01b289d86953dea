import { Readable } from 'node:stream'
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { meantE164, tryE164 } from '@llc-phone/core'
import type { DoNotCallEntry, DoNotCallList, NewDoNotCallEntry } from '@llc-phone/store'
import { CsvError, parse } from 'csv-parse'
import { stringify } from 'csv-stringify/sync'
import { ListRefused, type WrongLine } from './http-errors.ts'

/** Read at a time: some milliseconds of work, so that a long list is not heard on any call. */
const SLICE_CHARS = 2_048

/** More than any line has, with every column of an export. */
const MAX_LINE_CHARS = 4_096
const MAX_CELLS = 64

/** Who has that many lines wrong has sent another file. */
const MAX_WRONG_LINES = 100

/** A list is written in pages of this many entries. */
const PAGE = 1_000

const MAX_REASON_CHARS = 200

/** A file that names its columns does so in these words; the others of an export are read over. */
const COLUMNS = ['number', 'reason', 'source', 'addedAt', 'callId']

async function* slicesOf(text: string) {
  for (let from = 0; from < text.length; from += SLICE_CHARS) {
    yield text.slice(from, from + SLICE_CHARS)
    // oxlint-disable-next-line no-await-in-loop -- that is what it is for
    await letOthersRun()
  }
}

interface Row {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

const NO_LINE = 'this is no line of a list: it is too long, or its quotes are not closed or stand in the wrong place'

/** What is wrong with a row, or its entry. */
const entryOf = ([number = '', reason = '']: readonly (string | undefined)[]): NewDoNotCallEntry | string => {
  const known = tryE164(number)
  if (reason.length > MAX_REASON_CHARS) return `the reason is longer than ${MAX_REASON_CHARS} characters`
  if (known !== undefined) return { number: known, source: 'csv', ...(reason ? { reason } : {}) }
  if (number === '') return 'there is no number'
  const meant = meantE164(number)
  return `the number is not in E.164 form${meant ? `; did you mean ${meant}?` : ', like +14155550100'}`
}

/**
 * Reads a list of numbers that must not be called: CSV with the number first and, if there is one, the reason second; or
 * with a first line that names the columns, as in an export. Throws `request_invalid` with every line that is wrong.
 */
export const readDoNotCallFile = async (text: string): Promise<NewDoNotCallEntry[]> => {
  const entries: NewDoNotCallEntry[] = []
  const wrong: WrongLine[] = []
  let columns: readonly (string | undefined)[] = COLUMNS
  let isFirst = true
  const rows = Readable.from(slicesOf(text)).pipe(
    parse({
      bom: true,
      info: true,
      max_record_size: MAX_LINE_CHARS,
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    }),
  )
  try {
    for await (const { record, info } of rows as AsyncIterable<Row>) {
      const names = isFirst
        ? record.slice(0, MAX_CELLS).map((name) => COLUMNS.find((each) => each.toLowerCase() === name.toLowerCase()))
        : []
      isFirst = false
      if (names.includes('number')) {
        columns = names
        continue
      }
      const cell = (name: string) => record[columns.indexOf(name)]
      const entry = record.length > MAX_CELLS ? NO_LINE : entryOf([cell('number'), cell('reason')])
      if (typeof entry === 'string') wrong.push({ line: info.lines, problem: entry })
      else entries.push(entry)
      if (wrong.length === MAX_WRONG_LINES) break
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    wrong.push({
      line: Number(error['lines'] ?? 0),
      problem: NO_LINE,
    })
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
