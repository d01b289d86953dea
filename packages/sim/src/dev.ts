/** What the commands of the simulators read, and `./phone dev` with them. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'

export { developmentEnv, type DevelopmentEnv } from '@llc-phone/files'

/** Where the repository starts. */
export const repositoryRoot = fileURLToPath(new URL('../../../', import.meta.url))

/** Reads `.env` at the repository root into `process.env`; real variables win, and no file is fine. */
export function loadDotEnv(path = `${repositoryRoot}.env`): void {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return
  }
  // Editors on Windows save in UTF-16, and put a mark before the first name.
  const mark = bytes.subarray(0, 2).toString('hex')
  const charset = { fffe: 'utf-16le', feff: 'utf-16be' }[mark] ?? 'utf-8'
  const text = new TextDecoder(charset).decode(bytes).replaceAll(/\r\n?/g, '\n')
  for (const [name, value] of Object.entries(parseEnv(text))) process.env[name] ??= value
}
