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
