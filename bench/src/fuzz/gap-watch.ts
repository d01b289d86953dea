import type { Stamp } from '../world/payloads.ts'

/** The fake model speaks replies of so many deltas of this length. */
const DELTAS_PER_REPLY = 15
const DELTA_MS = 200

/** Watches whether a caller would hear a hole within a reply. */
export const createGapWatch = () => {
  let playedUntil = 0
  let gaps = 0
  let longestMs = 0
  return {
    /** A delta has arrived. */
    heard({ sequence }: Stamp, now: number): void {
      const lateMs = now - playedUntil
      if (sequence % DELTAS_PER_REPLY !== 0 && lateMs > 0) {
        gaps++
        longestMs = Math.max(longestMs, lateMs)
      }
      playedUntil = Math.max(playedUntil, now) + DELTA_MS
    },
    get gaps() {
      return gaps
    },
    get longestMs() {
      return longestMs
    },
  }
}
