/** Spreadsheets run a cell that begins so, also behind spaces and in full width, as a formula. */
const FORMULA = /^'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])/
/** Begins like a formula and is none: a telephone number, with the extension as we write it. Several stand behind each other. */
const TELEPHONES = /^\+[\d•]+(?: ext\. \d+)?(?:;\s*\+[\d•]+(?: ext\. \d+)?)*$/

/** A cell of an exported list that no spreadsheet runs: an apostrophe stands before what it would take for a formula. */
export const shieldCell = (text: string): string => (FORMULA.test(text) && !TELEPHONES.test(text) ? `'${text}` : text)

/** The text of a cell that {@link shieldCell} has written. */
export const unshieldCell = (text: string): string =>
  text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text
