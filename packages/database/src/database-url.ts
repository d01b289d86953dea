import { resolve } from 'node:path'
import { databaseFile } from '@llc-phone/store-sqlite'

/** Whether a DATABASE_URL names a Postgres server. */
export const isPostgresUrl = (url: string): boolean => /^postgres(ql)?:\/\//i.test(url)

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
