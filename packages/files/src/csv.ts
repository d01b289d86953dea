import { Readable } from 'node:stream'
import { setImmediate as letOthersRun } from 'node:timers/promises'
import { CsvError, parse as parseStream, type Options } from 'csv-parse'
import { parse } from 'csv-parse/sync'

/** A record of a list, and the line it ends in, counted from 1. */
export interface CsvRecord {
  readonly line: number
  readonly cells: readonly string[]
}

/** A list that is no valid CSV from this line on. */
export class CsvProblem extends Error {
  readonly line: number

  constructor(line: number, message: string) {
    super(message)
    this.line = line
  }
}

/** A column's name in comparable form: `First Name`, `FIRST_NAME` and `first-name` are the same. */
export const columnKey = (name: string): string =>
  name
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '')

/** Longest line of a list, quotes included. */
const MAX_RECORD_CHARS = 16_384

/** Size of a slice: a few milliseconds of work, so that a long list does not disturb the audio of calls. */
const SLICE_CHARS = 2_048

/** A first line like `sep=;`, which Excel writes for itself. */
const SEPARATOR_LINE = /^\uFEFF?"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|$)/i

/** Lines examined: enough to tell a separator from a comma in a column's name. */
const LINES_LOOKED_AT = 10

/**
 * The separator: the comma, semicolon, tab or bar that occurs equally often in every line, outside quotes. If several do, or
 * none, the first one that occurs: numbers contain none of them.
 */
const separatorOf = (text: string): string => {
  const lines: Map<string, number>[] = [new Map()]
  let quoted = false
  for (const char of text.slice(0, MAX_RECORD_CHARS)) {
    if (char === '"') quoted = !quoted
    if (quoted) continue
    if (char === '\n' || char === '\r') {
      if (lines.at(-1)!.size > 0) lines.push(new Map())
      if (lines.length > LINES_LOOKED_AT) break
    } else if (/[,;\t|]/.test(char)) lines.at(-1)!.set(char, (lines.at(-1)!.get(char) ?? 0) + 1)
  }
  // The last one may be cut off.
  const [first = new Map<string, number>(), ...others] = lines.length > 1 ? lines.slice(0, -1) : lines
  const found = [...first.keys()]
  return found.find((char) => others.every((line) => line.get(char) === first.get(char))) ?? found[0] ?? ','
}

const optionsFor = (text: string): Options => {
  const told = SEPARATOR_LINE.exec(text)?.[1]
  return {
    bom: true,
    delimiter: told ?? separatorOf(text),
    ...(told === undefined ? {} : { from_line: 2 }),
    info: true,
    max_record_size: MAX_RECORD_CHARS,
    // Accept mixed line ends: lists are put together by hand, and a missed line end hides the next line.
    record_delimiter: ['\r\n', '\n', '\r', '\u0085', '\u2028', '\u2029'],
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  }
}

interface Parsed {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

/** Most columns, more than a spreadsheet has. */
const MAX_EMPTY_CELLS = 256

/** Whether a row is empty: spreadsheets write empty rows with all their separators. */
const isEmptyRow = ({ cells }: CsvRecord): boolean =>
  cells.length <= MAX_EMPTY_CELLS && cells.every((cell) => cell === '')

const recordOf = ({ record, info }: Parsed): CsvRecord => ({ line: info.lines, cells: record })

const problemOf = (error: unknown): unknown =>
  error instanceof CsvError
    ? new CsvProblem(
        Number(error['lines'] ?? 1) || 1,
        'this is no line of a list: it is too long, or its quotes are not closed or stand in the wrong place',
      )
    : error

/** All records of a list at once, for commands; a process with calls uses {@link csvRecords}. Throws {@link CsvProblem}. */
export const csvOf = (text: string): CsvRecord[] => {
  try {
    // With `info` each record comes in a wrapper, which the library's types do not show.
    return (parse(text, optionsFor(text)) as unknown as Parsed[]).map(recordOf).filter((record) => !isEmptyRow(record))
  } catch (error) {
    throw problemOf(error)
  }
}

async function* slicesOf(text: string) {
  for (let from = 0; from < text.length; from += SLICE_CHARS) {
    yield text.slice(from, from + SLICE_CHARS)
    // oxlint-disable-next-line no-await-in-loop -- lets audio run in between
    await letOthersRun()
  }
}

/** The records of a list, one after the other, read in slices so that calls go on. Throws {@link CsvProblem}. */
export async function* csvRecords(text: string): AsyncGenerator<CsvRecord> {
  const rows = Readable.from(slicesOf(text)).pipe(parseStream(optionsFor(text)))
  try {
    for await (const row of rows as AsyncIterable<Parsed>) {
      const record = recordOf(row)
      if (!isEmptyRow(record)) yield record
    }
  } catch (error) {
    throw problemOf(error)
  }
}
