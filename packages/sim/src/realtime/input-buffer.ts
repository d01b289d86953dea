/** The caller's audio since the last commit, in 20 ms frames of μ-law, addressed by milliseconds since the session began. */

/** Frames in, stretches of audio out. */
export interface InputBuffer {
  /** Takes audio of any size; gives the whole frames it completed. */
  add(ulaw: Buffer): Buffer[]
  keep(frame: Buffer): void
  /** Milliseconds that a commit would take now. */
  bufferedMs(): number
  /** Milliseconds of whole frames received since the session began. */
  receivedMs(): number
  /** Drops audio older than so many milliseconds. */
  forgetBefore(ms: number): void
  /** Empties the buffer, giving the audio from a point on. */
  take(fromMs?: number): Buffer
}

const FRAME_BYTES = 160
const FRAME_MS = 20

/** An empty buffer. */
export function createInputBuffer(): InputBuffer {
  let rest: Buffer = Buffer.alloc(0)
  let frames: Buffer[] = []
  let firstMs = 0

  return {
    add(ulaw) {
      const all = rest.length > 0 ? Buffer.concat([rest, ulaw]) : ulaw
      const whole = Math.floor(all.length / FRAME_BYTES)
      rest = Buffer.from(all.subarray(whole * FRAME_BYTES))
      return Array.from({ length: whole }, (_, i) => all.subarray(i * FRAME_BYTES, (i + 1) * FRAME_BYTES))
    },
    keep: (frame) => void frames.push(frame),
    bufferedMs: () => frames.length * FRAME_MS + rest.length / 8,
    receivedMs: () => firstMs + frames.length * FRAME_MS,
    forgetBefore(ms) {
      const count = Math.min(frames.length, Math.floor((ms - firstMs) / FRAME_MS))
      if (count <= 0) return
      frames = frames.slice(count)
      firstMs += count * FRAME_MS
    },
    take(fromMs = 0) {
      const start = Math.max(0, Math.floor((fromMs - firstMs) / FRAME_MS))
      const audio = Buffer.concat(frames.slice(start))
      firstMs += frames.length * FRAME_MS
      frames = []
      return audio
    },
  }
}
