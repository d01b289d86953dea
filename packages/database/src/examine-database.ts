import { isPostgresUrl } from '@llc-phone/store'
import type { PostgresFacts } from '@llc-phone/store-postgres'
import { examineSqlite } from '@llc-phone/store-sqlite'
import { openStore } from './open-store.ts'

/**
 * Opens the database as a gateway would; of SQLite all of it is read. Throws `database_failed`, also for damaged pages that
 * the gateway would read only later. `false`: there is none yet, and none is created.
 */
export const examineDatabase = async (url: string): Promise<boolean> => {
  if (!isPostgresUrl(url)) return examineSqlite(url)
  if ((await examineServer(url)).isNew) return false
  const store = await openStore({ url, connections: 2 })
  await store.close()
  return true
}

/** What there is to know of the Postgres server of a URL. Throws `database_failed`. */
export const examineServer = async (url: string): Promise<PostgresFacts> => {
  const { readPostgresFacts } = await import('@llc-phone/store-postgres')
  return readPostgresFacts(url)
}
