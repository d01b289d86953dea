import type { Kit } from '../kit.ts'

/** The tables of the settings document. */
export const settingsTables = ({ table, text, integer, counter }: Kit) => {
  /** Published versions of the settings document. Rows are only added; the newest is in force. */
  const settingsVersions = table('settings_versions', {
    version: counter(),
    document: text({ mode: 'json' }).notNull(),
    publishedAt: integer('published_at', { mode: 'timestamp_ms' }).notNull(),
    publishedBy: text('published_by').notNull(),
    /** Why, in the words of whoever published it. */
    note: text(),
    /** The version that was made the draft this one came from, when an old one was restored. */
    restoredFrom: integer('restored_from'),
  })

  /** The document that is being edited: one row, or none. */
  const settingsDraft = table('settings_draft', {
    id: integer().primaryKey(),
    document: text({ mode: 'json' }).notNull(),
    /** The version it was begun from; null when there was none. */
    baseVersion: integer('base_version'),
    restoredFrom: integer('restored_from'),
    /** Counts the changes, so that two editors do not overwrite each other. */
    revision: integer().notNull(),
    updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
    updatedBy: text('updated_by').notNull(),
  })
  return { settingsVersions, settingsDraft }
}
