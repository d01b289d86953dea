import { and, asc, desc, eq, lte, or, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { runQuery, type Database } from '../database/database.ts'
import type { OutboundCall, OutboundChange, OutboundLedger, PendingCompletion } from './outbound-call.ts'
import { isWorthTelling, type OutboundState } from './outbound-states.ts'
import { FINISHED, reserveCall } from './reserve.ts'
import { calls } from '../schema/call-tables.ts'
import { outboundCalls } from '../schema/outbound-tables.ts'
import { verdictIn } from './verdict-in.ts'
import { withoutNulls } from './without-nulls.ts'

/** Most reports read at once, the rest comes next time: rows are decoded on the thread that carries audio. */
const PENDING_MAX = 100

/** Decoding this many rows takes that thread a millisecond. */
const ROWS_AT_ONCE = 200

/** How long an idempotency key is valid. */
const KEY_LIFE_MS = 24 * 60 * 60 * 1_000

/** The states from which a call may change to this one. It may be queued again only before the carrier was asked. */
const sourcesOf = (state: OutboundState): readonly OutboundState[] => {
  const before = ['queued', 'warming', 'dialling'] as const
  switch (state) {
    case 'queued':
    case 'warming':
    case 'dialling':
      return before
    case 'unknown':
      return [...before, 'unknown']
    case 'ringing':
      return [...before, 'unknown', 'ringing']
    default:
      return [...before, 'unknown', 'ringing', 'answered']
  }
}

type Row = typeof outboundCalls.$inferSelect

const callOf = (row: Row): OutboundCall => {
  const { reservedUsd: _reserved, idempotencyKey: _key, requestHash: _hash, webhook: _webhook, ...told } = row
  const { attempts: _attempts, nextAttemptAt: _next, deliveredAt: _delivered, ...call } = told
  return withoutNulls({ ...call, answeredBy: call.answeredBy && verdictIn(call.answeredBy) })
}

/** The columns that a change writes. SQL decides whether they apply, so that nothing happens between a read and the write. */
const columnsOf = (change: OutboundChange): Record<string, SQL> => {
  const { state } = change
  const mayChange = sql`state IN (${sql.join(
    sourcesOf(state ?? 'ended').map((source) => sql`${source}`),
    sql`, `,
  )})`
  const columns: Record<string, SQL> = {}
  const judge = (name: keyof Row, column: SQLiteColumn, value: unknown): void => {
    columns[name] = sql`CASE WHEN ${mayChange} THEN ${sql.param(value, column)} ELSE ${column} END`
  }
  for (const name of ['state', 'disposition', 'gate', 'until'] as const)
    if (change[name] !== undefined) judge(name, outboundCalls[name], change[name])
  // A new state clears the problem of the old one.
  if (state !== undefined || change.problem !== undefined)
    judge('problem', outboundCalls.problem, change.problem ?? null)
  for (const name of ['legId', 'answeredAt', 'endedAt', 'answeredBy', 'costUsd'] as const)
    if (change[name] !== undefined) {
      const column = outboundCalls[name]
      columns[name] = sql`coalesce(${column}, ${sql.param(change[name], column)})`
    }
  if (state !== undefined && isWorthTelling(state)) {
    const due = sql.param(change.endedAt ?? new Date(), outboundCalls.nextAttemptAt)
    columns.attempts = sql`CASE WHEN webhook AND ${mayChange} THEN 0 ELSE ${outboundCalls.attempts} END`
    columns.nextAttemptAt = sql`CASE WHEN webhook AND ${mayChange} THEN ${due} ELSE ${outboundCalls.nextAttemptAt} END`
  }
  return columns
}

/** Matches the row only as it was read: a change of the call since then sets another `nextAttemptAt`. */
const asTold = ({ callId, nextAttemptAt }: Pick<PendingCompletion, 'callId' | 'nextAttemptAt'>) =>
  and(eq(outboundCalls.callId, callId), eq(outboundCalls.nextAttemptAt, nextAttemptAt))

/** The ledger in the database. */
export const openOutboundLedger = (database: Database): OutboundLedger => {
  const findOne = async (which: SQL): Promise<OutboundCall | undefined> => {
    const [row] = await runQuery(
      database.select().from(outboundCalls).where(which).orderBy(desc(outboundCalls.requestedAt)).limit(1),
    )
    return row && callOf(row)
  }

  return {
    async begin({ idempotencyKey, ...request }) {
      const { callId, requestHash, requestedAt } = request
      const key = idempotencyKey ?? null
      const sameKey = sql`${outboundCalls.idempotencyKey} = ${key}`
      const [, begun, [known]] = await runQuery(
        database.batch([
          database
            .update(outboundCalls)
            .set({ idempotencyKey: null })
            .where(sql`${sameKey} AND ${outboundCalls.requestedAt} <= ${requestedAt.getTime() - KEY_LIFE_MS}`),
          database
            .insert(outboundCalls)
            .values({ ...request, idempotencyKey: key, state: 'queued', seenAt: requestedAt })
            .onConflictDoNothing()
            .returning({ callId: outboundCalls.callId }),
          database
            .select()
            .from(outboundCalls)
            .where(or(sameKey, eq(outboundCalls.callId, callId)))
            .orderBy(sql`${outboundCalls.idempotencyKey} IS ${key} DESC`)
            .limit(1),
        ]),
      )
      if (begun.length > 0) return { outcome: 'new' }
      return known!.requestHash === requestHash ? { outcome: 'same', call: callOf(known!) } : { outcome: 'conflict' }
    },
    reserve: (callId, limits) => reserveCall(database, callId, limits),
    async change(callId, change) {
      const columns = columnsOf(change)
      if (Object.keys(columns).length > 0)
        await runQuery(database.update(outboundCalls).set(columns).where(eq(outboundCalls.callId, callId)))
    },
    async keepAlive(callIds, at) {
      await runQuery(
        database
          .update(outboundCalls)
          .set({ seenAt: at })
          .where(sql`call_id IN (SELECT value FROM json_each(${JSON.stringify(callIds)}))`),
      )
    },
    find: (callId) => findOne(eq(outboundCalls.callId, callId)),
    findByLegId: (legId) => findOne(eq(outboundCalls.legId, legId)),
    async unfinished() {
      const found: OutboundCall[] = []
      for (let last: Row | undefined; ;) {
        const behind = last && sql`(requested_at, call_id) > (${last.requestedAt.getTime()}, ${last.callId})`
        // oxlint-disable-next-line no-await-in-loop -- a part begins where the one before ended
        const rows: Row[] = await runQuery(
          database
            .select()
            .from(outboundCalls)
            .where(and(sql`state NOT IN ${FINISHED}`, behind))
            .orderBy(asc(outboundCalls.requestedAt), asc(outboundCalls.callId))
            .limit(ROWS_AT_ONCE),
        )
        found.push(...rows.map(callOf))
        last = rows.at(-1)
        if (rows.length < ROWS_AT_ONCE) return found
      }
    },
    async recent(limit, { before, newerThan, except, only, since, notInJournal, filter = {} } = {}) {
      const { callId, requestedAt, to, from, disposition } = outboundCalls
      const { number, outcome } = filter
      const ending = `%${number?.replaceAll(/\D/g, '')}`
      const among = (ids: readonly string[]) => sql`(SELECT value FROM json_each(${JSON.stringify(ids)}))`
      const rows = await runQuery(
        database
          .select()
          .from(outboundCalls)
          .where(
            and(
              before && sql`(${requestedAt}, ${callId}) < (${before.startedAt.getTime()}, ${before.callId})`,
              newerThan && sql`(${requestedAt}, ${callId}) > (${newerThan.startedAt.getTime()}, ${newerThan.callId})`,
              since && sql`${requestedAt} >= ${since.getTime()}`,
              number === undefined
                ? undefined
                : number.startsWith('+')
                  ? sql`(${to} = ${number} OR ${from} = ${number})`
                  : sql`(${to} LIKE ${ending} OR ${from} LIKE ${ending})`,
              outcome === undefined ? undefined : sql`${disposition} = ${outcome}`,
              except && sql`${callId} NOT IN ${among(except)}`,
              only && sql`${callId} IN ${among(only)}`,
              notInJournal ? sql`NOT EXISTS (SELECT 1 FROM ${calls} WHERE ${calls.id} = ${callId})` : undefined,
            ),
          )
          .orderBy(...(newerThan ? [asc(requestedAt), asc(callId)] : [desc(requestedAt), desc(callId)]))
          .limit(limit),
      )
      return (newerThan ? rows.toReversed() : rows).map(callOf)
    },
    async pendingCompletions(until = new Date()) {
      const rows = await runQuery(
        database
          .select()
          .from(outboundCalls)
          .where(lte(outboundCalls.nextAttemptAt, until))
          .orderBy(asc(outboundCalls.nextAttemptAt), asc(outboundCalls.callId))
          .limit(PENDING_MAX),
      )
      return rows.map((row) => ({ ...callOf(row), attempts: row.attempts, nextAttemptAt: row.nextAttemptAt! }))
    },
    async completionDelivered(told) {
      await runQuery(
        database
          .update(outboundCalls)
          .set({ deliveredAt: new Date(), nextAttemptAt: null, attempts: sql`${outboundCalls.attempts} + 1` })
          .where(asTold(told)),
      )
    },
    async completionFailed(told, nextAttemptAt) {
      await runQuery(
        database
          .update(outboundCalls)
          .set({ nextAttemptAt, attempts: sql`${outboundCalls.attempts} + 1` })
          .where(asTold(told)),
      )
    },
  }
}
