import type { GatewayError } from '@llc-phone/core'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { isPostgresUrl } from '@llc-phone/store'

/** How a store is opened. */
export interface StoreOptions {
  /**
   * `file:data/llc-phone.db` (a relative path counts from the working directory), `file::memory:`, or
   * `postgres://user:password@host/database`.
   */
  readonly url: string
  /**
   * Resolves even if the database cannot be opened: opening is retried for ever, and until it succeeds every query fails at
   * once with `database_failed`. Without it the failure is thrown.
   */
  readonly keepTrying?: boolean
  /** Called when writes start to fail, or fail for another reason, and with `undefined` when they succeed again. */
  onProblem?(problem: GatewayError | undefined): void
  /** SQLite: called when the thread of the database died; another one starts. */
  onLost?(error: GatewayError): void
  /** Postgres: connections at most. */
  readonly connections?: number
  /** INSTANCE_ID: written to the calls that begin in this process. */
  readonly instance?: string | undefined
}

/** Opens the store of a URL and brings its tables up to date. The engine that is not used is not loaded. */
export const openStore = async (options: StoreOptions): Promise<DrizzleStore> => {
  if (isPostgresUrl(options.url)) {
    const { openPostgresStore } = await import('@llc-phone/store-postgres')
    return openPostgresStore(options)
  }
  const { openSqliteStore } = await import('@llc-phone/store-sqlite')
  return openSqliteStore(options)
}
