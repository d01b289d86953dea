import { decodeUlaw } from './ulaw.ts'

/** What the ear is to play: μ-law at 8 kHz in order, with marks between. Its clock is the number of samples read. */
export interface PlayQueue {
  media(bytes: Uint8Array): void
  /** Given back by `onMark` once every sample before it was read. */
  mark(name: string): void
  /** Drops the audio and gives back the marks that waited, in their order. */
  clear(): void
  /** Fills `out` with the next samples; silence where there are none. */
  read(out: Float32Array): void
  /** Samples that wait. */
  readonly waiting: number
}

/** Audio that comes again this soon after the queue ran dry was late, not new. */
const LATE_WITHIN = 60 * 8
/** By how much more is gathered before playing goes on, each time audio was late; and the most. */
const CUSHION_STEP = 20 * 8
const MOST_CUSHION = 80 * 8
/** After so long without late audio, less is gathered again. */
const CALM = 10 * 8000

/**
 * A queue that plays at once what comes at once. Only when audio was late (a person who is passed through in real time over a
 * jittery network) some of it is gathered before playing goes on, so that it is late once and not at every frame.
 */
export const createPlayQueue = (onMark: (name: string) => void): PlayQueue => {
  const parts: (Uint8Array | string)[] = []
  let head = 0
  let at = 0
  let waiting = 0
  let clock = 0
  let isPlaying = false
  let dryAt = -Infinity
  let gatheredSince = 0
  let cushion = 0
  let calmSince = 0

  const drop = (): void => {
    head++
    at = 0
    if (head <= 64 || head * 2 <= parts.length) return
    parts.splice(0, head)
    head = 0
  }

  /** Marks at the front have nothing before them any more. */
  const giveMarks = (): void => {
    for (let part = parts[head]; typeof part === 'string'; part = parts[head]) {
      drop()
      onMark(part)
    }
  }

  const mayPlay = (): boolean => isPlaying || waiting >= cushion || clock - gatheredSince >= cushion

  return {
    media(bytes) {
      if (bytes.length === 0) return
      if (!isPlaying && waiting === 0) {
        gatheredSince = clock
        if (clock - dryAt < LATE_WITHIN) {
          cushion = Math.min(MOST_CUSHION, cushion + CUSHION_STEP)
          calmSince = clock
        }
      }
      parts.push(bytes)
      waiting += bytes.length
    },
    mark: (name) => void parts.push(name),
    clear() {
      const names = parts.slice(head).filter((part) => typeof part === 'string')
      parts.length = 0
      head = at = waiting = 0
      isPlaying = false
      dryAt = -Infinity
      for (const name of names) onMark(name)
    },
    read(out) {
      let count = 0
      giveMarks()
      if (waiting > 0 && mayPlay()) {
        isPlaying = true
        while (count < out.length && waiting > 0) {
          const part = parts[head] as Uint8Array
          const take = Math.min(out.length - count, part.length - at)
          for (let index = 0; index < take; index++) out[count + index] = decodeUlaw(part[at + index]!)
          count += take
          at += take
          waiting -= take
          if (at === part.length) drop()
          giveMarks()
        }
      }
      out.fill(0, count)
      clock += out.length
      if (isPlaying && count < out.length) {
        isPlaying = false
        dryAt = clock
      }
      if (cushion > 0 && clock - calmSince > CALM) {
        cushion -= CUSHION_STEP
        calmSince = clock
      }
    },
    get waiting() {
      return waiting
    },
  }
}
