import pg from 'pg'
import { postgresError } from './postgres-failure.ts'
import { assertServer } from './postgres-migrations.ts'
import { typeParsers } from './postgres-types.ts'

/** What is worth knowing of a server before calls depend on it. */
export interface PostgresFacts {
  /** `15.14`. */
  readonly version: string
  /** It has none of our tables yet. */
  readonly isNew: boolean
  readonly sizeBytes: number
  readonly isEncrypted: boolean
  /** It is a standby, or is set to read only. */
  readonly isReadOnly: boolean
  /** Whether our user may make tables. */
  readonly mayCreate: boolean
  /** What was confirmed survives a loss of power. */
  readonly syncs: boolean
  /** As the setting `synchronous_commit` says. */
  readonly commits: string
  /** How many standbys follow it, and how many of them have what is confirmed; undefined where our user may not see that. */
  readonly standbys: number
  readonly synchronousStandbys: number | undefined
  readonly connections: number
  readonly mostConnections: number
  /** How far its clock is ahead of ours (ms). */
  readonly aheadMs: number
}

const CONNECT_MS = 5_000
const ANSWER_MS = 10_000

const QUESTION = `SELECT current_setting('server_version'), to_regclass('__migrations') IS NULL,
  pg_database_size(current_database()),
  coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false),
  pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean,
  coalesce(has_schema_privilege(current_schema(), 'CREATE'), false),
  current_setting('fsync')::boolean, current_setting('synchronous_commit'), current_setting('synchronous_standby_names') <> '',
  (SELECT count(*) FROM pg_stat_replication), (SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')),
  (SELECT count(*) FROM pg_stat_replication WHERE sync_state IS NULL),
  (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' OR backend_type IS NULL),
  current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
  (extract(epoch FROM clock_timestamp()) * 1000)::bigint`

/** Asks a server about itself, without making or changing anything. Throws `database_failed`. */
export const readPostgresFacts = async (url: string): Promise<PostgresFacts> => {
  const client = new pg.Client({
    connectionString: url,
    types: typeParsers,
    application_name: 'llc-phone doctor',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const query = async (text: string, values: readonly unknown[] = []): Promise<unknown[][]> =>
      (await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' })).rows
    await assertServer({ query })
    const begun = Date.now()
    const [row] = await query(QUESTION)
    const between = (begun + Date.now()) / 2
    const [version, isNew, sizeBytes, isEncrypted, isReadOnly, mayCreate, syncs, commits, waits, ...counts] = row as [
      ...[string, boolean, number, boolean, boolean, boolean, boolean, string, boolean],
      ...number[],
    ]
    const [standbys = 0, synchronous = 0, unseen = 0, connections = 0, mostConnections = 0, now = 0] =
      counts.map(Number)
    return {
      version: version.split(' ')[0]!,
      isNew,
      sizeBytes,
      isEncrypted,
      isReadOnly,
      mayCreate,
      syncs,
      commits,
      standbys,
      // Without names nobody is waited for.
      synchronousStandbys: waits ? (unseen > 0 ? undefined : synchronous) : 0,
      connections,
      mostConnections,
      aheadMs: Math.round(now - between),
    }
  } catch (error) {
    throw postgresError(error)
  } finally {
    await client.end().catch(() => {})
  }
}
