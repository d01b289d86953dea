import { GatewayError } from '@llc-phone/core'
import type { PostgresAccess } from '@llc-phone/store-postgres'
import { PgBoss } from 'pg-boss'
import bossPackage from 'pg-boss/package.json' with { type: 'json' }

/** Where pg-boss keeps its tables. */
const SCHEMA = 'pgboss'

/** The queue of calls to place. */
export const DIAL = 'dial'

/** pg-boss's own connections, for its maintenance; ours carry everything that belongs to a call. */
const CONNECTIONS = 2

/**
 * How long pg-boss waits for a statement: without a limit one that a vanished host never answers keeps its maintenance for ever,
 * and with it every call that is to be taken over. Making its tables takes a second.
 */
const ANSWER_MS = 15_000

/** The least that pg-boss allows: after this without a sign of its process a job is given to another one. */
const HEARTBEAT_S = 10

/** pg-boss looks for jobs without a sign when it is told that there are some, at most this often. Its own rounds, of a dozen statements, are for the rest. */
const MONITOR_S = 1
const MAINTAIN_S = 60

/** What the job of a call says. Everything else is in the ledger. */
export interface DialJob {
  readonly callId: string
}

/** Whether pg-boss has ever been started on this database. */
export const isInstalled = async ({ executeSql }: PostgresAccess): Promise<boolean> => {
  const { rows } = await executeSql(`SELECT to_regclass('${SCHEMA}.version') IS NOT NULL AS exists`)
  return rows[0]?.exists === true
}

/** Throws when a newer pg-boss has brought its tables up to date: what this one would write into them nobody knows. */
const assertKnown = (version: number): void => {
  if (version > bossPackage.pgboss.schema)
    throw new GatewayError(
      'database_failed',
      `The queue of outbound calls comes from a newer version (pg-boss schema ${version}, this one knows ${bossPackage.pgboss.schema}). This gateway places no calls; start the newer version.`,
    )
}

/** Like {@link look}, only for the version. */
export const assertKnownSchema = async ({ executeSql }: PostgresAccess): Promise<void> => {
  const { rows } = await executeSql(`SELECT version FROM ${SCHEMA}.version`)
  assertKnown(Number(rows[0]?.version))
}

/** What is to do in the queue. */
export interface QueueNow {
  /** A call may be taken. */
  readonly isDue: boolean
  /** A call was taken by a process that has given no sign since. */
  readonly isLost: boolean
  /** The database's clock, ms since 1970. */
  readonly nowMs: number
}

/** Looks into pg-boss's tables, in one statement: a gateway that has nothing to do asks often. */
export const look = async ({ executeSql }: PostgresAccess): Promise<QueueNow> => {
  const { rows } = await executeSql(`SELECT version, extract(epoch FROM clock_timestamp())::float8 * 1000 AS "nowMs",
      EXISTS (SELECT 1 FROM ${SCHEMA}.job WHERE name = '${DIAL}' AND state < 'active' AND start_after <= now()) AS "isDue",
      EXISTS (SELECT 1 FROM ${SCHEMA}.job WHERE name = '${DIAL}' AND state = 'active'
        AND heartbeat_on < now() - interval '${HEARTBEAT_S} seconds') AS "isLost"
    FROM ${SCHEMA}.version`)
  const { version, ...found } = rows[0] as unknown as QueueNow & { readonly version: number }
  assertKnown(version)
  return found
}

/** Gives every waiting call without a job one, as calls that came with a copy of the database. */
export const queueJobless = async ({ executeSql }: PostgresAccess, send: (callId: string) => Promise<unknown>) => {
  const { rows } = await executeSql(`SELECT call_id FROM outbound_calls
    WHERE state IN ('queued', 'warming') AND NOT EXISTS (SELECT 1 FROM ${SCHEMA}.job
      WHERE name = '${DIAL}' AND singleton_key = call_id AND state <= 'active')
    ORDER BY requested_at`)
  // oxlint-disable-next-line no-await-in-loop -- one after the other keeps their order
  for (const row of rows) await send(String(row.call_id))
}

/** Starts pg-boss on the database of this URL, and brings its tables up to date. */
export const startBoss = async (
  url: string,
  onError: (cause: unknown) => void,
  answerMs: number = ANSWER_MS,
): Promise<PgBoss> => {
  // pg-boss hands them on to the driver; its types do not know them.
  const limits = { query_timeout: answerMs, keepAlive: true, keepAliveInitialDelayMillis: 10_000 }
  const boss = new PgBoss({
    ...limits,
    connectionString: url,
    schema: SCHEMA,
    application_name: 'llc-phone queue',
    max: CONNECTIONS,
    schedule: false,
    superviseIntervalSeconds: MAINTAIN_S,
    monitorIntervalSeconds: MONITOR_S,
    maintenanceIntervalSeconds: 600,
    // No job of ours waits for another one.
    flowIntervalSeconds: 3_600,
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
