import { existsSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { readTextFile } from './text.ts'

/**
 * Reads variables from a file into `process.env`; a real variable wins, and no file is fine. Node's own reader would take a
 * byte order mark for a part of the first name, and UTF-16 for nothing at all. Throws {@link TextProblem}.
 */
export const loadDotEnv = (file: string): void => {
  if (!existsSync(file)) return
  const text = readTextFile(file).replaceAll(/\r\n?/g, '\n')
  for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value
}
