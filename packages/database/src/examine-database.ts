import { examineSqlite } from '@llc-phone/store-sqlite'
import { isPostgresUrl } from './database-url.ts'
import { openStore } from './open-store.ts'

/**
 * Opens the database as a gateway would; of SQLite all of it is read. Throws `database_failed`, also for damaged pages that
 * the gateway would read only later. `false`: there is none yet, and none is created.
 */
export const examineDatabase = async (url: string): Promise<boolean> => {
  if (!isPostgresUrl(url)) return examineSqlite(url)
  const store = await openStore({ url })
  await store.close()
  return true
}
