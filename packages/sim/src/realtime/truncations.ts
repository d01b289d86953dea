/** What clients told the model of how much was heard, with the sentence it was about. */
import type { RealtimeSession } from './session.ts'

/** One accepted `conversation.item.truncate`; `atMs` is on the clock of `performance.now()`. */
export interface ModelTruncation {
  atMs: number
  toldMs: number
  /** The whole sentence. */
  text: string
}

/** All truncations since then. `spoken` are the sentences that were said whole: an item may hold only their beginning. */
export function truncationsSince(
  sessions: readonly RealtimeSession[],
  spoken: readonly string[],
  sinceMs: number,
): ModelTruncation[] {
  return sessions.flatMap(({ log: { entries } }) =>
    entries.flatMap(({ atMs, from, event }) => {
      if (from !== 'server' || event.type !== 'conversation.item.truncated' || atMs < sinceMs) return []
      const done = entries.findLast(
        (entry) => entry.event.type.endsWith('audio_transcript.done') && entry.event['item_id'] === event['item_id'],
      )
      const said = done?.event['transcript']
      if (typeof said !== 'string' || said.trim() === '') return []
      const text = spoken.findLast((sentence) => sentence.startsWith(said.trim()))
      return text === undefined ? [] : [{ atMs, toldMs: Number(event['audio_end_ms']), text }]
    }),
  )
}
