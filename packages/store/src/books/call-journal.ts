import { randomUUID } from 'node:crypto'
import type { CallStory, Transfer } from '@llc-phone/core'
import { and, asc, desc, eq, sql, type SQL } from 'drizzle-orm'
import type { Alive } from '../database/alive.ts'
import { runQuery, type Database } from '../database/database.ts'
import type { KeptEvents } from './event-archive.ts'
import type { PageOfCalls } from './page.ts'
import { forgetLive, LEFT_AFTER_MS, openLiveJournal, RESUMABLE_MS, type LiveJournal } from './live-journal.ts'
import { usageColumns } from './usage-columns.ts'
import { verdictIn } from './verdict-in.ts'
import { callEvents, calls, latencyMarks, processes, toolRuns, transfers, turns } from '../schema.ts'

/** The fields of a call known when it begins; a `CallStory` has them. */
export type CallOpening = Pick<
  CallStory,
  | 'callId'
  | 'legId'
  | 'mode'
  | 'instance'
  | 'settingsVersion'
  | 'tuningProfile'
  | 'direction'
  | 'caller'
  | 'dialled'
  | 'startedAt'
>

/** What a call cost. */
export interface CallBill {
  readonly model?: string | undefined
  /** US dollars for the model's tokens and for transcription; absent when the model has no published price. */
  readonly costUsd?: number | undefined
}

/** What is kept of a call beside its story. */
export interface CallExtras extends CallBill {
  /** The call's log; absent when none is kept. */
  readonly log?: KeptEvents | undefined
}

/** A call in a list. */
export interface CallSummary extends CallOpening, CallBill {
  /**
   * Absent while the call lasts. For a call that a crash cut off (disposition `cut_off`): when its process was last seen
   * alive, or for calls recorded before that was tracked, when the call began.
   */
  readonly endedAt?: string
  readonly disposition?: NonNullable<CallStory['disposition']>
  readonly promptVersion?: NonNullable<CallStory['promptVersion']>
  /** Of a call we placed: who has answered, as far as Twilio could tell. */
  readonly answeredBy?: NonNullable<CallStory['answeredBy']>
  readonly usage: CallStory['usage']
}

/** A call as a person reads it afterwards. Tool inputs, tool results and keys are not kept. */
export interface RecordedCall extends CallSummary {
  readonly turns: CallStory['turns']
  readonly tools: CallStory['tools']
  readonly transfers: readonly Transfer[]
  readonly latency: CallStory['latency']
  readonly audio?: CallStory['audio']
}

/** The stories of all calls, kept for good; of live ones also what another process would need to go on with them. */
export interface CallJournal extends LiveJournal {
  /** Adds a call; does nothing if it exists. */
  begin(call: CallOpening): Promise<void>
  /**
   * Writes the whole story in one transaction, and forgets what was kept to go on with the call. A later story replaces it,
   * also for a call that was marked `cut_off`, but not for one that another process has taken over.
   */
  finish(story: RecordedCall, extras?: CallExtras): Promise<void>
  /**
   * Marks this process as alive, and ends as `cut_off` the calls of processes without a mark for twelve seconds that do not
   * answer either.
   * Call it every few seconds. Resolves to how many calls were ended. For two more minutes such a call can be resumed.
   */
  tend(at: Date): Promise<number>
  /** By our id, or by Twilio's CallSid. */
  find(id: string): Promise<RecordedCall | undefined>
  /** The latest first. Rows are read on the thread that carries audio: some hundred at a time. */
  recent(limit: number, page?: PageOfCalls): Promise<readonly CallSummary[]>
}

const columnsOf = (call: CallOpening) => ({
  id: call.callId,
  legId: call.legId,
  mode: call.mode,
  instance: call.instance ?? null,
  settingsVersion: call.settingsVersion ?? null,
  tuningProfile: call.tuningProfile ?? null,
  direction: call.direction,
  caller: call.caller ?? null,
  dialled: call.dialled,
  startedAt: new Date(call.startedAt),
})

const summaryOf = (row: typeof calls.$inferSelect): CallSummary => ({
  callId: row.id,
  legId: row.legId,
  mode: row.mode,
  ...(row.instance === null ? {} : { instance: row.instance }),
  ...(row.settingsVersion === null ? {} : { settingsVersion: row.settingsVersion }),
  ...(row.tuningProfile === null ? {} : { tuningProfile: row.tuningProfile }),
  direction: row.direction,
  ...(row.caller === null ? {} : { caller: row.caller }),
  dialled: row.dialled,
  startedAt: row.startedAt.toISOString(),
  ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
  ...(row.disposition === null ? {} : { disposition: row.disposition }),
  ...(row.promptVersion === null ? {} : { promptVersion: row.promptVersion }),
  ...(row.answeredBy === null ? {} : { answeredBy: verdictIn(row.answeredBy) }),
  ...(row.model === null ? {} : { model: row.model }),
  ...(row.costUsd === null ? {} : { costUsd: row.costUsd }),
  usage: {
    input: {
      text: row.inputText,
      audio: row.inputAudio,
      cachedText: row.inputCachedText,
      cachedAudio: row.inputCachedAudio,
    },
    output: { text: row.outputText, audio: row.outputAudio },
    ...(row.transcription === null ? {} : { transcription: row.transcription }),
  },
})

const transferOf = (row: typeof transfers.$inferSelect): Transfer => ({
  kind: row.kind,
  ...(row.route === null ? {} : { route: row.route }),
  ...(row.label === null ? {} : { label: row.label }),
  ...(row.number === null ? {} : { number: row.number }),
  ...(row.reason === null ? {} : { reason: row.reason }),
  atMs: row.atMs,
  ...(row.outcome === null ? {} : { outcome: row.outcome }),
})

type DetailTable = typeof turns | typeof toolRuns | typeof transfers | typeof latencyMarks

/** Most processes without a mark that are asked whether they live. */
const MAX_ASKED = 100

/** The journal in the database. */
export const openCallJournal = (database: Database, alive: Alive): CallJournal => {
  /** Sends the rows as one JSON text: a placeholder for each column of a long call would cost the audio thread time. */
  const fill = (
    table: DetailTable,
    columns: readonly string[],
    callId: string,
    rows: readonly object[],
    mayWrite: SQL,
  ) => {
    const names = sql.raw(columns.map((column) => `"${column}"`).join(', '))
    const values = sql.raw(columns.map((column) => `value ->> '${column}'`).join(', '))
    return database.run(
      sql`INSERT INTO ${table} (call_id, position, ${names}) SELECT ${callId}, key, ${values} FROM json_each(${JSON.stringify(rows)}) WHERE ${mayWrite}`,
    )
  }

  const keepEvents = (callId: string, { version, gzip }: KeptEvents, createdAt: Date) => {
    const kept = { version, events: Buffer.from(gzip, 'base64'), createdAt }
    return database
      .insert(callEvents)
      .values({ callId, ...kept })
      .onConflictDoUpdate({ target: callEvents.callId, set: kept })
  }

  /** Id of this process, written to the calls that begin here. */
  const process = randomUUID()
  /** Of the calls of this process: how many processes have served each. */
  const epochs = new Map<string, number>()
  const isLeft = (at: Date, hanging: string) =>
    sql`coalesce((SELECT seen_at FROM processes WHERE processes.id = calls.process), 0) <= ${at.getTime() - LEFT_AFTER_MS}
      AND coalesce(process, '') NOT IN (SELECT value FROM json_each(${hanging}))`

  /** Processes without a mark that still live: they hang, or their disk does. As JSON. */
  const askHanging = async (at: Date): Promise<string> => {
    const silent = await runQuery(
      database
        .select({ id: processes.id, address: processes.address })
        .from(processes)
        .where(sql`id <> ${process} AND address IS NOT NULL AND seen_at <= ${at.getTime() - LEFT_AFTER_MS}`)
        .limit(MAX_ASKED),
    )
    const answers = await Promise.all(silent.map(({ address }) => alive.ask(address!)))
    return JSON.stringify(silent.flatMap(({ id }, index) => (answers[index] === 'alive' ? [id] : [])))
  }

  return {
    ...openLiveJournal(database, { process, epochs, alive }),
    async begin(call) {
      if (!epochs.has(call.callId)) epochs.set(call.callId, 1)
      await runQuery(
        database
          .insert(calls)
          .values({ ...columnsOf(call), process })
          .onConflictDoNothing(),
      )
    },
    async tend(at) {
      const before = (ms: number): number => at.getTime() - ms
      const hanging = await askHanging(at)
      const [, cut, gone] = await runQuery(
        database.batch([
          database
            .insert(processes)
            .values({ id: process, seenAt: at, address: alive.address ?? null })
            .onConflictDoUpdate({ target: processes.id, set: { seenAt: at } }),
          database
            .update(calls)
            .set({
              endedAt: sql`max(started_at, coalesce((SELECT seen_at FROM processes WHERE processes.id = calls.process), 0))`,
              disposition: 'cut_off',
            })
            .where(sql`ended_at IS NULL AND process IS NOT ${process} AND ${isLeft(at, hanging)}`)
            .returning({ id: calls.id }),
          // Dead processes have no open calls any more.
          database
            .delete(processes)
            .where(
              sql`id <> ${process} AND seen_at <= ${before(LEFT_AFTER_MS)} AND id NOT IN (SELECT value FROM json_each(${hanging}))`,
            )
            .returning({ address: processes.address }),
          ...forgetLive(database, sql`calls.ended_at <= ${before(RESUMABLE_MS)}`),
        ]),
      )
      for (const { address } of gone) if (address !== null) await alive.forget(address)
      return cut.length
    },
    async finish(story, { model, costUsd, log } = {}) {
      const { callId } = story
      const opening = columnsOf(story)
      const rest = {
        endedAt: story.endedAt === undefined ? null : new Date(story.endedAt),
        disposition: story.disposition ?? null,
        promptVersion: story.promptVersion ?? null,
        answeredBy: story.answeredBy ?? null,
        model: model ?? null,
        costUsd: costUsd ?? null,
        audio: story.audio,
        ...usageColumns(story.usage),
      }
      const runs = story.tools.map(({ name, startedAtMs, durationMs, outcome }) => ({
        name,
        started_at_ms: startedAtMs,
        duration_ms: durationMs,
        outcome,
      }))
      const marks = Object.entries(story.latency).flatMap(([measure, all]) => all.map((ms) => ({ measure, ms })))
      const said = story.turns.map(({ speaker, text, atMs }) => ({ speaker, text, at_ms: atMs }))
      const tried = story.transfers.map(({ atMs, ...transfer }) => ({ ...transfer, at_ms: atMs }))
      // A story without an epoch is one of an earlier process, kept beside the database.
      const mayWrite = sql`NOT EXISTS (SELECT 1 FROM calls AS other WHERE other.id = ${callId} AND other.epoch > ${epochs.get(callId) ?? Number.MAX_SAFE_INTEGER})`
      await runQuery(
        database.batch([
          database
            .insert(calls)
            .values({ ...opening, ...rest })
            .onConflictDoUpdate({ target: calls.id, set: { ...opening, ...rest }, setWhere: mayWrite }),
          ...[turns, toolRuns, transfers, latencyMarks].map((table) =>
            database.delete(table).where(and(eq(table.callId, callId), mayWrite)),
          ),
          fill(turns, ['speaker', 'text', 'at_ms'], callId, said, mayWrite),
          fill(toolRuns, ['name', 'started_at_ms', 'duration_ms', 'outcome'], callId, runs, mayWrite),
          fill(transfers, ['kind', 'route', 'label', 'number', 'reason', 'at_ms', 'outcome'], callId, tried, mayWrite),
          fill(latencyMarks, ['measure', 'ms'], callId, marks, mayWrite),
          ...forgetLive(database, sql`calls.id = ${callId} AND calls.ended_at IS NOT NULL AND ${mayWrite}`),
          ...(log ? [keepEvents(callId, log, rest.endedAt ?? opening.startedAt)] : []),
        ]),
      )
      if (story.endedAt !== undefined) epochs.delete(callId)
    },
    async find(id) {
      // A call whose leg is not known yet has an empty leg id.
      if (id === '') return undefined
      const theCall = sql`(SELECT id FROM calls WHERE id = ${id} OR call_sid = ${id}
        ORDER BY id = ${id} DESC, started_at DESC LIMIT 1)`
      const of = (table: DetailTable) => sql`${table.callId} = ${theCall}`
      const [[call], said, runs, tried, marks] = await runQuery(
        database.batch([
          database
            .select()
            .from(calls)
            .where(sql`${calls.id} = ${theCall}`),
          database
            .select({ speaker: turns.speaker, text: turns.text, atMs: turns.atMs })
            .from(turns)
            .where(of(turns))
            .orderBy(asc(turns.position)),
          database
            .select({
              name: toolRuns.name,
              startedAtMs: toolRuns.startedAtMs,
              durationMs: toolRuns.durationMs,
              outcome: toolRuns.outcome,
            })
            .from(toolRuns)
            .where(of(toolRuns))
            .orderBy(asc(toolRuns.position)),
          database.select().from(transfers).where(of(transfers)).orderBy(asc(transfers.position)),
          database.select().from(latencyMarks).where(of(latencyMarks)).orderBy(asc(latencyMarks.position)),
        ]),
      )
      if (!call) return undefined
      const latency: { -readonly [Measure in keyof CallStory['latency']]: number[] } = {}
      for (const { measure, ms } of marks) (latency[measure] ??= []).push(ms)
      return {
        ...summaryOf(call),
        turns: said,
        tools: runs,
        transfers: tried.map(transferOf),
        latency,
        ...(call.audio === null ? {} : { audio: call.audio }),
      }
    },
    async recent(limit, { before, except = [] } = {}) {
      const behind = before && sql`(started_at, id) < (${before.startedAt.getTime()}, ${before.callId})`
      const others = except.length > 0 && sql`id NOT IN (SELECT value FROM json_each(${JSON.stringify(except)}))`
      const rows = await runQuery(
        database
          .select()
          .from(calls)
          .where(and(behind, others || undefined))
          .orderBy(desc(calls.startedAt), desc(calls.id))
          .limit(limit),
      )
      return rows.map(summaryOf)
    },
  }
}
