import { and, desc, eq, lt, lte, sql, type SQL } from 'drizzle-orm'
import { runQuery, type Database } from '../database/database.ts'
import { settingsDraft, settingsVersions } from '../schema/settings-tables.ts'
import { withoutNulls } from './without-nulls.ts'

/** One published version of the settings document, without the document. */
export interface SettingsEntry {
  /** Counts from 1. */
  readonly version: number
  readonly publishedAt: Date
  readonly publishedBy: string
  /** Why. */
  readonly note?: string
  /** The version this one was made from, when an old one was restored. */
  readonly restoredFrom?: number
}

/** A published version with its document, as it was written. */
export interface SettingsVersion extends SettingsEntry {
  readonly document: unknown
}

/** The document that is being edited. */
export interface SettingsDraft {
  readonly document: unknown
  /** The version in force when it was begun; absent when nothing had been published. */
  readonly baseVersion?: number
  readonly restoredFrom?: number
  /** Grows with every change; no later draft has one that an earlier draft had. */
  readonly revision: number
  readonly updatedAt: Date
  readonly updatedBy: string
}

/** What is published. */
export interface NewSettings {
  readonly document: unknown
  readonly by: string
  readonly at: Date
  readonly note?: string | undefined
  readonly restoredFrom?: number | undefined
  /** The newest version as the publisher knows it; 0: none. */
  readonly after: number
  /** The revision of the draft that this was; it is removed. */
  readonly draft?: number | undefined
}

/** A change of the draft. */
export interface DraftChange {
  readonly document: unknown
  readonly by: string
  readonly at: Date
  readonly baseVersion?: number | undefined
  readonly restoredFrom?: number | undefined
  /** The revision that this change was made from; `undefined`: there was no draft. */
  readonly revision: number | undefined
}

/** The versions of the settings document, and its draft. */
export interface SettingsBook {
  newest(): Promise<SettingsVersion | undefined>
  find(version: number): Promise<SettingsVersion | undefined>
  /** The version in force at this moment. */
  at(moment: Date): Promise<SettingsVersion | undefined>
  /** The newest first, those before version `before`; 100 unless told otherwise. */
  list(options?: { readonly limit?: number; readonly before?: number | undefined }): Promise<readonly SettingsEntry[]>
  /** Durable when it resolves; `undefined`: there is a newer version than `after`, and nothing was stored. */
  publish(settings: NewSettings): Promise<SettingsVersion | undefined>
  draft(): Promise<SettingsDraft | undefined>
  /** The draft as stored; `undefined`: it has another revision by now, and nothing was stored. */
  saveDraft(change: DraftChange): Promise<SettingsDraft | undefined>
  /** Whether there was one, of this revision if one is given. */
  discardDraft(revision?: number): Promise<boolean>
}

/** How many versions are kept. The newest is the one in force, and is never deleted. */
export const KEPT_VERSIONS = 500

/** There is one draft. */
const DRAFT_ID = 1

const versionOf = (row: typeof settingsVersions.$inferSelect): SettingsVersion => ({
  ...withoutNulls(row),
  document: row.document,
})

/** All but the document: a list of versions would be megabytes. */
const entryColumns = {
  version: settingsVersions.version,
  publishedAt: settingsVersions.publishedAt,
  publishedBy: settingsVersions.publishedBy,
  note: settingsVersions.note,
  restoredFrom: settingsVersions.restoredFrom,
}

const draftOf = ({ id: _id, ...row }: typeof settingsDraft.$inferSelect): SettingsDraft => ({
  ...withoutNulls(row),
  document: row.document,
})

/** The settings in the database. */
export const openSettingsBook = (database: Database): SettingsBook => {
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
      // The draft goes only if its document has become a version: `changes()` are those of the statement before.
      const [inserted] = (await runQuery(
        database.batch([
          database.all(
            sql`INSERT INTO ${settingsVersions} (document, published_at, published_by, note, restored_from)
              SELECT ${JSON.stringify(document)}, ${at.getTime()}, ${by}, ${note ?? null}, ${restoredFrom ?? null}
              WHERE (SELECT coalesce(max(version), 0) FROM ${settingsVersions}) = ${after} RETURNING version`,
          ),
          database.run(
            sql`DELETE FROM ${settingsDraft} WHERE ${draft === undefined ? sql`false` : sql`revision = ${draft}`}
              AND changes() > 0`,
          ),
          database.run(
            sql`DELETE FROM ${settingsVersions}
              WHERE version <= (SELECT max(version) FROM ${settingsVersions}) - ${KEPT_VERSIONS}`,
          ),
        ]),
      )) as unknown as [[number][]]
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
