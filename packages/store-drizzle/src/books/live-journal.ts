import { STRAY_AFTER_MS, type Alive, type LiveJournal } from '@llc-phone/store'
import { readPlan, readStep, type CallChanges, type NextOfCall } from '@llc-phone/core'
import { asc, eq, sql, type SQL } from 'drizzle-orm'
import type { RowType } from '../dialect.ts'
import { runQuery, type Database } from '../database.ts'
import { usageColumns } from './usage-columns.ts'
import { whole } from './whole.ts'

/** A process without a mark for this long is dead; as in the outbound ledger, long enough for a disk that stalls for seconds. */
export const LEFT_AFTER_MS = 12_000

/** How long after the last sign of its process a call may be resumed; a carrier asks within seconds. */
export const RESUMABLE_MS = 120_000

/** A call is taken over this often at most. */
const MAX_ADOPTIONS = 8

/** A process that dies this soon after it has taken a call over may have died of the call. */
const QUICK_MS = 30_000

/** Processes mark themselves at least this often. */
const BEAT_MS = 3_000

/** Calls that were taken over are remembered beyond their end: what becomes of a caller is noted later. */
const MAX_REMEMBERED = 10_000

/** When a stray call is told again: by then the first process has asked the carrier, or is dead. */
const LOOK_AGAIN_MS = 10_000

/** Deletes what was kept to go on with calls that have ended; `which` is about their rows. Reads live calls only. */
export const forgetLive = (database: Database, which: SQL) =>
  ['live_steps', 'live_calls'].map((name) => {
    const table = sql.raw(name)
    return database.run(
      sql`DELETE FROM ${table} WHERE EXISTS (SELECT 1 FROM calls WHERE calls.id = ${table}.call_id AND ${which})`,
    )
  })

/** Who writes a journal. */
export interface JournalWriter {
  /** Id of this process, written to the calls that begin here. */
  readonly process: string
  /** INSTANCE_ID. */
  readonly instance?: string | undefined
  readonly alive: Alive
}

interface Row {
  readonly call: string
  readonly epoch: number
}

type Columns = readonly (readonly [column: string, field: string, type: RowType])[]

const PLACE = ['position', 'place', 'integer'] as const

const TURNS: Columns = [PLACE, ['speaker', 'speaker', 'text'], ['text', 'text', 'text'], ['at_ms', 'atMs', 'integer']]

const TOOLS: Columns = [
  PLACE,
  ['name', 'name', 'text'],
  ['started_at_ms', 'startedAtMs', 'real'],
  ['duration_ms', 'durationMs', 'real'],
  ['outcome', 'outcome', 'text'],
]

const MARKS: Columns = [PLACE, ['measure', 'measure', 'text'], ['ms', 'ms', 'real']]

const TRANSFERS: Columns = [
  PLACE,
  ['kind', 'kind', 'text'],
  ['route', 'route', 'text'],
  ['label', 'label', 'text'],
  ['number', 'number', 'text'],
  ['reason', 'reason', 'text'],
  ['at_ms', 'atMs', 'integer'],
  ['outcome', 'outcome', 'text'],
]

const PLANS: Columns = [
  ['plan', 'plan', 'text'],
  ['written_at', 'writtenAt', 'integer'],
]

const STEPS: Columns = [PLACE, ['step', 'step', 'text']]

const OPENING = {
  call: 'text',
  leg: 'text',
  mode: 'text',
  direction: 'text',
  caller: 'text',
  dialled: 'text',
  started: 'integer',
} as const

const USAGE = {
  call: 'text',
  epoch: 'integer',
  inputText: 'integer',
  inputAudio: 'integer',
  inputCachedText: 'integer',
  inputCachedAudio: 'integer',
  outputText: 'integer',
  outputAudio: 'integer',
  transcription: 'json',
} as const

const NEXT = { call: 'text', epoch: 'integer', next: 'json' } as const

/** The position under another name: `position` is the place in the list. */
const placed = <Entry extends Row>(entry: Entry): Entry & { readonly place: unknown } => ({
  ...entry,
  place: (entry as { readonly position?: unknown }).position,
})

/** The journal of live calls. `epochs` has those of this process: how many processes have served each, this one included. */
export const openLiveJournal = (
  database: Database,
  own: JournalWriter & {
    readonly epochs: Map<string, number>
    /** Whether the database has answered this process all this time (ms), so that silence of others says something. */
    isSteadyFor(ms: number): boolean
  },
): LiveJournal => {
  const { liveCalls, liveSteps } = database.tables
  const dialect = database.engine

  /** Rows of a list with these columns, those of calls that this process still has. */
  const ofOurs = (rows: readonly Row[], columns: Readonly<Record<string, RowType>> = {}): SQL =>
    sql`FROM ${dialect.rows(rows, { call: 'text', epoch: 'integer', ...columns }, 'entry')} JOIN calls ON calls.id = entry.call AND calls.epoch = entry.epoch`
  const field = (name: string): SQL => sql.raw(`entry."${name}"`)
  /** Adds the rows to a table; `columns` are its columns with their types, and `fields` what each is called in a row. */
  const insert = (rows: readonly Row[], table: string, columns: Columns, onConflict: string): SQL => {
    const names = sql.raw(['call_id', ...columns.map(([column]) => column)].join(', '))
    const fields = columns.map(([, name]) => sql`, ${field(name)}`)
    const types = Object.fromEntries(columns.map(([, name, type]) => [name, type]))
    return sql`INSERT INTO ${sql.raw(table)} (${names}) SELECT calls.id${sql.join(fields)} ${ofOurs(rows, types)} WHERE true ${sql.raw(onConflict)}`
  }

  const { process, instance = null, epochs, alive, isSteadyFor } = own

  /** The last sign of the process of a call: its mark, or what it has written of the call. */
  const lastSign = dialect.greatest(
    sql`coalesce(processes.seen_at, 0)`,
    sql`coalesce(instances.heartbeat_at, 0)`,
    sql`live_calls.written_at`,
  )
  const liveOnes = sql`calls JOIN live_calls ON live_calls.call_id = calls.id LEFT JOIN processes ON processes.id = calls.process
    LEFT JOIN instances ON instances.boot_id = calls.process`
  /** Also this process has given a sign a moment ago: otherwise the clock was set since, and everybody seems silent. */
  const clockIsAsBefore = (now: SQL): SQL =>
    sql`EXISTS (SELECT 1 FROM processes AS mine WHERE mine.id = ${process} AND mine.seen_at > ${now} - ${whole(STRAY_AFTER_MS)})`
  const isOpen = sql`(calls.ended_at IS NULL OR calls.disposition = 'cut_off')`

  const statementsFor = (changes: readonly CallChanges[], at: Date) => {
    const all = changes.map((change) => ({
      change,
      row: { call: change.facts.callId, epoch: epochs.get(change.facts.callId) ?? 1 },
    }))
    /** One row for each entry of a list of each call. */
    const rowsOf = <Entry extends object>(
      list: (change: CallChanges) => readonly Entry[] | undefined,
    ): (Entry & Row)[] => all.flatMap(({ change, row }) => (list(change) ?? []).map((entry) => ({ ...entry, ...row })))
    const runs: SQL[] = []
    const run = (rows: readonly Row[], statement: (rows: readonly Row[]) => SQL): void => {
      if (rows.length > 0) runs.push(statement(rows))
    }
    const replaced = all.filter(({ change }) => change.replaces)
    const again = replaced.filter(({ change }) => !change.isFirst)
    run(
      replaced.map(({ row, change: { facts, mode } }) => ({
        ...row,
        leg: facts.legId,
        mode,
        direction: facts.direction,
        caller: facts.otherParty.number ?? null,
        dialled: facts.dialled,
        started: facts.startedAt.getTime(),
      })),
      (rows) => sql`INSERT INTO calls (id, call_sid, mode, direction, caller, dialled, started_at, process, owner)
        SELECT entry.call, entry.leg, entry.mode, entry.direction, entry.caller, entry.dialled, entry.started, ${process}, ${instance}
        FROM ${dialect.rows(rows, OPENING, 'entry')} WHERE true ON CONFLICT (id) DO NOTHING`,
    )
    for (const table of ['turns', 'tool_runs', 'latency_marks', 'live_steps'])
      run(
        again.map(({ row }) => row),
        (rows) => sql`DELETE FROM ${sql.raw(table)} WHERE call_id IN (SELECT calls.id ${ofOurs(rows)})`,
      )
    run(
      rowsOf(({ turns }) => turns.filter(({ text }) => text === '')),
      (rows) =>
        sql`DELETE FROM turns WHERE (call_id, position) IN (SELECT calls.id, ${field('place')} ${ofOurs(rows.map(placed), { place: 'integer' })})`,
    )
    run(
      rowsOf(({ turns }) => turns.filter(({ text }) => text !== '')),
      (rows) =>
        insert(
          rows.map(placed),
          'turns',
          TURNS,
          `ON CONFLICT (call_id, position) DO UPDATE SET speaker = excluded.speaker, text = excluded.text, at_ms = excluded.at_ms`,
        ),
    )
    run(
      rowsOf(({ tools }) => tools),
      (rows) => insert(rows.map(placed), 'tool_runs', TOOLS, 'ON CONFLICT (call_id, position) DO NOTHING'),
    )
    run(
      rowsOf(({ latency }) => latency),
      (rows) => insert(rows.map(placed), 'latency_marks', MARKS, 'ON CONFLICT (call_id, position) DO NOTHING'),
    )
    run(
      all.filter(({ change }) => change.transfers && !change.isFirst).map(({ row }) => row),
      (rows) => sql`DELETE FROM transfers WHERE call_id IN (SELECT calls.id ${ofOurs(rows)})`,
    )
    run(
      rowsOf(({ transfers }) => transfers?.map((transfer, position) => ({ ...transfer, position }))),
      (rows) => insert(rows.map(placed), 'transfers', TRANSFERS, ''),
    )
    run(
      rowsOf(({ usage }) => (usage ? [usageColumns(usage)] : [])),
      (rows) => sql`UPDATE calls SET input_text = ${field('inputText')}, input_audio = ${field('inputAudio')},
        input_cached_text = ${field('inputCachedText')}, input_cached_audio = ${field('inputCachedAudio')},
        output_text = ${field('outputText')}, output_audio = ${field('outputAudio')}, transcription = entry.transcription
        FROM ${dialect.rows(rows, USAGE, 'entry')} WHERE calls.id = entry.call AND calls.epoch = entry.epoch`,
    )
    run(
      rowsOf(({ plan }) => (plan === undefined ? [] : [{ plan, writtenAt: at.getTime() }])),
      (rows) => insert(rows, 'live_calls', PLANS, 'ON CONFLICT (call_id) DO UPDATE SET plan = excluded.plan'),
    )
    run(
      all.filter(({ change }) => change.next === null && !change.isFirst).map(({ row }) => row),
      (rows) => sql`UPDATE calls SET next = NULL WHERE id IN (SELECT calls.id ${ofOurs(rows)})`,
    )
    run(
      rowsOf(({ next }) => (next ? [{ next }] : [])),
      (rows) => sql`UPDATE calls SET next = entry.next
        FROM ${dialect.rows(rows, NEXT, 'entry')} WHERE calls.id = entry.call AND calls.epoch = entry.epoch`,
    )
    run(
      rowsOf(({ steps }) => steps.map(({ position, step }) => ({ position, step: JSON.stringify(step) }))),
      (rows) =>
        insert(
          rows.map(placed),
          'live_steps',
          STEPS,
          'ON CONFLICT (call_id, position) DO UPDATE SET step = excluded.step',
        ),
    )
    const rows = all.map(({ row }) => row)
    run(
      rows,
      (each) =>
        sql`UPDATE live_calls SET written_at = ${dialect.signTime(at)}, own_time = ${at.getTime()} WHERE call_id IN (SELECT calls.id ${ofOurs(each)})`,
    )
    return { runs, rows }
  }

  const stepsOf = (callId: string) =>
    database
      .select({ step: liveSteps.step })
      .from(liveSteps)
      .where(eq(liveSteps.callId, callId))
      .orderBy(asc(liveSteps.position))

  const leftIn = (planText: string, steps: readonly { readonly step: string }[]) => {
    const plan = readPlan(planText)
    const read = steps.map(({ step }) => readStep(step)).filter((step) => step !== undefined)
    return { ...(plan ? { plan } : {}), steps: read }
  }

  return {
    async left(callId) {
      const [[row], steps] = await runQuery(
        database.batch([
          database.select({ plan: liveCalls.plan }).from(liveCalls).where(eq(liveCalls.callId, callId)),
          stepsOf(callId),
        ]),
      )
      return leftIn(row?.plan ?? '', steps)
    },
    async write(changes, at) {
      if (changes.length === 0) return []
      const { runs, rows } = statementsFor(changes, at)
      const results = await runQuery(
        database.batch([
          // Nobody takes the calls over until this is written.
          database.all<[string, number | boolean]>(
            sql`SELECT calls.id, calls.epoch = entry.epoch FROM ${dialect.rows(rows, { call: 'text', epoch: 'integer' }, 'entry')}
              JOIN calls ON calls.id = entry.call ${dialect.lockedRows('calls')}`,
          ),
          ...runs.map((statement) => database.run(statement)),
        ]),
      )
      return results[0].flatMap(([id, isOurs]) => (isOurs ? [] : [id]))
    },
    async abandoned(id, at) {
      if (id === '') return undefined
      const now = dialect.signTime(at)
      const [row] = await runQuery(
        database.all<[string, number, string | null, string | null, number, number, string, number, number | null]>(
          sql`SELECT calls.id, calls.epoch, calls.process, processes.address, ${now} - ${lastSign},
              CASE WHEN live_calls.adopted_at > ${now} - ${whole(QUICK_MS)} THEN live_calls.quick_adoptions ELSE 0 END, live_calls.plan,
              coalesce(live_calls.own_time, live_calls.written_at) - calls.started_at + ${now} - live_calls.written_at, ${now} - live_calls.adopted_at
            FROM ${liveOnes} WHERE (calls.call_sid = ${id} OR calls.id = ${id}) AND ${isOpen}
            ORDER BY calls.started_at DESC LIMIT 1`,
        ),
      )
      if (!row) return undefined
      const [callId, epoch, owner, address, silentMs, quickAdoptions, plan, lastedMs, adoptedAgoMs] = row
      if (owner === process || silentMs > RESUMABLE_MS) return undefined
      const answer = address === null ? 'unknown' : await alive.ask(address)
      // A process that has just died seems to live: on several machines only the carrier's question tells.
      const lives = answer === 'alive' || (answer === 'unknown' && silentMs < LEFT_AFTER_MS)
      if (lives && !alive.spansMachines) return undefined
      const [steps] = await runQuery(database.batch([stepsOf(callId)]))
      return {
        callId,
        epoch,
        silentMs,
        quickAdoptions,
        lastedMs: Math.max(0, lastedMs),
        ...(adoptedAgoMs === null ? {} : { adoptedAgoMs }),
        ...leftIn(plan, steps),
      }
    },
    async adopt({ callId, epoch }, at) {
      const now = dialect.signTime(at)
      const [taken] = await runQuery(
        database.batch([
          database.all<[string]>(
            sql`UPDATE calls SET process = ${process}, owner = ${instance}, epoch = epoch + 1, ended_at = NULL, disposition = NULL
              WHERE id = ${callId} AND epoch = ${epoch} AND epoch <= ${MAX_ADOPTIONS} AND ${isOpen}
                AND EXISTS (SELECT 1 FROM ${liveCalls} WHERE call_id = ${callId})
              RETURNING id`,
          ),
          database.run(
            sql`UPDATE live_calls SET adopted_at = ${now},
                quick_adoptions = CASE WHEN adopted_at > ${now} - ${whole(QUICK_MS)} THEN quick_adoptions + 1 ELSE 1 END
              WHERE call_id IN (SELECT id FROM calls WHERE id = ${callId} AND epoch = ${epoch + 1} AND process = ${process})`,
          ),
        ]),
      )
      if (taken.length === 0) return false
      epochs.set(callId, epoch + 1)
      if (epochs.size > MAX_REMEMBERED) epochs.delete(epochs.keys().next().value!)
      return true
    },
    async release(callId) {
      const rows = [{ call: callId, epoch: epochs.get(callId) ?? 1 }]
      const next: NextOfCall = { kind: 'resume' }
      await runQuery(
        database.batch([
          database.run(
            sql`UPDATE calls SET next = ${dialect.json(next)} WHERE id IN (SELECT calls.id ${ofOurs(rows)})`,
          ),
          database.run(
            sql`UPDATE live_calls SET adopted_at = NULL, quick_adoptions = 0 WHERE call_id IN (SELECT calls.id ${ofOurs(rows)})`,
          ),
        ]),
      )
    },
    async strays(limit, at) {
      if (!alive.spansMachines || !isSteadyFor(STRAY_AFTER_MS + BEAT_MS)) return []
      const now = dialect.signTime(at)
      // Those that were not looked at yet come first: a crowd that is with somebody else must not keep them waiting.
      const found = await runQuery(
        database.all<[string]>(
          sql`UPDATE live_calls SET looked_at = ${now}
            WHERE (looked_at IS NULL OR looked_at <= ${now} - ${whole(LOOK_AGAIN_MS)}) AND call_id IN (
              SELECT calls.id FROM ${liveOnes}
              WHERE ${clockIsAsBefore(now)} AND ${isOpen} AND calls.process IS DISTINCT FROM ${process}
                AND ${now} - ${lastSign} BETWEEN ${whole(STRAY_AFTER_MS)} AND ${whole(RESUMABLE_MS)}
                AND (live_calls.looked_at IS NULL OR live_calls.looked_at <= ${now} - ${whole(LOOK_AGAIN_MS)})
              ORDER BY coalesce(live_calls.looked_at, 0), live_calls.written_at LIMIT ${limit})
            RETURNING call_id`,
        ),
      )
      if (found.length === 0) return []
      const rows = await runQuery(
        database.all<[string, string, number, string, string | null, number, string]>(
          sql`SELECT calls.id, calls.call_sid, calls.epoch, calls.dialled, calls.process, ${now} - ${lastSign}, live_calls.plan
            FROM ${liveOnes} WHERE calls.id IN ${dialect.among(found.map(([id]) => id))}`,
        ),
      )
      return rows.map(([callId, legId, epoch, dialled, owner, silentMs, text]) => {
        const plan = readPlan(text)
        return { callId, legId, epoch, dialled, owner: owner ?? '', silentMs, ...(plan ? { plan } : {}) }
      })
    },
    async closeStray({ callId, epoch }, endedAt) {
      const which = sql`calls.id = ${callId} AND calls.epoch = ${epoch}`
      const [closed] = await runQuery(
        database.batch([
          database.all<[string]>(
            sql`UPDATE calls SET ended_at = ${dialect.greatest(sql`started_at`, whole(endedAt.getTime()))}, disposition = 'cut_off'
              WHERE ${which} AND ${isOpen} RETURNING id`,
          ),
          ...forgetLive(database, sql`${which} AND calls.ended_at IS NOT NULL`),
        ]),
      )
      return closed.length > 0
    },
    epochOf: (callId) => epochs.get(callId) ?? 1,
    async mediaOpened(callId) {
      const epoch = epochs.get(callId) ?? 1
      await runQuery(
        database.run(
          sql`UPDATE calls SET media_epoch = epoch WHERE id = ${callId} AND epoch = ${epoch} AND media_epoch < epoch`,
        ),
      )
    },
  }
}
