import { shieldCell } from '@llc-phone/files'
import type { Options } from 'csv-stringify/sync'

/** Rows of an export, some at a time, so that a long one does not disturb the audio of calls. */
export type Pages<Row> = AsyncIterable<readonly Row[]>

/** The rows as one JSON array. */
export const jsonOf = async function* (pages: Pages<unknown>): AsyncGenerator<string> {
  let isFirst = true
  yield '[\n'
  for await (const rows of pages) {
    const lines = rows.map((row) => JSON.stringify(row)).join(',\n')
    if (lines !== '') yield isFirst ? lines : `,\n${lines}`
    if (lines !== '') isFirst = false
  }
  yield '\n]\n'
}

const AS_CSV: Options = {
  record_delimiter: 'windows',
  quoted_match: /[\r\n]/,
  cast: { date: (at) => at.toISOString(), boolean: String, string: shieldCell },
}

/** The rows as CSV, with a first line that names the columns. No cell is run by a spreadsheet. */
export const csvOf = async function* (pages: Pages<object>, columns: readonly string[]): AsyncGenerator<string> {
  // Loaded late: few gateways ever export.
  const { stringify } = await import('csv-stringify/sync')
  const all = { ...AS_CSV, columns: [...columns] }
  yield stringify([], { ...all, header: true })
  for await (const rows of pages) yield stringify([...rows], all)
}
