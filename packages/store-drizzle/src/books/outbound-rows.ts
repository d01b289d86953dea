import {
  isFinalState,
  isWorthTelling,
  verdictIn,
  type OutboundCall,
  type OutboundChange,
  type OutboundState,
} from '@llc-phone/store'
import { eq, sql, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import type { StoreTables } from '../schema/store-tables.ts'
import { withoutNulls } from './without-nulls.ts'

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

/** A row of the ledger. */
export type Row = StoreTables['outboundCalls']['$inferSelect']

/** The call of a row, without what only the ledger needs. */
export const callOf = (row: Row): OutboundCall => {
  const { reservedUsd: _reserved, idempotencyKey: _key, requestHash: _hash, webhook: _webhook, ...told } = row
  const { attempts: _attempts, nextAttemptAt: _next, deliveredAt: _delivered, ...rest } = told
  const { owner: _owner, epoch: _epoch, notAfter: _notAfter, plan: _plan, ...call } = rest
  return withoutNulls({ ...call, answeredBy: call.answeredBy && verdictIn(call.answeredBy) })
}

/** The columns that a change writes. SQL decides whether they apply, so that nothing happens between a read and the write. */
export const columnsOf = (outboundCalls: StoreTables['outboundCalls'], change: OutboundChange): Record<string, SQL> => {
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
  if (state !== undefined && isFinalState(state))
    columns.plan = sql`CASE WHEN ${mayChange} THEN NULL ELSE ${outboundCalls.plan} END`
  // It was looked up by who had it: nobody need do so again.
  if (state === 'unknown') columns.owner = sql`CASE WHEN ${mayChange} THEN NULL ELSE ${outboundCalls.owner} END`
  if (state !== undefined && isWorthTelling(state)) {
    const due = sql.param(change.endedAt ?? new Date(), outboundCalls.nextAttemptAt)
    columns.attempts = sql`CASE WHEN webhook AND ${mayChange} THEN 0 ELSE ${outboundCalls.attempts} END`
    columns.nextAttemptAt = sql`CASE WHEN webhook AND ${mayChange} THEN ${due} ELSE ${outboundCalls.nextAttemptAt} END`
  }
  return columns
}

/** The condition that nobody else has taken the call since; none without an epoch. */
export const ofEpoch = (outboundCalls: StoreTables['outboundCalls'], epoch: number | undefined): SQL | undefined =>
  epoch === undefined ? undefined : eq(outboundCalls.epoch, epoch)
