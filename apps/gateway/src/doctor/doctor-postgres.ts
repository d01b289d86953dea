import type { PostgresFacts } from '@llc-phone/database'
import { failed, warning, type Finding } from './finding.ts'

/** Times in the database are written by several clocks; beyond this, what they say is misleading. */
const MOST_AHEAD_MS = 2_000
/** The part of the connections in use beyond which somebody should raise the limit. */
const CROWDED = 0.9
/** Connections of one gateway beside its pool: pg-boss, the listener, a doctor. */
const BESIDE_POOL = 6

/** What is wrong with a Postgres server, or will be; nothing when it is as it should be. */
export const judgeServer = (facts: PostgresFacts, pool: number): Finding[] => {
  const name = 'database'
  const { isReadOnly, mayCreate, syncs, commits, standbys, synchronousStandbys, aheadMs } = facts
  const { connections, mostConnections } = facts
  const found: Finding[] = []
  if (isReadOnly)
    found.push(
      failed(
        name,
        'Postgres only reads: it is a standby, or default_transaction_read_only is on',
        'Name the primary in DATABASE_URL, or turn that setting off.',
      ),
    )
  else if (!mayCreate)
    found.push(
      failed(
        name,
        'the user of DATABASE_URL may make no tables in its schema',
        'Make it the owner of the database, or run: GRANT CREATE ON SCHEMA public TO that user.',
      ),
    )
  if (!syncs)
    found.push(
      warning(
        name,
        'fsync is off in Postgres: a loss of power can destroy the database',
        'Set fsync = on in postgresql.conf.',
      ),
    )
  if (commits === 'off')
    found.push(
      warning(
        name,
        'synchronous_commit is off: a crash of Postgres forgets what was confirmed to callers, and may have a call dialled twice',
        'Set synchronous_commit = on in postgresql.conf, or for this database: ALTER DATABASE … SET synchronous_commit = on.',
      ),
    )
  else if (standbys > 0 && (synchronousStandbys === 0 || commits === 'local'))
    found.push(
      warning(
        name,
        `${standbys === 1 ? 'the standby of Postgres follows' : `${standbys} standbys of Postgres follow`} it asynchronously: after a fail-over what was written last is missing, and a call may be dialled twice`,
        "Set synchronous_standby_names = 'ANY 1 (*)' and synchronous_commit = on in postgresql.conf; outbound calls rely on it.",
      ),
    )
  if (mostConnections < pool + BESIDE_POOL)
    found.push(
      warning(
        name,
        `Postgres takes ${mostConnections} connections; this gateway alone may use ${pool + BESIDE_POOL}`,
        'Raise max_connections, or lower DATABASE_POOL.',
      ),
    )
  else if (connections > mostConnections * CROWDED)
    found.push(
      warning(
        name,
        `${connections} of ${mostConnections} connections of Postgres are in use`,
        'Raise max_connections, lower DATABASE_POOL, or put PgBouncer in front (docs/guides/postgres.md).',
      ),
    )
  if (Math.abs(aheadMs) > MOST_AHEAD_MS)
    found.push(
      warning(
        name,
        `the clock of Postgres is ${(Math.abs(aheadMs) / 1_000).toFixed(1)} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of this machine`,
        'Have both set by NTP: times of calls come from several machines.',
      ),
    )
  return found
}
