import { existsSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { readTextFile } from './text.ts'

/** Invisible characters: byte order marks, also within joined files, and those that text copied from web pages contains. */
const UNSEEN = /[\uFEFF\u200B\u2060]/g

const LINE_END = /\r\n?|[\u0085\u2028\u2029]/g

/**
 * The variables in a file, none when it is missing. Node's own reader takes a byte order mark as part of the first name, and reads
 * nothing from UTF-16. Throws {@link TextProblem}.
 */
export const readDotEnv = (file: string): Readonly<Record<string, string | undefined>> => {
  if (!existsSync(file)) return {}
  const text = readTextFile(file)
    .replaceAll(UNSEEN, '')
    .replaceAll(LINE_END, '\n')
    .replaceAll(/^\s*\u00A0\s*/gm, '')
  return parseEnv(text)
}

/** Reads variables from a file into `process.env`; a real variable wins. Throws {@link TextProblem}. */
export const loadDotEnv = (file: string): void => {
  for (const [name, value] of Object.entries(readDotEnv(file))) process.env[name] ??= value
}
