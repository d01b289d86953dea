import type { Kit } from '../kit.ts'

/** The tables of people and what they did. */
export const peopleTables = ({ table, text, integer, counter, index, uniqueIndex }: Kit) => {
  /** People who may use the operator routes. */
  const people = table('people', {
    id: text().primaryKey(),
    name: text().notNull(),
    role: text({ enum: ['viewer', 'operator', 'manager', 'owner'] }).notNull(),
    addedAt: integer('added_at', { mode: 'timestamp_ms' }).notNull(),
    removedAt: integer('removed_at', { mode: 'timestamp_ms' }),
  })

  /** Keys of people. The key itself is shown once and not kept. */
  const peopleKeys = table(
    'people_keys',
    {
      id: text().primaryKey(),
      personId: text('person_id')
        .notNull()
        .references(() => people.id, { onDelete: 'cascade' }),
      /** SHA-256 of the key, hex. */
      hash: text().notNull(),
      label: text(),
      addedAt: integer('added_at', { mode: 'timestamp_ms' }).notNull(),
      lastUsedAt: integer('last_used_at', { mode: 'timestamp_ms' }),
      revokedAt: integer('revoked_at', { mode: 'timestamp_ms' }),
    },
    (columns) => [uniqueIndex('people_keys_by_hash').on(columns.hash)],
  )

  /** What people did that others may have to know. Rows are only added. */
  const auditLog = table(
    'audit_log',
    {
      id: counter(),
      at: integer({ mode: 'timestamp_ms' }).notNull(),
      who: text().notNull(),
      /** A word of docs/reference/http-api.md, such as `settings_published`. */
      action: text().notNull(),
      /** What it was done to: a call id, a version, a masked number. */
      target: text(),
      details: text({ mode: 'json' }),
      /** The network address it came from. */
      address: text(),
    },
    (columns) => [index('audit_log_by_time').on(columns.at)],
  )

  /** Browsers that are signed in. What the browser keeps is in none of the columns. */
  const sessions = table(
    'sessions',
    {
      id: text().primaryKey(),
      /** SHA-256 of what the browser keeps, hex. */
      hash: text().notNull(),
      /** The key it was opened with; without one, by what the environment names. */
      keyId: text('key_id').references(() => peopleKeys.id, { onDelete: 'cascade' }),
      /** SHA-256 of the ADMIN_TOKEN it was opened with, hex: another one ends it. */
      tokenHash: text('token_hash'),
      startedAt: integer('started_at', { mode: 'timestamp_ms' }).notNull(),
      /** To the minute. */
      lastUsedAt: integer('last_used_at', { mode: 'timestamp_ms' }).notNull(),
      /** The network address it came from. */
      address: text(),
      /** What the browser calls itself. */
      browser: text(),
    },
    (columns) => [uniqueIndex('sessions_by_hash').on(columns.hash)],
  )
  return { people, peopleKeys, auditLog, sessions }
}
