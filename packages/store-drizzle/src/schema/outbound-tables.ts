import type { AnsweredBy, ConsentPurpose, Disposition, E164, Gate } from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import { FINAL_STATES_SQL, outboundStates } from '@llc-phone/store'
import type { Kit } from '../kit.ts'

/** The tables of calls that are placed. */
export const outboundTables = ({ table, text, integer, real, counter, index, uniqueIndex, primaryKey }: Kit) => {
  /** Requested outbound calls, from request to end. Request bodies are kept only while a call waits in a shared queue or goes on. */
  const outboundCalls = table(
    'outbound_calls',
    {
      callId: text('call_id').primaryKey(),
      to: text('to_number').$type<E164>().notNull(),
      from: text('from_number').$type<E164>().notNull(),
      mode: text().notNull(),
      scenario: text().notNull(),
      state: text({ enum: outboundStates }).notNull(),
      legId: text('call_sid'),
      requestedAt: integer('requested_at', { mode: 'timestamp_ms' }).notNull(),
      /** When the call was reserved, moments before it was dialled; null before. */
      dialledAt: integer('dialled_at', { mode: 'timestamp_ms' }),
      answeredAt: integer('answered_at', { mode: 'timestamp_ms' }),
      endedAt: integer('ended_at', { mode: 'timestamp_ms' }),
      disposition: text().$type<Disposition>(),
      answeredBy: text('answered_by').$type<AnsweredBy>(),
      gate: text().$type<Gate>(),
      until: integer({ mode: 'timestamp_ms' }),
      problem: text(),
      seenAt: integer('seen_at', { mode: 'timestamp_ms' }),
      /** The instance that places or looks up a call of a shared queue; null when none does, or need look it up any more. */
      owner: text(),
      /** Counts who took the call from the shared queue. */
      epoch: integer().notNull().default(0),
      /** After this a call of the shared queue is not dialled any more. */
      notAfter: integer('not_after', { mode: 'timestamp_ms' }),
      /** The request of a call of the shared queue, encrypted; null when it is over. */
      plan: text(),
      /** US dollars that the call counts for while its cost is not known. */
      reservedUsd: real('reserved_usd'),
      costUsd: real('cost_usd'),
      /** Reset to null when it is older than a day and another call uses it. */
      idempotencyKey: text('idempotency_key'),
      requestHash: text('request_hash').notNull(),
      /** Whether the end is reported to a webhook. */
      webhook: integer({ mode: 'boolean' }).notNull(),
      attempts: integer().notNull().default(0),
      /** Null when there is nothing to report, yet or any more. */
      nextAttemptAt: integer('next_attempt_at', { mode: 'timestamp_ms' }),
      deliveredAt: integer('delivered_at', { mode: 'timestamp_ms' }),
    },
    (columns) => [
      uniqueIndex('outbound_calls_by_key').on(columns.idempotencyKey),
      index('outbound_calls_by_sid').on(columns.legId),
      index('outbound_calls_by_number').on(columns.to, columns.dialledAt),
      index('outbound_calls_by_place').on(columns.dialledAt),
      index('outbound_calls_by_request').on(columns.requestedAt),
      index('outbound_calls_by_next_attempt').on(columns.nextAttemptAt),
      index('outbound_calls_unfinished')
        .on(columns.requestedAt)
        .where(sql.raw(`state NOT IN ${FINAL_STATES_SQL}`)),
    ],
  )

  /** Numbers that must not be called; entries are removed by a date, and a number listed again gets another entry. */
  const doNotCallEntries = table(
    'do_not_call_entries',
    {
      id: counter(),
      number: text().$type<E164>().notNull(),
      reason: text(),
      source: text({ enum: ['api', 'cli', 'csv', 'call'] }).notNull(),
      callId: text('call_id'),
      addedAt: integer('added_at', { mode: 'timestamp_ms' }).notNull(),
      /** Null while the entry is in force. */
      removedAt: integer('removed_at', { mode: 'timestamp_ms' }),
      removedBy: text('removed_by'),
    },
    (columns) => [
      uniqueIndex('do_not_call_in_force')
        .on(columns.number)
        .where(sql`removed_at IS NULL`),
      index('do_not_call_by_number').on(columns.number),
    ],
  )

  /** People we may want to call. */
  const contacts = table('contacts', {
    number: text().$type<E164>().primaryKey(),
    /** IANA name; null when it is not known. */
    timeZone: text('time_zone'),
  })

  /** What contacts have agreed to be called for. */
  const consents = table(
    'consents',
    {
      number: text()
        .$type<E164>()
        .notNull()
        .references(() => contacts.number, { onDelete: 'cascade' }),
      purpose: text().$type<ConsentPurpose>().notNull(),
      source: text().notNull(),
      givenAt: integer('given_at', { mode: 'timestamp_ms' }).notNull(),
      expiresAt: integer('expires_at', { mode: 'timestamp_ms' }),
      revokedAt: integer('revoked_at', { mode: 'timestamp_ms' }),
    },
    (columns) => [primaryKey({ columns: [columns.number, columns.purpose] })],
  )
  return { outboundCalls, doNotCallEntries, contacts, consents }
}
