import { existsSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { readTextFile } from './text.ts'

/** Marks that nobody sees: of the byte order, where files were put together, and what web pages hide in what is copied. */
const UNSEEN = /[\uFEFF\u200B\u2060]/g

const LINE_END = /\r\n?|[\u0085\u2028\u2029]/g

/**
 * Reads variables from a file into `process.env`; a real variable wins, and no file is fine. Node's own reader would take a
 * byte order mark for a part of the first name, and UTF-16 for nothing at all. Throws {@link TextProblem}.
 */
export const loadDotEnv = (file: string): void => {
  if (!existsSync(file)) return
  const text = readTextFile(file)
    .replaceAll(UNSEEN, '')
    .replaceAll(LINE_END, '\n')
    .replaceAll(/^\s*\u00A0\s*/gm, '')
  for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value
}
