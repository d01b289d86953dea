import { readPlan, readStep, type CallChanges, type CallStep, type ResumePlan } from '@llc-phone/core'
import { asc, eq, sql, type SQL } from 'drizzle-orm'
import type { Alive } from '../database/alive.ts'
import { runQuery, type Database } from '../database/database.ts'
import { liveCalls, liveSteps } from '../schema/call-tables.ts'
import { usageColumns } from './usage-columns.ts'

/** A process without a mark for this long is dead; as in the outbound ledger, long enough for a disk that stalls for seconds. */
export const LEFT_AFTER_MS = 12_000

/** How long after the last sign of its process a call may be resumed; a carrier asks within seconds. */
export const RESUMABLE_MS = 120_000

/** A call is taken over this often at most. */
const MAX_ADOPTIONS = 8

/** What a dead process has left of a call, beside its story. */
export interface AbandonedCall {
  readonly callId: string
  /** How many processes have served it. */
  readonly epoch: number
  /** Absent when it cannot be read: it is damaged, or another version has written it. */
  readonly plan?: ResumePlan
  /** Those that can be read. */
  readonly steps: readonly CallStep[]
}

/** The calls that go on now, as another process would need them. */
export interface LiveJournal {
  /**
   * Writes what calls of this process have noted, all of it in one transaction. Resolves to the ids of those that another
   * process has taken over: nothing is written of them.
   */
  write(changes: readonly CallChanges[], at: Date): Promise<readonly string[]>
  /**
   * The call of this leg, if its process is dead and what it left is new enough to go on with. `undefined` also while that
   * process lives.
   */
  abandoned(legId: string, at: Date): Promise<AbandonedCall | undefined>
  /** Takes the call over. `false`: another process was faster, or it was taken over too often. */
  adopt(call: Pick<AbandonedCall, 'callId' | 'epoch'>): Promise<boolean>
}

/** Deletes what was kept to go on with calls that have ended; `which` is about their rows. Reads live calls only. */
export const forgetLive = (database: Database, which: SQL) =>
  ['live_steps', 'live_calls'].map((name) => {
    const table = sql.raw(name)
    return database.run(
      sql`DELETE FROM ${table} WHERE EXISTS (SELECT 1 FROM calls WHERE calls.id = ${table}.call_id AND ${which})`,
    )
  })

interface Row {
  readonly call: string
  readonly epoch: number
}

/** Rows of a JSON list whose calls this process still has. */
const ofOurs = (rows: readonly Row[]): SQL =>
  sql`FROM json_each(${JSON.stringify(rows)}) AS row JOIN calls ON calls.id = row.value ->> 'call' AND calls.epoch = row.value ->> 'epoch'`

const field = (name: string): SQL => sql.raw(`row.value ->> '${name}'`)

/** The journal of live calls. `epochs` has those of this process: how many processes have served each, this one included. */
export const openLiveJournal = (
  database: Database,
  own: { readonly process: string; readonly epochs: Map<string, number>; readonly alive: Alive },
): LiveJournal => {
  const { process, epochs, alive } = own

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
      (rows) => sql`INSERT INTO calls (id, call_sid, mode, direction, caller, dialled, started_at, process)
        SELECT ${field('call')}, ${field('leg')}, ${field('mode')}, ${field('direction')}, ${field('caller')}, ${field('dialled')}, ${field('started')}, ${process}
        FROM json_each(${JSON.stringify(rows)}) AS row WHERE true ON CONFLICT DO NOTHING`,
    )
    for (const table of ['turns', 'tool_runs', 'latency_marks', 'live_steps'])
      run(
        replaced.map(({ row }) => row),
        (rows) => sql`DELETE FROM ${sql.raw(table)} WHERE call_id IN (SELECT calls.id ${ofOurs(rows)})`,
      )
    run(
      rowsOf(({ turns }) => turns.filter(({ text }) => text === '')),
      (rows) =>
        sql`DELETE FROM turns WHERE (call_id, position) IN (SELECT calls.id, ${field('position')} ${ofOurs(rows)})`,
    )
    run(
      rowsOf(({ turns }) => turns.filter(({ text }) => text !== '')),
      (rows) => sql`INSERT INTO turns (call_id, position, speaker, text, at_ms)
        SELECT calls.id, ${field('position')}, ${field('speaker')}, ${field('text')}, ${field('atMs')} ${ofOurs(rows)} WHERE true
        ON CONFLICT DO UPDATE SET speaker = excluded.speaker, text = excluded.text, at_ms = excluded.at_ms`,
    )
    run(
      rowsOf(({ tools }) => tools),
      (rows) => sql`INSERT INTO tool_runs (call_id, position, name, started_at_ms, duration_ms, outcome)
        SELECT calls.id, ${field('position')}, ${field('name')}, ${field('startedAtMs')}, ${field('durationMs')}, ${field('outcome')} ${ofOurs(rows)}
        WHERE true ON CONFLICT DO NOTHING`,
    )
    run(
      rowsOf(({ latency }) => latency),
      (rows) => sql`INSERT INTO latency_marks (call_id, position, measure, ms)
        SELECT calls.id, ${field('position')}, ${field('measure')}, ${field('ms')} ${ofOurs(rows)} WHERE true ON CONFLICT DO NOTHING`,
    )
    run(
      all.filter(({ change }) => change.transfers).map(({ row }) => row),
      (rows) => sql`DELETE FROM transfers WHERE call_id IN (SELECT calls.id ${ofOurs(rows)})`,
    )
    run(
      rowsOf(({ transfers }) => transfers?.map((transfer, position) => ({ ...transfer, position }))),
      (rows) => sql`INSERT INTO transfers (call_id, position, kind, route, label, number, reason, at_ms, outcome)
        SELECT calls.id, ${field('position')}, ${field('kind')}, ${field('route')}, ${field('label')}, ${field('number')}, ${field('reason')}, ${field('atMs')}, ${field('outcome')} ${ofOurs(rows)}`,
    )
    run(
      rowsOf(({ usage }) => (usage ? [usageColumns(usage)] : [])),
      (rows) => sql`UPDATE calls SET input_text = ${field('inputText')}, input_audio = ${field('inputAudio')},
        input_cached_text = ${field('inputCachedText')}, input_cached_audio = ${field('inputCachedAudio')},
        output_text = ${field('outputText')}, output_audio = ${field('outputAudio')}, transcription = ${field('transcription')}
        FROM json_each(${JSON.stringify(rows)}) AS row
        WHERE calls.id = row.value ->> 'call' AND calls.epoch = row.value ->> 'epoch'`,
    )
    run(
      rowsOf(({ plan }) => (plan === undefined ? [] : [{ plan }])),
      (rows) => sql`INSERT INTO live_calls (call_id, plan, written_at)
        SELECT calls.id, ${field('plan')}, ${at.getTime()} ${ofOurs(rows)} WHERE true
        ON CONFLICT DO UPDATE SET plan = excluded.plan`,
    )
    run(
      rowsOf(({ steps }) => steps.map(({ position, step }) => ({ position, step: JSON.stringify(step) }))),
      (rows) => sql`INSERT INTO live_steps (call_id, position, step)
        SELECT calls.id, ${field('position')}, ${field('step')} ${ofOurs(rows)} WHERE true ON CONFLICT DO UPDATE SET step = excluded.step`,
    )
    const rows = all.map(({ row }) => row)
    run(
      rows,
      (each) =>
        sql`UPDATE live_calls SET written_at = ${at.getTime()} WHERE call_id IN (SELECT calls.id ${ofOurs(each)})`,
    )
    return { runs, rows }
  }

  return {
    async write(changes, at) {
      if (changes.length === 0) return []
      const { runs, rows } = statementsFor(changes, at)
      const results = await runQuery(
        database.batch([
          database.all<[string]>(
            sql`SELECT calls.id FROM json_each(${JSON.stringify(rows)}) AS row
              JOIN calls ON calls.id = row.value ->> 'call' AND calls.epoch <> row.value ->> 'epoch'`,
          ),
          ...runs.map((statement) => database.run(statement)),
        ]),
      )
      return results[0].map(([id]) => id)
    },
    async abandoned(legId, at) {
      if (legId === '') return undefined
      const found = await runQuery(
        database.all<[string, number, string | null, number | null, string | null, number | null, string, number]>(
          sql`SELECT calls.id, calls.epoch, calls.process, calls.ended_at, processes.address, processes.seen_at, live_calls.plan, live_calls.written_at
            FROM calls JOIN live_calls ON live_calls.call_id = calls.id LEFT JOIN processes ON processes.id = calls.process
            WHERE calls.call_sid = ${legId} AND (calls.ended_at IS NULL OR calls.disposition = 'cut_off')
            ORDER BY calls.started_at DESC LIMIT 1`,
        ),
      )
      const [row] = found
      if (!row) return undefined
      const [callId, epoch, owner, endedAt, address, seenAt, plan, writtenAt] = row
      if (owner === process) return undefined
      const lastSign = Math.max(endedAt ?? 0, seenAt ?? 0, writtenAt)
      if (at.getTime() - lastSign > RESUMABLE_MS) return undefined
      const answer = address === null ? 'unknown' : await alive.ask(address)
      const isMarked = seenAt !== null && at.getTime() - seenAt < LEFT_AFTER_MS
      if (answer === 'alive' || (answer === 'unknown' && isMarked)) return undefined
      const steps = await runQuery(
        database
          .select({ step: liveSteps.step })
          .from(liveSteps)
          .where(eq(liveSteps.callId, callId))
          .orderBy(asc(liveSteps.position)),
      )
      const read = readPlan(plan)
      return {
        callId,
        epoch,
        ...(read ? { plan: read } : {}),
        steps: steps.map(({ step }) => readStep(step)).filter((step) => step !== undefined),
      }
    },
    async adopt({ callId, epoch }) {
      const taken = await runQuery(
        database.all<[string]>(
          sql`UPDATE calls SET process = ${process}, epoch = epoch + 1, ended_at = NULL, disposition = NULL
            WHERE id = ${callId} AND epoch = ${epoch} AND epoch <= ${MAX_ADOPTIONS} AND (ended_at IS NULL OR disposition = 'cut_off')
              AND EXISTS (SELECT 1 FROM ${liveCalls} WHERE call_id = ${callId})
            RETURNING id`,
        ),
      )
      if (taken.length === 0) return false
      epochs.set(callId, epoch + 1)
      return true
    },
  }
}
