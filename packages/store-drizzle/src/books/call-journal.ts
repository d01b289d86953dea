import { codesIn, wordsOf, problemCodesOf, type CallJournal, type KeptEvents } from '@llc-phone/store'
import { fallbackOutcome, type CallStory } from '@llc-phone/core'
import { and, asc, desc, eq, sql, type SQL } from 'drizzle-orm'
import type { Dialect, RowType } from '../dialect.ts'
import { whole } from './whole.ts'
import { runQuery, type Database } from '../database.ts'
import { conditionsOf } from './call-filter.ts'
import { columnsOf, rowsOf, runOf, speechOf, summaryOf, transferOf, turnOf } from './call-rows.ts'
import { forgetLive, LEFT_AFTER_MS, openLiveJournal, RESUMABLE_MS, type JournalWriter } from './live-journal.ts'
import { usageColumns } from './usage-columns.ts'

type Columns = Readonly<Record<string, RowType>>

const TURN_COLUMNS: Columns = {
  speaker: 'text',
  text: 'text',
  at_ms: 'integer',
  started_ms: 'integer',
  ended_at_ms: 'integer',
  sent_ms: 'integer',
  heard_ms: 'integer',
  is_cut: 'boolean',
  latency_ms: 'real',
  delta_ms: 'real',
  generated_ms: 'integer',
  unheard: 'text',
  usage: 'json',
}

const TOOL_COLUMNS: Columns = {
  name: 'text',
  started_at_ms: 'real',
  duration_ms: 'real',
  outcome: 'text',
  input: 'json',
  result: 'json',
}

const TRANSFER_COLUMNS: Columns = {
  kind: 'text',
  route: 'text',
  label: 'text',
  number: 'text',
  reason: 'text',
  at_ms: 'integer',
  outcome: 'text',
}

const SPEECH_COLUMNS: Columns = {
  started_ms: 'integer',
  ended_at_ms: 'integer',
  taken_as: 'text',
  cleared_after_ms: 'real',
}

/** The ids of a page of calls. The index is named, because it has every column that the conditions read. */
export const pageQuery = (dialect: Dialect, conditions: SQL | undefined, limit: number, isBackwards = false): SQL => {
  const order = sql.raw(isBackwards ? 'started_at, id' : 'started_at DESC, id DESC')
  return sql`SELECT id FROM ${dialect.readBy('calls', 'calls_filtered')} WHERE ${conditions ?? sql`true`} ORDER BY ${order} LIMIT ${limit}`
}

/** After so long without an answer the database was away: a mark is written every three seconds. */
const GAP_MS = 5_000

/**
 * The database's clock has gone so much further than ours: it was set, or another machine is the database now. All marks seem that
 * much older then.
 */
const STEP_MS = 2_000

/** Most processes without a mark that are asked whether they live. */
const MAX_ASKED = 100

/** Each word once. */
const wordsIn = (said: readonly { readonly text: string }[]): string[] => [
  ...new Set(said.flatMap(({ text }) => wordsOf(text.replaceAll('*', ' ')))),
]

/** The journal in the database; `now` is the wall clock (ms). */
export const openCallJournal = (
  database: Database,
  { process, instance, alive }: JournalWriter,
  now: () => number = Date.now,
): CallJournal => {
  const dialect = database.engine
  const {
    calls,
    processes,
    callEvents,
    callerSpeech,
    callPhases,
    callProblems,
    latencyMarks,
    toolRuns,
    transfers,
    turns,
  } = database.tables
  /** What hangs on a call. */
  const details = [turns, toolRuns, transfers, latencyMarks, callProblems, callerSpeech, callPhases] as const
  type DetailTable = (typeof details)[number]

  const fill = (table: DetailTable, columns: Columns, callId: string, rows: readonly object[], mayWrite: SQL) => {
    const names = sql.raw(
      Object.keys(columns)
        .map((column) => `"${column}"`)
        .join(', '),
    )
    return database.run(
      sql`INSERT INTO ${table} (call_id, position, ${names}) SELECT ${callId}, position, ${names}
        FROM ${dialect.rows(rows, columns, 'entry')} WHERE ${mayWrite}`,
    )
  }

  const keepEvents = (callId: string, { version, gzip }: KeptEvents, createdAt: Date, mayReplace: SQL) => {
    const kept = { version, events: Buffer.from(gzip, 'base64'), createdAt }
    return database
      .insert(callEvents)
      .values({ callId, ...kept })
      .onConflictDoUpdate({ target: callEvents.callId, set: kept, setWhere: mayReplace })
  }

  /**
   * Since when the database has answered this process without a gap, and when it did last (ms of the uptime); `seenAt` by its own
   * clock.
   */
  let steady: { readonly since: number; readonly last: number; readonly seenAt: number } | undefined
  const noteAnswer = (seenAt: number): void => {
    const last = performance.now()
    const isGap = !steady || last - steady.last > GAP_MS || seenAt - steady.seenAt - (last - steady.last) > STEP_MS
    steady = { since: isGap ? last : steady!.since, last, seenAt }
  }
  /** After an outage of the database every process seems silent, until each has given a sign again. */
  const isSteadyFor = (ms: number): boolean =>
    !alive.spansMachines || (steady !== undefined && performance.now() - steady.since >= ms)

  /** Of the calls that this process has taken over, also ended ones: how many processes have served each. */
  const epochs = new Map<string, number>()
  const isLeft = (at: Date, hanging: readonly string[]) =>
    sql`coalesce((SELECT seen_at FROM processes WHERE processes.id = calls.process), 0) <= ${dialect.signTime(at)} - ${whole(LEFT_AFTER_MS)}
      AND coalesce(process, '') NOT IN ${dialect.among(hanging)}`

  /** Processes without a mark that still live: they hang, or their disk does. */
  const askHanging = async (at: Date): Promise<readonly string[]> => {
    const silent = await runQuery(
      database
        .select({ id: processes.id, address: processes.address })
        .from(processes)
        .where(
          sql`id <> ${process} AND address IS NOT NULL AND seen_at <= ${dialect.signTime(at)} - ${whole(LEFT_AFTER_MS)}`,
        )
        .limit(MAX_ASKED),
    )
    const answers = await Promise.all(silent.map(({ address }) => alive.ask(address!)))
    return silent.flatMap(({ id }, index) => (answers[index] === 'alive' ? [id] : []))
  }

  /**
   * Writes the mark of this process. Whether there is anything to clear up: mostly not, and one statement every few seconds is all
   * that an idle process costs.
   */
  const markAndLook = async (at: Date): Promise<boolean> => {
    const seenAt = dialect.signTime(at)
    const before = (ms: number) => sql`${seenAt} - ${whole(ms)}`
    const [found] = await runQuery(
      database.all<[number, ...(boolean | number)[]]>(
        sql`INSERT INTO processes (id, seen_at, address) VALUES (${process}, ${seenAt}, ${alive.address ?? null})
          ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at
          RETURNING seen_at,
            EXISTS (SELECT 1 FROM processes AS other WHERE other.id <> ${process} AND other.seen_at <= ${before(LEFT_AFTER_MS)}),
            EXISTS (SELECT 1 FROM calls WHERE ended_at IS NULL AND process IS DISTINCT FROM ${process}
              AND NOT EXISTS (SELECT 1 FROM processes AS other WHERE other.id = calls.process AND other.seen_at > ${before(LEFT_AFTER_MS)})),
            EXISTS (SELECT 1 FROM live_calls JOIN calls ON calls.id = live_calls.call_id
              WHERE calls.ended_at IS NOT NULL AND live_calls.written_at <= ${before(RESUMABLE_MS)})`,
      ),
    )
    const [markedAt, ...isAnythingLeft] = found!
    noteAnswer(markedAt)
    return isAnythingLeft.some(Boolean)
  }

  /** Makes the words of a call that was cut off findable. */
  const indexWordsOf = async (callId: string): Promise<void> => {
    const said = await runQuery(database.select({ text: turns.text }).from(turns).where(eq(turns.callId, callId)))
    await runQuery(database.run(dialect.indexWords(callId, wordsIn(said), sql`ended_at IS NOT NULL`)))
  }

  return {
    ...openLiveJournal(database, { process, instance, epochs, alive, isSteadyFor }),
    async begin(call) {
      await runQuery(
        database
          .insert(calls)
          .values({ ...columnsOf(call), process, owner: instance ?? null })
          .onConflictDoNothing(),
      )
    },
    async tend(at) {
      const isAnythingLeft = await markAndLook(at).catch((error: unknown) => {
        steady = undefined
        throw error
      })
      if (!isAnythingLeft) return 0
      const before = (ms: number) => sql`${dialect.signTime(at)} - ${whole(ms)}`
      const hanging = await askHanging(at)
      const mayClose = isSteadyFor(LEFT_AFTER_MS) ? sql`true` : sql`false`
      const isCut = sql`ended_at IS NULL AND process IS DISTINCT FROM ${process} AND ${isLeft(at, hanging)} AND ${mayClose}`
      const [, cut, gone] = await runQuery(
        database.batch([
          // The last sign of its process is that of the call, whatever the clock of that machine said.
          database.run(
            sql`UPDATE live_calls SET own_time = coalesce(own_time, written_at) + processes.seen_at - written_at, written_at = processes.seen_at
              FROM calls JOIN processes ON processes.id = calls.process
              WHERE calls.id = live_calls.call_id AND processes.seen_at > live_calls.written_at AND ${isCut}`,
          ),
          database
            .update(calls)
            .set({
              endedAt: dialect.greatest(
                sql`started_at`,
                sql`coalesce((SELECT coalesce(own_time, written_at) FROM live_calls WHERE call_id = calls.id),
                  (SELECT seen_at FROM processes WHERE processes.id = calls.process), 0)`,
              ),
              disposition: 'cut_off',
            })
            .where(isCut)
            .returning({ id: calls.id }),
          // Dead processes have no open calls any more.
          database
            .delete(processes)
            .where(
              sql`id <> ${process} AND seen_at <= ${before(LEFT_AFTER_MS)} AND id NOT IN ${dialect.among(hanging)} AND ${mayClose}`,
            )
            .returning({ address: processes.address }),
          ...forgetLive(
            database,
            sql`calls.ended_at IS NOT NULL AND calls.id IN (SELECT call_id FROM live_calls WHERE written_at <= ${before(RESUMABLE_MS)})`,
          ),
        ]),
      )
      for (const { id } of cut) await indexWordsOf(id)
      for (const { address } of gone) if (address !== null) await alive.forget(address)
      return cut.length
    },
    async finish(story, { model, costUsd, log, epoch = epochs.get(story.callId) ?? 1 } = {}) {
      const { callId } = story
      const opening = columnsOf(story)
      const partEndedAt = story.assistantEndedAt ?? story.endedAt
      const legEndedAt = story.assistantEndedAt === undefined ? undefined : story.endedAt
      const isLegOpen = story.assistantEndedAt !== undefined && story.endedAt === undefined
      const rest = {
        endedAt: partEndedAt === undefined ? null : new Date(partEndedAt),
        firstWordsMs: story.firstWordsMs ?? null,
        problemCodes: problemCodesOf(story.problems),
        disposition: story.disposition ?? null,
        promptVersion: story.promptVersion ?? null,
        answeredBy: story.answeredBy ?? null,
        model: model ?? null,
        costUsd: costUsd ?? null,
        audio: story.audio,
        trial: story.trial ?? null,
        acts: story.acts && story.acts.length > 0 ? [...story.acts] : null,
        next: null,
        ...usageColumns(story.usage),
      }
      const leg = { legEndedAt: legEndedAt === undefined ? null : new Date(legEndedAt), isLegOpen }
      // Another process may have been told of the end before this story was written.
      const legAgain = {
        legEndedAt: sql`coalesce(${whole(leg.legEndedAt?.getTime() ?? null)}, calls.leg_ended_at)`,
        isLegOpen: isLegOpen ? sql`calls.leg_ended_at IS NULL` : sql`false`,
      }
      const { runs, marks, said, failed, tried, spoken, gone } = rowsOf(story)
      const mayWrite = sql`NOT EXISTS (SELECT 1 FROM calls AS other WHERE other.id = ${callId} AND other.epoch > ${epoch})`
      await runQuery(
        database.batch([
          database
            .insert(calls)
            .values({ ...opening, ...rest, ...leg })
            .onConflictDoUpdate({
              target: calls.id,
              set: { ...opening, ...rest, ...legAgain },
              // Of the row itself: a subquery would not see an epoch that was written while this waited for the row.
              setWhere: sql`calls.epoch <= ${epoch}`,
            }),
          ...details.map((table) => database.delete(table).where(and(eq(table.callId, callId), mayWrite))),
          fill(turns, TURN_COLUMNS, callId, said, mayWrite),
          fill(toolRuns, TOOL_COLUMNS, callId, runs, mayWrite),
          fill(callProblems, { code: 'text', message: 'text', at_ms: 'integer' }, callId, failed, mayWrite),
          fill(transfers, TRANSFER_COLUMNS, callId, tried, mayWrite),
          fill(latencyMarks, { measure: 'text', ms: 'real' }, callId, marks, mayWrite),
          fill(callerSpeech, SPEECH_COLUMNS, callId, spoken, mayWrite),
          fill(callPhases, { phase: 'text', at_ms: 'integer' }, callId, gone, mayWrite),
          database.run(dialect.indexWords(callId, wordsIn(story.turns), sql`ended_at IS NOT NULL AND ${mayWrite}`)),
          ...forgetLive(database, sql`calls.id = ${callId} AND calls.ended_at IS NOT NULL AND ${mayWrite}`),
          ...(log ? [keepEvents(callId, log, rest.endedAt ?? opening.startedAt, mayWrite)] : []),
        ]),
      )
    },
    async find(id) {
      // A call whose leg is not known yet has an empty leg id.
      if (id === '') return undefined
      const theCall = sql`(SELECT id FROM calls WHERE id = ${id} OR call_sid = ${id}
        ORDER BY id = ${id} DESC, started_at DESC LIMIT 1)`
      const of = (table: DetailTable) => sql`${table.callId} = ${theCall}`
      const [[call], said, runs, tried, marks, failed, spoken, gone] = await runQuery(
        database.batch([
          database
            .select()
            .from(calls)
            .where(sql`${calls.id} = ${theCall}`),
          database.select().from(turns).where(of(turns)).orderBy(asc(turns.position)),
          database
            .select({
              name: toolRuns.name,
              startedAtMs: toolRuns.startedAtMs,
              durationMs: toolRuns.durationMs,
              outcome: toolRuns.outcome,
              input: toolRuns.input,
              result: toolRuns.result,
            })
            .from(toolRuns)
            .where(of(toolRuns))
            .orderBy(asc(toolRuns.position)),
          database.select().from(transfers).where(of(transfers)).orderBy(asc(transfers.position)),
          database.select().from(latencyMarks).where(of(latencyMarks)).orderBy(asc(latencyMarks.position)),
          database
            .select({ code: callProblems.code, message: callProblems.message, atMs: callProblems.atMs })
            .from(callProblems)
            .where(of(callProblems))
            .orderBy(asc(callProblems.position)),
          database
            .select({
              startedMs: callerSpeech.startedMs,
              endedMs: callerSpeech.endedMs,
              takenAs: callerSpeech.takenAs,
              clearedAfterMs: callerSpeech.clearedAfterMs,
            })
            .from(callerSpeech)
            .where(of(callerSpeech))
            .orderBy(asc(callerSpeech.position)),
          database
            .select({ phase: callPhases.phase, atMs: callPhases.atMs })
            .from(callPhases)
            .where(of(callPhases))
            .orderBy(asc(callPhases.position)),
        ]),
      )
      if (!call) return undefined
      const latency: { -readonly [Measure in keyof CallStory['latency']]: number[] } = {}
      for (const { measure, ms } of marks) (latency[measure] ??= []).push(ms)
      return {
        ...summaryOf(call, now()),
        turns: said.map(turnOf),
        tools: runs.map(runOf),
        // A call of this version has at least one phase.
        ...(gone.length > 0 ? { speech: spoken.map(speechOf), phases: gone } : {}),
        ...(failed.length > 0 ? { problems: failed } : {}),
        transfers: tried.map(transferOf),
        latency,
        ...(call.audio === null ? {} : { audio: call.audio }),
        ...(call.acts === null ? {} : { acts: call.acts }),
      }
    },
    async recent(limit, { before, newerThan, except = [], filter = {} } = {}) {
      const behind = before && sql`(started_at, id) < (${before.startedAt.getTime()}, ${before.callId})`
      const ahead = newerThan && sql`(started_at, id) > (${newerThan.startedAt.getTime()}, ${newerThan.callId})`
      const others = except.length > 0 && sql`id NOT IN ${dialect.among(except)}`
      const found = await runQuery(
        database.all<[string]>(
          pageQuery(
            dialect,
            and(behind, ahead, others || undefined, ...conditionsOf(filter, dialect)),
            limit,
            newerThan !== undefined,
          ),
        ),
      )
      if (found.length === 0) return []
      const ids = dialect.among(found.map(([id]) => id))
      const [rows, tried, counted] = await runQuery(
        database.batch([
          database
            .select()
            .from(calls)
            .where(sql`id IN ${ids}`)
            .orderBy(desc(calls.startedAt), desc(calls.id)),
          database
            .select()
            .from(transfers)
            .where(sql`${transfers.callId} IN ${ids}`)
            .orderBy(asc(transfers.callId), asc(transfers.position)),
          database.all<[string, number]>(
            sql`SELECT call_id, count(*) FROM turns WHERE call_id IN ${ids} GROUP BY call_id`,
          ),
        ]),
      )
      const turnsOf = new Map(counted)
      const ofCall = Map.groupBy(tried, ({ callId }) => callId)
      return rows.map((row) => {
        const transfersOf = ofCall.get(row.id)?.map(transferOf)
        const turnCount = turnsOf.get(row.id)
        return {
          ...summaryOf(row, now()),
          ...(turnCount === undefined ? {} : { turnCount }),
          ...(row.problemCodes === null ? {} : { problemCodes: codesIn(row.problemCodes) }),
          ...(transfersOf ? { transfers: transfersOf } : {}),
        }
      })
    },
    async legReported(legId, news, at) {
      if (legId === '') return false
      const outcome = fallbackOutcome(news)
      const one = sql`SELECT id FROM calls WHERE call_sid = ${legId} AND is_leg_open ORDER BY started_at DESC LIMIT 1`
      const results = await runQuery(
        database.batch([
          database.all<[string]>(one),
          ...(outcome === undefined
            ? []
            : [
                database.run(
                  sql`UPDATE transfers SET outcome = ${outcome} WHERE call_id = (${one}) AND kind = 'fallback' AND outcome IS NULL`,
                ),
              ]),
          ...(news.isOver
            ? [
                database.run(
                  sql`UPDATE calls SET leg_ended_at = ${dialect.greatest(sql`ended_at`, whole(at.getTime()))}, is_leg_open = false WHERE id = (${one}) AND ended_at IS NOT NULL`,
                ),
              ]
            : []),
        ]),
      )
      return results[0].length > 0
    },
  }
}
