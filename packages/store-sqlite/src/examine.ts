import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { GatewayError } from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import { databaseFile } from './database/database-file.ts'
import { databaseError } from './database/failure.ts'
import { badLocation } from './database/location.ts'
import { runQuery } from '@llc-phone/store-drizzle'
import { openSqliteStore } from './open-sqlite-store.ts'

/**
 * Opens the database as a gateway would and reads all of it. Throws `database_failed`, also for damaged pages that the
 * gateway would read only later. `false`: there is none yet, and none is created.
 */
export const examineSqlite = async (url: string): Promise<boolean> => {
  const file = databaseFile(url)
  const bad = file === ':memory:' ? undefined : badLocation(resolve(file))
  if (bad) throw databaseError({ message: bad.says, ...bad })
  if (file !== ':memory:' && !existsSync(resolve(file))) return false
  const store = await openSqliteStore({ url })
  try {
    const [[found]] = (await runQuery(store.database.all(sql`PRAGMA quick_check(1)`))) as [[string]]
    if (found !== 'ok')
      throw new GatewayError(
        'database_failed',
        `The database is damaged. Stop the gateway and restore a backup. ${found}`,
      )
    return true
  } finally {
    await store.close()
  }
}
