import { type SettingsBook, type SettingsDraft, type SettingsVersion } from '@llc-phone/store'
import { and, desc, eq, lt, lte, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'
import { noteChange } from './fleet-book.ts'
import { whole } from './whole.ts'
import { withoutNulls } from './without-nulls.ts'
import type { StoreTables } from '../schema/store-tables.ts'

/** How many versions are kept. The newest is the one in force, and is never deleted. */
export const KEPT_VERSIONS = 500

/** There is one draft. */
const DRAFT_ID = 1

const versionOf = (row: StoreTables['settingsVersions']['$inferSelect']): SettingsVersion => ({
  ...withoutNulls(row),
  document: row.document,
})

const draftOf = ({ id: _id, ...row }: StoreTables['settingsDraft']['$inferSelect']): SettingsDraft => ({
  ...withoutNulls(row),
  document: row.document,
})

/** The settings in the database. */
export const openSettingsBook = (database: Database): SettingsBook => {
  const { settingsDraft, settingsVersions } = database.tables
  /** All but the document: a list of versions would be megabytes. */
  const entryColumns = {
    version: settingsVersions.version,
    publishedAt: settingsVersions.publishedAt,
    publishedBy: settingsVersions.publishedBy,
    note: settingsVersions.note,
    restoredFrom: settingsVersions.restoredFrom,
  }

  const newestWhere = async (condition?: SQL): Promise<SettingsVersion | undefined> => {
    const [row] = await runQuery(
      database.select().from(settingsVersions).where(condition).orderBy(desc(settingsVersions.version)).limit(1),
    )
    return row && versionOf(row)
  }

  const find = (version: number) => newestWhere(eq(settingsVersions.version, version))

  return {
    newest: () => newestWhere(),
    find,
    at: (moment) => newestWhere(lte(settingsVersions.publishedAt, moment)),
    async list({ limit = 100, before } = {}) {
      const rows = await runQuery(
        database
          .select(entryColumns)
          .from(settingsVersions)
          .where(before === undefined ? undefined : lt(settingsVersions.version, before))
          .orderBy(desc(settingsVersions.version))
          .limit(limit),
      )
      return rows.map((row) => withoutNulls(row))
    },
    async publish({ document, by, at, note, restoredFrom, after, draft }) {
      const isNewest = sql`(SELECT coalesce(max(version), 0) FROM ${settingsVersions}) = ${after}`
      const [, inserted] = (await runQuery(
        database.alone('settings').batch([
          // The draft goes only if its document becomes a version.
          database.run(
            sql`DELETE FROM ${settingsDraft} WHERE ${draft === undefined ? sql`false` : sql`revision = ${draft}`} AND ${isNewest}`,
          ),
          database.all(
            sql`INSERT INTO ${settingsVersions} (version, document, published_at, published_by, note, restored_from)
              SELECT ${whole(after + 1)}, ${database.engine.json(document)}, ${whole(at.getTime())}, ${by}, ${note ?? null}, ${whole(restoredFrom ?? null)}
              WHERE ${isNewest} RETURNING version`,
          ),
          database.run(
            sql`DELETE FROM ${settingsVersions}
              WHERE version <= (SELECT max(version) FROM ${settingsVersions}) - ${KEPT_VERSIONS}`,
          ),
          noteChange(database, 'settings'),
        ]),
      )) as unknown as [unknown, [number][]]
      const version = inserted[0]?.[0]
      return version === undefined ? undefined : find(version)
    },
    async draft() {
      const [row] = await runQuery(database.select().from(settingsDraft))
      return row && draftOf(row)
    },
    async saveDraft({ document, by, at, baseVersion = null, restoredFrom = null, revision }) {
      const change = { document, baseVersion, restoredFrom, updatedAt: at, updatedBy: by }
      const [row] = await runQuery(
        revision === undefined
          ? database
              .insert(settingsDraft)
              // Begins with the time, so that whoever still edits a draft that was discarded does not overwrite this one.
              .values({ id: DRAFT_ID, ...change, revision: at.getTime() })
              .onConflictDoNothing()
              .returning()
          : database
              .update(settingsDraft)
              .set({ ...change, revision: revision + 1 })
              .where(eq(settingsDraft.revision, revision))
              .returning(),
      )
      return row && draftOf(row)
    },
    async discardDraft(revision) {
      const removed = await runQuery(
        database
          .delete(settingsDraft)
          .where(
            and(
              eq(settingsDraft.id, DRAFT_ID),
              revision === undefined ? undefined : eq(settingsDraft.revision, revision),
            ),
          )
          .returning({ id: settingsDraft.id }),
      )
      return removed.length > 0
    },
  }
}
