import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { databaseFile } from './database-file.ts'

/** Permission bits of everybody but the owner. */
const OTHERS = 0o077

/** Only for files: nobody must be advised to lock a folder, and location.ts reports whatever else is no file. */
const isExposed = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true && (found.mode & OTHERS) !== 0
}

/**
 * A warning, with the command to run, when other users of the machine can read the database; else `undefined`. It holds names,
 * numbers and words of callers. New databases are readable by their owner only.
 */
export const exposureOf = (url: string): string | undefined => {
  const file = databaseFile(url)
  // Windows has no such permission bits.
  if (file === ':memory:' || process.platform === 'win32') return undefined
  const path = resolve(file)
  const exposed = ['', '-wal', '-shm'].map((ending) => `${path}${ending}`).filter((each) => isExposed(each))
  return exposed.length === 0
    ? undefined
    : `Other users of this machine can read the database. Run: chmod 600 ${exposed.map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(' ')}`
}
