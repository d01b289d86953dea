/** A line plays whole frames of this length. */
export const FRAME_MS = 20

interface Sent {
  readonly sequence: number
  readonly startMs: number
  readonly durationMs: number
}

/** What a caller has really heard: the queue of a line, played by the clock in whole frames. */
export interface TruePlayout {
  /** Audio has arrived. */
  add(sequence: number, durationMs: number, at: number): void
  /** When everything that has arrived will have been played. */
  readonly endsAt: number
  /** Drops the queue; how much was played of each piece in it until now, by sequence. The frame that is being played goes on to its end. */
  clear(at: number): Map<number, number>
}

/** Creates an empty queue. Positions count from where it last ran dry. */
export const createTruePlayout = (): TruePlayout => {
  let startedAt = 0
  let sentMs = 0
  let sent: Sent[] = []
  return {
    add(sequence, durationMs, at) {
      if (at >= startedAt + sentMs) {
        // A line begins to play with its next frame, and goes on in step.
        const inStepMs = Math.ceil(Math.max(0, at - startedAt) / FRAME_MS) * FRAME_MS
        startedAt = startedAt === 0 ? at : startedAt + inStepMs
        sentMs = 0
        sent = []
      }
      sent.push({ sequence, startMs: sentMs, durationMs })
      sentMs += durationMs
    },
    get endsAt() {
      return startedAt + sentMs
    },
    clear(at) {
      const playedMs = Math.min(sentMs, Math.max(0, at - startedAt))
      const heard = new Map(
        sent.map(({ sequence, startMs, durationMs }) => [
          sequence,
          Math.max(0, Math.min(durationMs, playedMs - startMs)),
        ]),
      )
      startedAt += Math.ceil(playedMs / FRAME_MS) * FRAME_MS
      sentMs = 0
      sent = []
      return heard
    },
  }
}
