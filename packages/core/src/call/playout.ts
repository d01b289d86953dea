import type { HeardPart } from '../model.ts'

interface Part {
  readonly itemId: string
  readonly contentIndex: number
  /** Where the part begins on the generation's time line. */
  readonly startMs: number
  sentMs: number
  /** The model has delivered all of it. */
  ended: boolean
}

/** A mark for every 200 ms of audio is enough: Twilio's echoes fall behind when every chunk carries one. */
export const MARK_EVERY_MS = 200
/** A reply has a few; only a server that never ends one has more. */
const MAX_PARTS = 100
/** Playback may be this far past a mark whose echo is still on its way. */
const MARK_LATENESS_MS = 250

/** What was sent to the caller, what marks have confirmed, and so how much was heard. */
export interface Playout {
  /** Notes audio of a part. Returns the name of the mark to send behind it, when one is due. */
  sent(itemId: string, contentIndex: number, durationMs: number): string | undefined
  /** The model has delivered all of a part's audio. */
  partEnded(itemId: string, contentIndex: number): void
  /** A mark that stands behind everything sent, or `undefined` when the last one already does. */
  markEnd(): string | undefined
  /** Twilio echoed a mark. Echoes from before a `clear` belong to an older generation and are not heard audio. */
  markEchoed(name: string): void
  /** Everything sent has been confirmed by marks. */
  readonly allHeard: boolean
  /** Milliseconds of this generation that have reached the ear by now. */
  heardMs(): number
  /** The parts that were not heard to their end, in the order they were sent. */
  unheard(): HeardPart[]
  /** Audio was thrown away: a new generation begins. */
  clear(): void
}

/**
 * Keeps the time line of one media socket. Position is the last echoed mark, moved on by the clock and capped by what
 * was sent and by the next mark still outstanding; bytes sent and Twilio's inbound timestamps prove nothing.
 */
export const createPlayout = (now: () => number): Playout => {
  let generation = 0
  let sequence = 0
  let parts: Part[] = []
  let sentMs = 0
  let markedMs = 0
  let confirmedMs = 0
  // The clock's view: at `anchorAt` playback stood at `anchorMs`.
  let anchorMs = 0
  let anchorAt = 0
  let outstanding: { name: string; atMs: number }[] = []

  const heardMs = (): number => {
    const byClock = anchorMs + now() - anchorAt
    const cap = outstanding.length > 0 ? outstanding[0]!.atMs + MARK_LATENESS_MS : sentMs
    return Math.max(confirmedMs, Math.min(sentMs, byClock, cap))
  }

  const mark = (): string => {
    const name = `${generation}:${++sequence}`
    outstanding.push({ name, atMs: sentMs })
    markedMs = sentMs
    return name
  }

  return {
    sent(itemId, contentIndex, durationMs) {
      // The queue had run dry, so playback starts again with this chunk.
      if (heardMs() >= sentMs) {
        anchorMs = sentMs
        anchorAt = now()
      }
      let part = parts.at(-1)
      if (part?.itemId !== itemId || part.contentIndex !== contentIndex) {
        part = { itemId, contentIndex, startMs: sentMs, sentMs: 0, ended: false }
        parts.push(part)
        if (parts.length > MAX_PARTS) parts.shift()
      }
      part.sentMs += durationMs
      sentMs += durationMs
      return sentMs - markedMs >= MARK_EVERY_MS ? mark() : undefined
    },
    partEnded(itemId, contentIndex) {
      const part = parts.find((each) => each.itemId === itemId && each.contentIndex === contentIndex)
      if (part) part.ended = true
    },
    markEnd: () => (markedMs < sentMs ? mark() : undefined),
    markEchoed(name) {
      const index = outstanding.findIndex((each) => each.name === name)
      if (index < 0) return
      confirmedMs = outstanding[index]!.atMs
      anchorMs = confirmedMs
      anchorAt = now()
      outstanding = outstanding.slice(index + 1)
      parts = parts.filter((part) => !part.ended || part.startMs + part.sentMs > confirmedMs)
    },
    get allHeard() {
      return confirmedMs >= sentMs
    },
    heardMs,
    unheard() {
      const heard = heardMs()
      return parts
        .map((part) => ({ part, partHeardMs: Math.max(0, Math.min(part.sentMs, heard - part.startMs)) }))
        .filter(({ part, partHeardMs }) => !part.ended || partHeardMs < part.sentMs)
        .map(({ part, partHeardMs }) => ({
          itemId: part.itemId,
          contentIndex: part.contentIndex,
          heardMs: Math.floor(partHeardMs),
          sentMs: part.sentMs,
        }))
    },
    clear() {
      generation++
      parts = []
      sentMs = markedMs = confirmedMs = anchorMs = 0
      outstanding = []
    },
  }
}
