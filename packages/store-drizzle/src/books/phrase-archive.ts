import { type PhraseArchive } from '@llc-phone/store'
import { asc } from 'drizzle-orm'
import { runQuery, type Database } from '../database.ts'

/** The recordings in the database. */
export const openPhraseArchive = (database: Database): PhraseArchive => {
  const { recordedPhrases } = database.tables
  return {
    async keep({ voice, language, key, payload, ...rest }) {
      const spoken = { ...rest, audio: Buffer.from(payload, 'base64') }
      const recording = [recordedPhrases.voice, recordedPhrases.language, recordedPhrases.key]
      await runQuery(
        database
          .insert(recordedPhrases)
          .values({ voice, language, key, ...spoken })
          .onConflictDoUpdate({ target: recording, set: spoken }),
      )
    },
    async list() {
      const { voice, language, key } = recordedPhrases
      const rows = await runQuery(database.select().from(recordedPhrases).orderBy(asc(voice), asc(language), asc(key)))
      return rows.map(({ audio, ...phrase }) => ({ ...phrase, payload: audio.toString('base64') }))
    },
  }
}
