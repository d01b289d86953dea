import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** When each job that runs once a night has run last. */
export const jobs = sqliteTable('jobs', {
  name: text().primaryKey(),
  ranAt: integer('ran_at', { mode: 'timestamp_ms' }).notNull(),
})
