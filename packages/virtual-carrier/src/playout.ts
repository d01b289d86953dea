/** Twilio's buffer for one stream: what was sent waits here and plays at real time. */
import { FRAME_BYTES } from './frame-clock.ts'
import { ULAW_SILENCE } from './ulaw.ts'

/** Twilio discards what is more than ten minutes ahead (31931). */
export const MAX_QUEUED_BYTES = 10 * 60 * 8000

/** Audio in order, with marks between; `read` is called once per 20 ms. */
export interface Playout {
  /** Appends μ-law; false when it was discarded because too much is waiting. */
  push(audio: Buffer): boolean
  /** Echoed once everything before it has played, at once when nothing is waiting. */
  mark(name: string): void
  /** Empties the buffer and echoes every outstanding mark, in order. */
  clear(): { cutBytes: number; marks: string[] }
  /** The next 160 bytes (padded with silence when fewer are left), or undefined when nothing waits. What the previous call returned has now played. */
  read(): Buffer | undefined
  readonly queuedBytes: number
  /** It is played elsewhere, and only its time is kept here. */
  readonly isFar?: true
  /** Lets go of whoever plays it. */
  leave?(): void
}

/** `onMark` gets every echo; `cleared` says that it never played. */
export function createPlayout(onMark: (name: string, cleared: boolean) => void): Playout {
  let chunks: Buffer[] = []
  let offset = 0
  let pushed = 0
  let taken = 0
  let played = 0
  let marks: { name: string; at: number }[] = []

  const take = (): Buffer | undefined => {
    if (taken === pushed) return undefined
    const frame = Buffer.alloc(FRAME_BYTES, ULAW_SILENCE)
    let filled = 0
    while (filled < FRAME_BYTES && chunks.length > 0) {
      const chunk = chunks[0]!
      const copied = chunk.copy(frame, filled, offset, Math.min(chunk.length, offset + FRAME_BYTES - filled))
      filled += copied
      offset += copied
      if (offset === chunk.length) {
        chunks.shift()
        offset = 0
      }
    }
    taken += filled
    return frame
  }

  return {
    push(audio) {
      if (pushed - taken + audio.length > MAX_QUEUED_BYTES) return false
      if (audio.length > 0) chunks.push(audio)
      pushed += audio.length
      return true
    },
    mark(name) {
      if (marks.length === 0 && played >= pushed) onMark(name, false)
      else marks.push({ name, at: pushed })
    },
    clear() {
      const cutBytes = pushed - taken
      chunks = []
      offset = 0
      // The frame that is playing right now plays to its end.
      pushed = taken
      const returned = marks.map(({ name }) => name)
      marks = []
      for (const name of returned) onMark(name, true)
      return { cutBytes, marks: returned }
    },
    read() {
      played = taken
      while (marks.length > 0 && marks[0]!.at <= played) onMark(marks.shift()!.name, false)
      return take()
    },
    get queuedBytes() {
      return pushed - taken
    },
  }
}
