import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { databaseFile } from './database-file.ts'

/** What others than the owner may do, as the file system has it. */
const OTHERS = 0o077

/** Of what is no file something else is told; nobody must be advised to lock a folder. */
const isExposed = (path: string): boolean => {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true && (found.mode & OTHERS) !== 0
}

/**
 * Says that other users of the machine can read the database, and what to run; `undefined` when they cannot. Names, numbers
 * and words of callers are in it. New databases are made readable by their owner only.
 */
export const exposureOf = (url: string): string | undefined => {
  const file = databaseFile(url)
  // Windows has no such mode.
  if (file === ':memory:' || process.platform === 'win32') return undefined
  const path = resolve(file)
  const exposed = ['', '-wal', '-shm'].map((ending) => `${path}${ending}`).filter((each) => isExposed(each))
  return exposed.length === 0
    ? undefined
    : `Other users of this machine can read the database. Run: chmod 600 ${exposed.map((each) => `'${each.replaceAll("'", `'\\''`)}'`).join(' ')}`
}
