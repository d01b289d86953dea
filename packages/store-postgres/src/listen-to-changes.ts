import pg from 'pg'
import { systemClock } from '@llc-phone/core'
import { CHANGES_CHANNEL } from './postgres-dialect.ts'
import { KEEP_ALIVE } from './postgres-pool.ts'

/** Pause after a connection was lost or refused: what is missed meanwhile is found by asking. */
const AGAIN_MS = 5_000
const CONNECT_MS = 5_000

const listen = async (client: pg.Client): Promise<void> => {
  await client.connect()
  await client.query(`LISTEN ${CHANGES_CHANNEL}`)
}

/**
 * Calls back when a process has told of a change, on a connection of its own, until the returned function is called. A
 * connection that is lost is opened again. PgBouncer in transaction mode passes nothing on.
 */
export const listenToChanges = (url: string, changed: () => void): (() => void) => {
  let client: pg.Client | undefined
  let isOver = false

  const leave = (which: pg.Client): void => {
    if (client !== which) return
    client = undefined
    which.end().catch(() => {})
    if (!isOver) systemClock.after(AGAIN_MS, connect)
  }
  const connect = (): void => {
    if (isOver) return
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'llc-phone listener',
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: CONNECT_MS,
      ...KEEP_ALIVE,
    })
    client = fresh
    fresh.on('notification', changed)
    fresh.on('error', () => leave(fresh))
    fresh.on('end', () => leave(fresh))
    listen(fresh).then(
      () => {},
      () => leave(fresh),
    )
  }
  connect()
  return () => {
    isOver = true
    const last = client
    client = undefined
    last?.end().catch(() => {})
  }
}
