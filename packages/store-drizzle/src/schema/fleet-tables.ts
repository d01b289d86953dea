import { instanceStates } from '@llc-phone/store'
import type { Kit } from '../kit.ts'

/** The tables by which several gateways on one database know of each other. Their times are the database's. */
export const fleetTables = ({ table, text, integer, real, index }: Kit) => {
  /** Gateways: one row for each start of a process, deleted a day after its last sign of life. */
  const instances = table(
    'instances',
    {
      /** INSTANCE_ID. */
      id: text().notNull(),
      /** The id of this start; that of its calls is the same. */
      bootId: text('boot_id').primaryKey(),
      /** INSTANCE_URL, if it has one. */
      address: text(),
      version: text().notNull(),
      state: text({ enum: instanceStates }).notNull(),
      /** Live calls, and how many it takes at most. */
      active: integer().notNull(),
      rated: integer().notNull(),
      /** Delay of its event loop, 99th percentile of the last second (ms). */
      loopP99Ms: real('loop_p99_ms').notNull(),
      /** What tells its FLEET_SECRET from another one; null without a secret. */
      secretMark: text('secret_mark'),
      startedAt: integer('started_at', { mode: 'timestamp_ms' }).notNull(),
      heartbeatAt: integer('heartbeat_at', { mode: 'timestamp_ms' }).notNull(),
    },
    (columns) => [index('instances_by_heartbeat').on(columns.heartbeatAt)],
  )

  /** When what every instance keeps in memory was changed last: one row for each topic. */
  const changes = table('changes', {
    topic: text().primaryKey(),
    /** Grows with every change. */
    changedAt: integer('changed_at', { mode: 'timestamp_ms' }).notNull(),
  })
  return { instances, changes }
}
