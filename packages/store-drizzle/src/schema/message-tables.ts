import type { MessageKind } from '@llc-phone/core'
import { sql } from 'drizzle-orm'
import type { Kit } from '../kit.ts'

/** The tables of messages. */
export const messageTables = ({ table, text, integer, index, uniqueIndex, primaryKey }: Kit) => {
  /** Messages callers left for somebody. */
  const messages = table(
    'messages',
    {
      id: text().primaryKey(),
      callId: text('call_id').notNull(),
      callerName: text('caller_name').notNull(),
      /** With the extension, if any: `+14155550142 ext. 22`. Null when the caller withheld it and named none. */
      callerNumber: text('caller_number'),
      text: text().notNull(),
      urgency: text({ enum: ['normal', 'urgent'] }).notNull(),
      createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
      route: text(),
      recordingUrl: text('recording_url'),
      recordingId: text('recording_sid'),
      idempotencyKey: text('idempotency_key'),
      /** Null in rows from before this column. */
      contentHash: text('content_hash'),
      // From before deliveries had a table: only processes of an earlier version that still run write these four.
      deliverTo: text('deliver_to'),
      attempts: integer().notNull().default(0),
      nextAttemptAt: integer('next_attempt_at', { mode: 'timestamp_ms' }),
      deliveredAt: integer('delivered_at', { mode: 'timestamp_ms' }),
      kind: text().$type<MessageKind>().notNull().default('message'),
      /** Whom it is for, as the caller said; null when for nobody in particular. */
      recipient: text(),
      /** Null while somebody has to see to it. */
      doneAt: integer('done_at', { mode: 'timestamp_ms' }),
      doneBy: text('done_by'),
      assignedTo: text('assigned_to'),
    },
    (columns) => [
      index('messages_by_time').on(columns.createdAt),
      uniqueIndex('messages_by_key').on(columns.callId, columns.idempotencyKey),
      uniqueIndex('messages_by_content').on(columns.callId, columns.contentHash),
      index('messages_by_next_attempt').on(columns.nextAttemptAt),
      index('messages_to_do')
        .on(columns.createdAt)
        .where(sql`done_at IS NULL`),
    ],
  )

  /** Where each message is to be sent, and how far that is: each destination is tried by itself. */
  const messageDeliveries = table(
    'message_deliveries',
    {
      messageId: text('message_id')
        .notNull()
        .references(() => messages.id, { onDelete: 'cascade' }),
      /** The `to` of a destination: an e-mail address or the URL of a webhook. */
      destination: text().notNull(),
      /** Attempts made. */
      attempts: integer().notNull().default(0),
      /** Null when it was sent or given up. */
      nextAttemptAt: integer('next_attempt_at', { mode: 'timestamp_ms' }),
      deliveredAt: integer('delivered_at', { mode: 'timestamp_ms' }),
      /** Null while it is tried, and when it was sent. */
      gaveUpAt: integer('gave_up_at', { mode: 'timestamp_ms' }),
      /** Why the last attempt failed, such as `HTTP 503`; null when it did not. */
      problem: text(),
    },
    (columns) => [
      primaryKey({ columns: [columns.messageId, columns.destination] }),
      index('message_deliveries_by_next_attempt').on(columns.nextAttemptAt),
    ],
  )
  return { messages, messageDeliveries }
}
