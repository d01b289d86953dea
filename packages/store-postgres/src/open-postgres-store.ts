import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GatewayError, pause, systemClock } from '@llc-phone/core'
import type { Alive, FleetBook } from '@llc-phone/store'
import { openBooks, storeTables, type DrizzleStore } from '@llc-phone/store-drizzle'
import { listenToChanges } from './listen-to-changes.ts'
import { createPostgresDatabase } from './postgres-database.ts'
import { failureIn, isAway, isOfWriting, postgresError } from './postgres-failure.ts'
import { postgresKit } from './postgres-kit.ts'
import { runPostgresMigrations } from './postgres-migrations.ts'
import { openPool, type PostgresClient, type PostgresPool } from './postgres-pool.ts'

/** Connections of one gateway unless told otherwise. */
const DEFAULT_CONNECTIONS = 8

/** How long the start of a gateway waits for a database that does not answer. */
const OPEN_WITHIN_MS = 2_000

/** Pause between attempts to reach it. */
const AGAIN_MS = 1_000

/** How a store in Postgres is opened. */
export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database`. */
  readonly url: string
  /** Called when queries start to fail because Postgres is away, and with `undefined` when they succeed again. */
  onProblem?(problem: GatewayError | undefined): void
  /** Resolves even if Postgres cannot be reached: it is tried for ever, and until then every query fails at once. */
  readonly keepTrying?: boolean
  /** Connections at most; 8 unless told otherwise. */
  readonly connections?: number
  /** INSTANCE_ID. */
  readonly instance?: string | undefined
}

/** The folder of the store's migrations for Postgres. */
export const STORE_MIGRATIONS = fileURLToPath(new URL('../migrations', import.meta.url))

/** Whether a process lives is told by its mark in the database alone: processes run on several machines. */
const elsewhere: Alive = { spansMachines: true, ask: async () => 'unknown', forget: async () => {}, close: () => {} }

const notYet = (): GatewayError => new GatewayError('database_failed', 'Postgres has not answered yet.')

/** Opens the store in Postgres and brings its tables up to date. */
export const openPostgresStore = async (options: PostgresOptions): Promise<DrizzleStore> => {
  const { url, onProblem, keepTrying = false, connections = DEFAULT_CONNECTIONS, instance } = options
  return openStoreOn(openPool(url, { connections }), {
    keepTrying,
    instance,
    listen: (changed) => listenToChanges(url, changed),
    ...(onProblem ? { onProblem } : {}),
    async migrate(owner, folder) {
      const patient = openPool(url, { connections: 1, isPatient: true })
      try {
        await patient.inTransaction((client) => runPostgresMigrations(client, owner, folder))
      } finally {
        await patient.close()
      }
    },
  })
}

const isRead = (text: string): boolean => /^\s*select\b/i.test(text)

/** The client, and whether it was given anything but questions. */
const noting = (client: PostgresClient, wrote: () => void): PostgresClient => {
  const { objects } = client
  const note = (text: string): string => {
    if (!isRead(text)) wrote()
    return text
  }
  return {
    query: (text, params) => client.query(note(text), params),
    ...(objects ? { objects: (text, params) => objects(note(text), params) } : {}),
  }
}

/** What {@link openStoreOn} is told beside the connections. */
export interface StoreOnOptions {
  migrate(owner: string, folder: string): Promise<void>
  onProblem?(problem: GatewayError | undefined): void
  readonly keepTrying?: boolean
  readonly instance?: string | undefined
  readonly listen?: FleetBook['listen']
}

/** The store on connections to a database. */
export const openStoreOn = async (
  pool: PostgresPool,
  { migrate, onProblem, keepTrying = false, instance, listen }: StoreOnOptions,
): Promise<DrizzleStore> => {
  const waiting: { readonly owner: string; readonly folder: string }[] = [{ owner: 'store', folder: STORE_MIGRATIONS }]
  let problem: GatewayError | undefined
  let isClosed = false
  let opening: Promise<void> | undefined

  const setProblem = (next: GatewayError | undefined): void => {
    const isNews = next?.message !== problem?.message
    problem = next
    if (isNews && !isClosed) onProblem?.(next)
  }

  /**
   * Every query passes here, so its results tell whether Postgres works. One that only reads does not tell that there is room
   * to write again.
   */
  const watched = async <Result>(query: () => Promise<Result>, wrote: () => boolean): Promise<Result> => {
    if (waiting.length > 0) throw problem ?? notYet()
    try {
      const result = await query()
      if (problem && (wrote() || !isOfWriting(problem))) setProblem(undefined)
      return result
    } catch (error) {
      const failure = failureIn(error)
      if (failure && isAway(failure.cause)) setProblem(failure)
      throw error
    }
  }

  const applyWaiting = async (): Promise<void> => {
    for (let next = waiting[0]; next; next = waiting[0]) {
      await migrate(next.owner, next.folder)
      waiting.shift()
    }
    setProblem(undefined)
  }

  const open = (): Promise<void> => {
    opening ??= applyWaiting()
      .catch((error: unknown) => {
        setProblem(postgresError(error))
        if (keepTrying) systemClock.after(AGAIN_MS, openAgain)
        throw error
      })
      .finally(() => (opening = undefined))
    return opening
  }
  const openAgain = (): void => {
    if (!isClosed && waiting.length > 0) open().catch(() => {})
  }

  /** Waits for the tables, but no longer than the start of a gateway may take. */
  const opened = async (): Promise<void> => {
    if (!keepTrying) return open()
    await pause(
      systemClock,
      OPEN_WITHIN_MS,
      open().catch(() => {}),
    )
    if (waiting.length > 0 && !problem) setProblem(notYet())
  }

  const { objects } = pool
  /** A transaction: whether it writes shows when its statements are sent. */
  const watchedWhole = <Result>(
    run: (note: (client: PostgresClient) => PostgresClient) => Promise<Result>,
  ): Promise<Result> => {
    let hasWritten = false
    return watched(
      () => run((client) => noting(client, () => void (hasWritten = true))),
      () => hasWritten,
    )
  }
  const guarded: PostgresPool = {
    query: (text, params) =>
      watched(
        () => pool.query(text, params),
        () => !isRead(text),
      ),
    ...(objects
      ? {
          objects: (text, params) =>
            watched(
              () => objects(text, params),
              () => !isRead(text),
            ),
        }
      : {}),
    inTransaction: (work) => watchedWhole((note) => pool.inTransaction((client) => work(note(client)))),
    batch: (send) => watchedWhole((note) => pool.batch((client) => send(note(client)))),
    close: () => pool.close(),
  }
  const close = async (): Promise<void> => {
    isClosed = true
    await pool.close()
  }
  try {
    await opened()
  } catch (error) {
    await close()
    throw error
  }
  const tables = storeTables(postgresKit)
  const database = createPostgresDatabase(guarded, tables)
  return {
    engine: 'postgres',
    database,
    // Postgres cleans up after deletions by itself.
    ...openBooks(database, { alive: elsewhere, scrub: async () => true, instance, ...(listen ? { listen } : {}) }),
    withTables: (define) => createPostgresDatabase(guarded, define(postgresKit)),
    async migrate(owner, folder) {
      waiting.push({ owner, folder: join(folder, 'postgres') })
      await opened()
    },
    problem: () => problem,
    close,
  }
}
