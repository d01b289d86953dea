import { wordsOf } from '@llc-phone/store'
import type { RowsEnd } from './copy-rows.ts'

const CALLS_AT_ONCE = 200

/** Makes the index for full text of copied calls: its form is the engine's own, so it is not copied. */
export const makeWords = async ({ engine, query }: RowsEnd, made: (calls: number) => void): Promise<void> => {
  if (engine === 'sqlite') {
    // A trigger reads the words; see the migration that made the index.
    await query('UPDATE calls SET words_id = started_at * 1048576 + abs(random() % 1048576) WHERE ended_at IS NOT NULL')
    return
  }
  for (let last = ''; ;) {
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const calls = await query(
      'SELECT id FROM calls WHERE ended_at IS NOT NULL AND id > ? ORDER BY id LIMIT ?::bigint',
      [last, CALLS_AT_ONCE],
    )
    if (calls.length === 0) return
    const ids = calls.map(([id]) => String(id))
    // oxlint-disable-next-line no-await-in-loop -- as above
    const said = await query(
      'SELECT call_id, text FROM turns WHERE call_id IN (SELECT jsonb_array_elements_text(?::jsonb))',
      [JSON.stringify(ids)],
    )
    const words = new Map<string, Set<string>>()
    for (const [callId, text] of said) {
      const found = words.get(String(callId)) ?? new Set<string>()
      for (const word of wordsOf(String(text).replaceAll('*', ' '))) found.add(word)
      words.set(String(callId), found)
    }
    const list = [...words].map(([id, found]) => ({ id, words: [...found] }))
    if (list.length > 0)
      // oxlint-disable-next-line no-await-in-loop -- as above
      await query(
        `INSERT INTO call_words (call_id, words)
          SELECT value ->> 'id', array_to_tsvector(ARRAY(SELECT jsonb_array_elements_text(value -> 'words')))
          FROM jsonb_array_elements(?::jsonb)`,
        [JSON.stringify(list)],
      )
    made(calls.length)
    last = ids.at(-1)!
  }
}
