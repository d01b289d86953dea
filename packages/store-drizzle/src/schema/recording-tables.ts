import type { PhraseKey } from '@llc-phone/core'
import type { Kit } from '../kit.ts'

/** The tables of recorded speech. */
export const recordingTables = ({ table, text, integer, blob, primaryKey }: Kit) => {
  /** Recorded phrases, spoken by a model's voice. */
  const recordedPhrases = table(
    'recorded_phrases',
    {
      voice: text().notNull(),
      language: text().notNull(),
      key: text().$type<PhraseKey>().notNull(),
      /** The words that were recorded: when the phrase's words change, the recording is no longer played. */
      text: text().notNull(),
      model: text().notNull(),
      /** μ-law 8 kHz. */
      audio: blob({ mode: 'buffer' }).notNull(),
      recordedAt: integer('recorded_at', { mode: 'timestamp_ms' }).notNull(),
    },
    (columns) => [primaryKey({ columns: [columns.voice, columns.language, columns.key] })],
  )

  /** Greetings that any caller hears in the same words; nothing of a caller is in them. */
  const recordedGreetings = table('recorded_greetings', {
    /** Made from everything that the sound depends on. */
    id: text().primaryKey(),
    mode: text().notNull(),
    promptVersion: text('prompt_version').notNull(),
    voice: text().notNull(),
    model: text().notNull(),
    text: text().notNull(),
    /** μ-law 8 kHz. */
    audio: blob({ mode: 'buffer' }).notNull(),
    recordedAt: integer('recorded_at', { mode: 'timestamp_ms' }).notNull(),
  })
  return { recordedPhrases, recordedGreetings }
}
