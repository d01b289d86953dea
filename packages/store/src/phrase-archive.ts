import type { RecordedPhrase } from '@llc-phone/core'

/** Phrases that were recorded, one for each voice, language and key. */
export interface PhraseArchive {
  /** Durable when it resolves; replaces an earlier recording. */
  keep(phrase: RecordedPhrase): Promise<void>
  /** By voice, language and key. */
  list(): Promise<readonly RecordedPhrase[]>
}
