import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isPostgresUrl } from '@llc-phone/store'
import { databaseFile } from '@llc-phone/store-sqlite'

/** Where a process keeps files when the database is a server, from the working directory. */
const FOLDER_OF_SERVER = 'data'

/**
 * The path beside which files of this process are kept: that of the database's file, or one in `data/`. `:memory:` for a
 * database in memory, which has none.
 */
export const localPath = (url: string): string => {
  if (isPostgresUrl(url)) return resolve(FOLDER_OF_SERVER, 'llc-phone.db')
  const file = databaseFile(url)
  return file === ':memory:' ? file : resolve(file)
}

/**
 * Makes the folder for files beside a database on a server. That of a database in a file is made with the file: where it is
 * missing, a disk is not mounted.
 */
export const makeLocalFolder = (url: string): void => {
  if (!isPostgresUrl(url)) return
  try {
    mkdirSync(dirname(localPath(url)), { recursive: true, mode: 0o700 })
  } catch {
    // Whoever writes there says what is wrong.
  }
}
