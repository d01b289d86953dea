import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { localPath, makeLocalFolder } from './database-url.ts'
import { writeDurably } from './durable-file.ts'

/** A file beside the database with the settings in force, for a start while the database cannot be read. */
export interface SettingsCopy {
  /** Resolves when it is written; rejects with the error of the file system. */
  keep(version: number, document: unknown): Promise<void>
  /** The copy that was kept last; `undefined` when there is none, or it cannot be read. Never rejects. */
  read(): Promise<{ readonly version: number; readonly document: unknown } | undefined>
}

/** The copy beside the database of `url`; `undefined` for a database in memory. */
export const openSettingsCopy = (url: string): SettingsCopy | undefined => {
  const database = localPath(url)
  if (database === ':memory:') return undefined
  makeLocalFolder(url)
  const file = `${resolve(database)}-settings.json`
  return {
    keep: (version, document) => writeDurably(dirname(file), file, JSON.stringify({ version, document })),
    async read() {
      try {
        const { version, document } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>
        return typeof version === 'number' ? { version, document } : undefined
      } catch {
        return undefined
      }
    },
  }
}
