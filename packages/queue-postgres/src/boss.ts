import { createRequire } from 'node:module'
import { GatewayError } from '@llc-phone/core'
import type { PostgresAccess } from '@llc-phone/store-postgres'
import { PgBoss } from 'pg-boss'

/** Where pg-boss keeps its tables. */
const SCHEMA = 'pgboss'

/** The queue of calls to place. */
export const DIAL = 'dial'

/** pg-boss's own connections, for its maintenance; ours carry everything that belongs to a call. */
const CONNECTIONS = 2

/** The least that pg-boss allows: after this without a sign of its process a job is given to another one. */
const HEARTBEAT_S = 10

/** How often jobs without a sign are looked for, by one process for all: with the heartbeat and the pause between two questions, a call is taken over within 15 seconds. */
const MONITOR_S = 3

/** What the job of a call says. Everything else is in the ledger. */
export interface DialJob {
  readonly callId: string
}

const { pgboss } = createRequire(import.meta.url)('pg-boss/package.json') as {
  readonly pgboss: { readonly schema: number }
}

/** Whether pg-boss has ever been started on this database. */
export const isInstalled = async ({ executeSql }: PostgresAccess): Promise<boolean> => {
  const { rows } = await executeSql(`SELECT to_regclass('${SCHEMA}.version') IS NOT NULL AS exists`)
  return rows[0]?.exists === true
}

/** Throws when a newer pg-boss has brought its tables up to date: what this one would write into them nobody knows. */
export const assertKnownSchema = async ({ executeSql }: PostgresAccess): Promise<void> => {
  const { rows } = await executeSql(`SELECT version FROM ${SCHEMA}.version`)
  if (Number(rows[0]?.version) > pgboss.schema)
    throw new GatewayError(
      'database_failed',
      `The queue of outbound calls comes from a newer version (pg-boss schema ${Number(rows[0]?.version)}, this one knows ${pgboss.schema}). This gateway places no calls; start the newer version.`,
    )
}

/** Starts pg-boss on the database of this URL, and brings its tables up to date. */
export const startBoss = async (url: string, onError: (cause: unknown) => void): Promise<PgBoss> => {
  const boss = new PgBoss({
    connectionString: url,
    schema: SCHEMA,
    application_name: 'llc-phone queue',
    max: CONNECTIONS,
    schedule: false,
    superviseIntervalSeconds: MONITOR_S,
    monitorIntervalSeconds: MONITOR_S,
    maintenanceIntervalSeconds: 600,
  })
  boss.on('error', onError)
  try {
    await boss.start()
    await boss.createQueue(DIAL, {
      // One job for each call, waiting or taken.
      policy: 'exclusive',
      heartbeatSeconds: HEARTBEAT_S,
      expireInSeconds: 600,
      // A job that lost its process is given to the next one until its call is dialled or over.
      retryLimit: 10_000,
      retryDelay: 0,
      // Longer than any call may wait.
      retentionSeconds: 2 * 24 * 3_600,
      deleteAfterSeconds: 600,
    })
    return boss
  } catch (error) {
    await boss.stop({ graceful: false }).catch(() => {})
    throw error
  }
}
