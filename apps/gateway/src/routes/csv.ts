/** A sheet would run text that begins so as a formula: a quote in front keeps it text. */
const FORMULA = /^[=+\-@\t\r]/

/** What a cell may hold. */
export type CsvValue = string | number | boolean | Date | null | undefined

const cell = (value: CsvValue): string => {
  const text = value instanceof Date ? value.toISOString() : String(value ?? '')
  // A telephone number begins with a plus and is no formula.
  const safe = FORMULA.test(text) && !/^\+\d+( ext\. \d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A line of CSV by RFC 4180, with its end. */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(cell).join(',')}\r\n`
