import { base64Bytes, ULAW_BYTES_PER_MS } from '../audio.ts'
import type { ModelEar } from './relay.ts'

/** Passes the caller's audio on and remembers the latest of it. */
export interface RecentAudio extends ModelEar {
  /** Gives the remembered audio to another ear, in order. */
  repeatTo(ear: ModelEar): void
}

/** Remembers the last `maxMs` of what `ear` hears. */
export const rememberRecent = (ear: ModelEar, maxMs: number): RecentAudio => {
  const recent: string[] = []
  let bytes = 0
  return {
    appendAudio(payload) {
      recent.push(payload)
      bytes += base64Bytes(payload)
      while (bytes > maxMs * ULAW_BYTES_PER_MS && recent.length > 1) bytes -= base64Bytes(recent.shift()!)
      ear.appendAudio(payload)
    },
    repeatTo(other) {
      for (const payload of recent) other.appendAudio(payload)
    },
  }
}
