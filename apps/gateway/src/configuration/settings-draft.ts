import { GatewayError, type Clock } from '@llc-phone/core'
import type { SettingsBook, SettingsDraft, SettingsVersion } from '@llc-phone/store'
import { requireReadable } from './require-readable.ts'
import { readOnly } from './settings-errors.ts'
import type { Publication, Settings } from './settings.ts'

/** What is published: a document, or else the draft. */
export interface DraftPublication extends Pick<Publication, 'by' | 'note'> {
  readonly document?: unknown
  /** Also when another version was published since the draft was begun, which it then replaces. */
  readonly overOthers?: boolean | undefined
}

/** The draft of the next version, which everybody shares. */
export interface Drafts {
  read(): Promise<SettingsDraft | undefined>
  /**
   * Stores it. `match`: the revision that was edited, `any`, or `undefined` for a new draft. Rejects with `settings_conflict`
   * when somebody else has changed it, which the message names, and with `settings_invalid` when it is too large to be
   * read again.
   */
  save(change: { document: unknown; by: string; match: number | 'any' | undefined }): Promise<SettingsDraft>
  discard(match: number | 'any' | undefined): Promise<void>
  publish(publication: DraftPublication): Promise<SettingsVersion>
  /** Makes an old version the draft. Rejects with `settings_conflict` while there is one, and with `not_found`. */
  restore(version: number, by: string): Promise<SettingsDraft>
  /** Puts an old version in force again, as a new one; the draft stays. Rejects like {@link Settings.publish}. */
  publishOld(version: number, publication: Pick<Publication, 'by' | 'note'>): Promise<SettingsVersion>
}

const conflict = (message: string): GatewayError => new GatewayError('settings_conflict', message)

const editedBy = ({ updatedBy, updatedAt }: SettingsDraft): string =>
  `${updatedBy} has changed the draft at ${updatedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** The draft in the database. */
export const createDrafts = (settings: Settings, book: SettingsBook, clock: Pick<Clock, 'date'>): Drafts => {
  const requireWritable = (): void => {
    if (settings.file !== undefined) throw readOnly(settings.file)
  }

  const changedMeanwhile = async (): Promise<GatewayError> => {
    const present = await book.draft()
    return conflict(
      present
        ? `${editedBy(present)}. Read it again, and put your change on top of it.`
        : 'The draft was published or discarded meanwhile. Read the settings again.',
    )
  }

  const begin = async (document: unknown, by: string, restoredFrom?: number): Promise<SettingsDraft> => {
    const { version } = settings.inForce
    const begun = { document, by, at: clock.date(), baseVersion: version, restoredFrom, revision: undefined }
    const draft = await book.saveDraft(begun)
    if (!draft) throw await changedMeanwhile()
    return draft
  }

  return {
    read: () => book.draft(),
    async save({ document, by, match }) {
      requireWritable()
      // A draft may have mistakes, but everybody must be able to read it and to compare it.
      requireReadable(document, 'This draft')
      const present = await book.draft()
      if (match === undefined || (match === 'any' && !present)) return begin(document, by)
      if (!present) throw await changedMeanwhile()
      const revision = match === 'any' ? present.revision : match
      const { baseVersion, restoredFrom } = present
      const saved = await book.saveDraft({ document, by, at: clock.date(), baseVersion, restoredFrom, revision })
      if (!saved) throw await changedMeanwhile()
      return saved
    },
    async discard(match) {
      requireWritable()
      const present = await book.draft()
      if (!present) throw new GatewayError('not_found', 'There is no draft.')
      const isGone = await book.discardDraft(match === 'any' || match === undefined ? undefined : match)
      if (!isGone) throw await changedMeanwhile()
    },
    async publish({ document, overOthers = false, ...who }) {
      if (document !== undefined) return settings.publish({ ...who, document })
      const draft = await book.draft()
      if (!draft) throw new GatewayError('not_found', 'There is no draft to publish: change something first.')
      const { version } = settings.inForce
      if (!overOthers && (draft.baseVersion ?? 0) !== (version ?? 0))
        throw conflict(
          `Version ${version} was published since this draft was begun. Look at both (./phone settings diff), then publish it over the other version (--over), or discard it.`,
        )
      return settings.publish({
        ...who,
        document: draft.document,
        restoredFrom: draft.restoredFrom,
        draft: draft.revision,
      })
    },
    async restore(version, by) {
      requireWritable()
      const document = await settings.documentOf(version)
      const present = await book.draft()
      if (present) throw conflict(`${editedBy(present)}. Publish or discard it first.`)
      return begin(document, by, version)
    },
    async publishOld(version, who) {
      requireWritable()
      const document = await settings.documentOf(version)
      return settings.publish({ ...who, document, ...(version === 0 ? {} : { restoredFrom: version }) })
    },
  }
}
