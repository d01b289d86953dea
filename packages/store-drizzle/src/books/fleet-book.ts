import type { ChangeTopic, FleetBook, Instance, InstanceState } from '@llc-phone/store'
import { sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { columnsOf } from './call-rows.ts'
import { whole } from './whole.ts'
import { withoutNulls } from './without-nulls.ts'

/** An instance without a mark for this long is of no interest to the others. */
const SHOWN_MS = 60_000

/** How long rows of instances are kept. */
const KEPT_MS = 24 * 3_600_000

/** Starts that are told at most, the latest: one that starts again every second for a day leaves 80,000. */
const MOST_LISTED = 200

type Row = readonly [
  id: string,
  bootId: string,
  address: string | null,
  version: string,
  state: InstanceState,
  active: number,
  rated: number,
  loopP99Ms: number,
  secretMark: string | null,
  startedAt: number,
  silentMs: number,
]

const instanceOf = ([
  id,
  bootId,
  address,
  version,
  state,
  active,
  rated,
  loopP99Ms,
  secretMark,
  startedAt,
  silentMs,
]: Row): Instance => ({
  id,
  bootId,
  ...(address === null ? {} : { address }),
  version,
  state,
  active,
  rated,
  loopP99Ms,
  ...(secretMark === null ? {} : { secretMark }),
  startedAt: new Date(startedAt),
  silentMs: Math.max(0, silentMs),
})

const inOrder = (rows: readonly Row[]): Instance[] =>
  rows
    .map(instanceOf)
    .toSorted((one, other) => one.id.localeCompare(other.id) || other.startedAt.getTime() - one.startedAt.getTime())

/** Notes that something was changed which other processes have in memory; part of the batch that changes it. */
export const noteChange = (database: Database, topic: ChangeTopic) => {
  const { changes } = database.tables
  const { now, greatest, announce } = database.engine
  return database.all(
    sql`INSERT INTO ${changes} (topic, changed_at) VALUES (${topic}, ${now})
      ON CONFLICT (topic) DO UPDATE SET changed_at = ${greatest(sql`${changes.changedAt} + 1`, sql`excluded.changed_at`)}
      RETURNING ${announce(topic)}`,
  )
}

const OPENING = {
  id: 'text',
  legId: 'text',
  mode: 'text',
  direction: 'text',
  caller: 'text',
  dialled: 'text',
  startedAt: 'integer',
  instance: 'text',
  settingsVersion: 'integer',
  tuningProfile: 'text',
  language: 'text',
  isTest: 'boolean',
} as const

/** The gateways in the database. `bootId` and `instance` are those of this process. */
export const openFleetBook = (
  database: Database,
  { bootId, instance = null }: { readonly bootId: string; readonly instance?: string | null | undefined },
): Omit<FleetBook, 'listen'> => {
  const { instances, changes } = database.tables
  const { now, list } = database.engine
  const columns = [
    ...[
      'id',
      'boot_id',
      'address',
      'version',
      'state',
      'active',
      'rated',
      'loop_p99_ms',
      'secret_mark',
      'started_at',
    ].map((name) => sql.raw(`other.${name}`)),
    sql`${now} - other.heartbeat_at`,
  ]
  const seenWithin = (ms: number): SQL =>
    sql`(SELECT ${list(...columns)} FROM (SELECT * FROM ${instances} AS each_one WHERE each_one.heartbeat_at > ${now} - ${whole(ms)}
      ORDER BY each_one.heartbeat_at DESC LIMIT ${MOST_LISTED}) AS other)`

  return {
    bootId,
    async beat({ id, address = null, version, secretMark = null }, { state, active, rated, loopP99Ms }) {
      const [[others, changed, startedAt]] = (await runQuery(
        database.all(
          sql`INSERT INTO ${instances}
              (id, boot_id, address, version, state, active, rated, loop_p99_ms, secret_mark, started_at, heartbeat_at)
            VALUES (${id}, ${bootId}, ${address}, ${version}, ${state}, ${active}, ${rated}, ${loopP99Ms}, ${secretMark}, ${now}, ${now})
            ON CONFLICT (boot_id) DO UPDATE SET state = excluded.state, active = excluded.active, rated = excluded.rated,
              loop_p99_ms = excluded.loop_p99_ms, heartbeat_at = excluded.heartbeat_at
            RETURNING ${seenWithin(SHOWN_MS)}, (SELECT ${list(sql`topic`, sql`changed_at`)} FROM ${changes}), started_at`,
        ),
      )) as unknown as [[string | null, string | null, number]]
      const rows = (JSON.parse(others ?? '[]') as Row[]).filter((row) => row[1] !== bootId)
      // Engines differ in whether a statement sees what it writes.
      const own: Row = [id, bootId, address, version, state, active, rated, loopP99Ms, secretMark, startedAt, 0]
      return {
        instances: inOrder([...rows, own]),
        changes: new Map(JSON.parse(changed ?? '[]') as [ChangeTopic, number][]),
      }
    },
    async list() {
      const [[found]] = (await runQuery(database.all(sql`SELECT ${seenWithin(KEPT_MS)}`))) as unknown as [
        [string | null],
      ]
      return inOrder(JSON.parse(found ?? '[]') as Row[])
    },
    async claim(call) {
      const row = columnsOf(call)
      // One that was cut off and can be gone on with, too.
      const live = sql`FROM calls WHERE call_sid = ${row.legId}
        AND (ended_at IS NULL OR EXISTS (SELECT 1 FROM live_calls WHERE live_calls.call_id = calls.id))`
      const [found] = (await runQuery(
        database.alone(`leg ${row.legId}`).batch([
          database.all(sql`SELECT id, owner, process, epoch ${live} ORDER BY started_at DESC LIMIT 1`),
          database.run(
            sql`INSERT INTO calls (id, call_sid, mode, direction, caller, dialled, started_at, instance, settings_version,
                tuning_profile, language, is_test, process, owner)
              SELECT entry.id, entry."legId", entry.mode, entry.direction, entry.caller, entry.dialled, entry."startedAt",
                entry.instance, entry."settingsVersion", entry."tuningProfile", entry.language, entry."isTest",
                ${bootId}, ${instance}
              FROM ${database.engine.rows([{ ...row, startedAt: row.startedAt.getTime() }], OPENING, 'entry')}
              WHERE NOT EXISTS (SELECT 1 ${live}) ON CONFLICT (id) DO NOTHING`,
          ),
        ]),
      )) as unknown as [[string, string | null, string | null, number][]]
      const [other] = found
      if (!other) return undefined
      const [callId, owner, process, epoch] = other
      return { ...withoutNulls({ owner, bootId: process }), callId, epoch }
    },
    async ownerOf(callId) {
      if (callId === '') return undefined
      const [row] = await runQuery(
        database.all<[string | null]>(
          sql`SELECT owner FROM calls WHERE (id = ${callId} OR call_sid = ${callId}) AND ended_at IS NULL ORDER BY started_at DESC LIMIT 1`,
        ),
      )
      return row?.[0] ?? undefined
    },
    async sweep() {
      await runQuery(database.run(sql`DELETE FROM ${instances} WHERE heartbeat_at <= ${now} - ${whole(KEPT_MS)}`))
    },
  }
}
