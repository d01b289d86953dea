import { readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { databaseFile } from './database-file.ts'

/** Where backups of a database go unless somebody names a place. */
export const backupFolder = (file: string): string => join(dirname(resolve(file)), 'backups')

/** A backup as it lies there. */
export interface KeptBackup {
  /** The whole path. */
  readonly file: string
  /** When it was finished. */
  readonly at: Date
  readonly sizeBytes: number
}

/** The newest backup of the database of a URL in its usual folder; `undefined`: there is none, or the folder cannot be read. */
export const newestBackup = async (url: string): Promise<KeptBackup | undefined> => {
  const folder = backupFolder(databaseFile(url))
  const names = await readdir(folder).catch(() => [])
  const kept = await Promise.all(
    names
      .filter((name) => name.endsWith('.db'))
      .map(async (name) => {
        const file = join(folder, name)
        const found = await stat(file).catch(() => undefined)
        return found?.isFile() ? [{ file, at: found.mtime, sizeBytes: found.size }] : []
      }),
  )
  return kept.flat().toSorted((one, other) => other.at.getTime() - one.at.getTime())[0]
}
