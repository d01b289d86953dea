import { existsSync } from 'node:fs'
import { GatewayError } from '@llc-phone/core'
import { isPostgresUrl, type KeptEvents } from '@llc-phone/store'
import { localPath } from './database-url.ts'
import { openStore } from './open-store.ts'

/**
 * Reads the log of one call from the database, also while a gateway works with it. Rejects with `database_failed` where there
 * is no database (none is made), and with `not_found` where there is no such log.
 */
export const readEvents = async (url: string, id: string): Promise<KeptEvents> => {
  if (!isPostgresUrl(url)) {
    const file = localPath(url)
    if (!existsSync(file))
      throw new GatewayError('database_failed', `There is no database at ${file}. Set DATABASE_URL.`)
  }
  const store = await openStore({ url })
  try {
    const found = await store.events.find(id)
    if (found) return found
    const call = await store.journal.find(id)
    throw new GatewayError(
      'not_found',
      call
        ? `There is no log of the call ${id}: it has not ended yet, its log is older than KEEP_EVENTS_DAYS, or none was kept.`
        : `There is no call ${id}.`,
    )
  } finally {
    await store.close()
  }
}
