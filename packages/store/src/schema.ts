import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Messages callers left for somebody. */
export const messages = sqliteTable('messages', {
  id: text().primaryKey(),
  callId: text('call_id').notNull(),
  callerName: text('caller_name').notNull(),
  /** Null when the caller withheld it and named none. */
  callerNumber: text('caller_number'),
  text: text().notNull(),
  urgency: text({ enum: ['normal', 'urgent'] }).notNull(),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(),
})
