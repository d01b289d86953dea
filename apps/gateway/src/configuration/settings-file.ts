import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { GatewayError } from '@llc-phone/core'
import { SettingsInvalid } from './settings-errors.ts'

/** The file that SETTINGS names. */
export interface SettingsFile {
  /** Its name without the folder, for people. */
  readonly name: string
  /** The document in it. Rejects with `config_invalid`, or with {@link SettingsInvalid} for text that is neither JSON nor YAML. */
  read(): Promise<unknown>
}

/** A file of YAML, or JSON, which is YAML too. */
export const settingsFile = (path: string): SettingsFile => {
  const name = basename(path)
  return {
    name,
    async read() {
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        throw new GatewayError('config_invalid', `The file ${path} of SETTINGS cannot be read (${error.code}).`)
      })
      // Loaded only where a file is used: the reader costs 15 MB and 80 ms.
      const { readText } = await import('@llc-phone/settings/text')
      const { document, findings } = readText(text)
      if (document === undefined) throw new SettingsInvalid(findings, `The file ${name}`)
      return document
    },
  }
}
