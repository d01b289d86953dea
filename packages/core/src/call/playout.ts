import type { HeardPart } from '../model.ts'

interface Part {
  readonly itemId: string
  readonly contentIndex: number
  sentMs: number
  /** Milliseconds of stretches that marks have confirmed; those are removed from `stretches`. */
  confirmedMs: number
  /** Its position on the generation's time line; a phrase may be sent in the middle of a part. */
  stretches: { readonly startMs: number; ms: number }[]
  /** All of it has been delivered. */
  ended: boolean
}

/** Audio between two marks. With a mark behind every chunk the echoes fall behind. */
export const MARK_EVERY_MS = 200
/** Parts kept. A reply has a few; only a server that never ends them has more. */
const MAX_PARTS = 100
/** Stretches of one part: more than one only where phrases were sent in its middle. */
const MAX_STRETCHES = 100
/** Marks kept: ten minutes of audio, more than a line queues. */
const MAX_OUTSTANDING = 3_000
/** Playback may be this far past a mark whose echo is still on its way. */
const MARK_LATENESS_MS = 250
/** An echo later than this is lost; the audio before it counts as heard. */
const MARK_LOST_MS = 2_000
/** The frame being played when a `clear` arrives is played to its end. */
const FRAME_MS = 20
/** How fast the estimated start of a run may move later (ms per ms): more than the clocks of two machines drift apart. */
const DRIFT = 0.001
/** So many echoes in a row that are all later than this mean that the line has paused. */
const PAUSE_MS = 40
const PAUSE_ECHOES = 6

/** Who is told of the audio of each item. */
export interface PlayoutLedger {
  /** The first audio of an item was sent, and will begin to play in so many milliseconds. */
  began(itemId: string, inMs: number): void
  /** The item is forgotten: so much of it was sent, and heard. */
  left(item: { readonly itemId: string; readonly sentMs: number; readonly heardMs: number }): void
}

/** Tracks what was sent to the caller and how much of it they have heard. */
export interface Playout {
  /** Notes audio that was sent. Returns the name of the mark to send behind it, when one is due. */
  sent(itemId: string, contentIndex: number, durationMs: number): string | undefined
  /** All of a part's audio has been delivered. */
  partEnded(itemId: string, contentIndex: number): void
  /** A mark for the end of everything sent, or `undefined` when the last mark is there already. */
  markEnd(): string | undefined
  /** The line echoed a mark. Echoes of an older generation, from before a `clear`, are ignored. */
  markEchoed(name: string): void
  /** A ping was answered after `ms`; the shortest time is taken as the round trip to the line. */
  roundTrip(ms: number): void
  /** Everything sent was confirmed by marks, or must have been heard by the clock. */
  readonly allHeard: boolean
  /** Everything must have been heard by the clock, and the mark that should confirm it is lost. */
  readonly markLost: boolean
  /** Milliseconds of this generation heard by now. */
  heardMs(): number
  /** How much of what was sent is still to be played, by the clock, in whole milliseconds. */
  leftMs(): number
  /** How long until everything sent counts as heard, with or without a mark. */
  settledInMs(): number
  /** The parts that would not be heard to their end if a `clear` were sent now, in the order they were sent. */
  unheard(): HeardPart[]
  /** The parts that have not been told to the ledger yet, heard or not. */
  parts(): HeardPart[]
  /** How much of this generation was sent (ms). */
  sentMs(): number
  /** The present run of uninterrupted playback: the position that began it, and when that began to play by the clock. */
  run(): { readonly startMs: number; readonly startedAt: number }
  /** The queued audio was dropped: a new generation begins. */
  clear(): void
}

/**
 * Keeps the time line of one audio connection. Playback runs by the clock from where the queue last ran dry; of the marks
 * the least late tells when that was, because an echo can be late but never early; how long a line takes to begin, and its
 * step of 20 ms, stay the same from one run to the next. The position is capped by what was sent and by the next mark
 * outstanding; bytes sent and the line's inbound timestamps prove nothing.
 */
export const createPlayout = (
  now: () => number,
  hasMarks = true,
  ledger?: PlayoutLedger,
  /** Is told before a generation is given up: the position up to which it was heard (ms). */
  dropped?: (heardMs: number) => void,
): Playout => {
  let generation = 0
  let sequence = 0
  let parts: Part[] = []
  let sentMs = 0
  let markedMs = 0
  let confirmedMs = 0
  /** What once counted as heard stays heard. */
  let floorMs = 0
  // One run of uninterrupted playback: position `runStartMs` was sent at `runSentAt` and began to play at `runStartedAt`.
  let runStartMs = 0
  let runSentAt = 0
  let runStartedAt = 0
  let echoedAt = 0
  /** A moment at which the line began to play a frame; later frames begin at multiples of 20 ms from it. */
  let frameBeganAt: number | undefined
  /** The shortest time that the line took to begin with what it had received, of all runs. */
  let leastLagMs: number | undefined
  /** Echoes in a row that were later than a pause, and how late the least late of them puts the start of the run. */
  let lateEchoes = 0
  let leastLateAt = Infinity
  let leastRoundTripMs: number | undefined
  let outstanding: { name: string; atMs: number }[] = []

  const byClockMs = (): number => runStartMs + now() - runStartedAt

  const heardMs = (): number => {
    const byClock = byClockMs()
    const next = outstanding[0]
    const cap = next && byClock - next.atMs <= MARK_LOST_MS ? next.atMs + MARK_LATENESS_MS : sentMs
    return Math.max(floorMs, Math.min(sentMs, byClock, cap))
  }

  const startRun = (): void => {
    const byClock = byClockMs()
    outstanding = outstanding.filter(({ atMs }) => byClock - atMs <= MARK_LOST_MS)
    runStartMs = sentMs
    runSentAt = now()
    const beginsAt = runSentAt + (leastLagMs ?? 0)
    const outOfStepMs = frameBeganAt === undefined ? 0 : (frameBeganAt - beginsAt) % FRAME_MS
    runStartedAt = beginsAt + (outOfStepMs < 0 ? outOfStepMs + FRAME_MS : outOfStepMs)
    lateEchoes = 0
  }

  const placeAt = (startedAt: number): void => {
    runStartedAt = startedAt
    lateEchoes = 0
    // An echo from before its audio was sent says nothing about later runs.
    if (startedAt >= runSentAt) frameBeganAt = startedAt
  }

  /** The line has paused; late echoes are the only sign of it. */
  const notePause = (startedAt: number): void => {
    if (startedAt - runStartedAt <= PAUSE_MS) {
      lateEchoes = 0
      return
    }
    leastLateAt = lateEchoes === 0 ? startedAt : Math.min(leastLateAt, startedAt)
    if (++lateEchoes >= PAUSE_ECHOES) placeAt(leastLateAt)
  }

  /** Corrects the start of the run by an echo, which can be late but never early. */
  const placeRun = (atMs: number): void => {
    // Leave out the round trip: a `clear` takes as long to arrive as the audio did.
    const byEcho = now() - (atMs - runStartMs)
    const startedAt = Math.min(byEcho, Math.max(runSentAt, byEcho - (leastRoundTripMs ?? 0)))
    const sinceMs = now() - echoedAt
    echoedAt = now()
    if (startedAt >= runSentAt) leastLagMs = Math.min(startedAt - runSentAt, leastLagMs ?? Infinity)
    if (frameBeganAt === undefined) return placeAt(startedAt)
    if (startedAt <= runStartedAt + sinceMs * DRIFT) placeAt(startedAt)
    else notePause(startedAt)
  }

  const mark = (): string | undefined => {
    if (!hasMarks) return undefined
    const name = `${generation}:${++sequence}`
    outstanding.push({ name, atMs: sentMs })
    if (outstanding.length > MAX_OUTSTANDING) outstanding.shift()
    markedMs = sentMs
    return name
  }

  const partOf = (itemId: string, contentIndex: number): Part | undefined =>
    parts.findLast((part) => part.itemId === itemId && part.contentIndex === contentIndex)

  const append = (part: Part, durationMs: number): void => {
    const last = part.stretches.at(-1)
    if (last && last.startMs + last.ms === sentMs) last.ms += durationMs
    else part.stretches.push({ startMs: sentMs, ms: durationMs })
    part.sentMs += durationMs
    if (part.stretches.length <= MAX_STRETCHES) return
    const [first, second] = part.stretches.splice(0, 2)
    part.stretches.unshift({ startMs: first!.startMs, ms: first!.ms + second!.ms })
  }

  /** Forgets parts that are complete and heard. */
  const settleParts = (): void => {
    if (!hasMarks) confirmedMs = heardMs()
    for (const part of parts)
      part.stretches = part.stretches.filter(({ startMs, ms }) => {
        const isHeard = startMs + ms <= confirmedMs
        if (isHeard) part.confirmedMs += ms
        return !isHeard
      })
    parts = parts.filter((part) => {
      const isKept = !part.ended || part.stretches.length > 0
      if (!isKept) ledger?.left({ itemId: part.itemId, sentMs: part.sentMs, heardMs: part.sentMs })
      return isKept
    })
  }

  /** The position up to which would have been heard if a `clear` were sent now: the frame being played is played to its end. */
  const heardToMs = (): number =>
    Math.min(sentMs, runStartMs + Math.ceil((heardMs() - runStartMs) / FRAME_MS) * FRAME_MS)

  const heardOf = ({ itemId, contentIndex, sentMs: partMs, confirmedMs: known, stretches, ended }: Part) => {
    const heard = heardToMs()
    const parted = stretches.map(({ startMs, ms }) => Math.max(0, Math.min(ms, heard - startMs)))
    const partHeardMs = known + parted.reduce((sum, ms) => sum + ms, 0)
    return { part: { itemId, contentIndex, heardMs: Math.floor(partHeardMs), sentMs: partMs }, ended }
  }

  const graceMs = hasMarks ? MARK_LOST_MS : 0
  const isOverdue = (): boolean => byClockMs() - sentMs >= graceMs

  return {
    sent(itemId, contentIndex, durationMs) {
      if (byClockMs() >= sentMs) startRun()
      let part = partOf(itemId, contentIndex)
      if (!part) {
        part = { itemId, contentIndex, sentMs: 0, confirmedMs: 0, stretches: [], ended: false }
        parts.push(part)
        ledger?.began(itemId, Math.max(0, runStartedAt + sentMs - runStartMs - now()))
        if (parts.length > MAX_PARTS) {
          const { part: gone } = heardOf(parts.shift()!)
          ledger?.left(gone)
        }
      }
      append(part, durationMs)
      sentMs += durationMs
      return sentMs - markedMs >= MARK_EVERY_MS ? mark() : undefined
    },
    partEnded(itemId, contentIndex) {
      const part = partOf(itemId, contentIndex)
      if (!part) return
      part.ended = true
      settleParts()
    },
    markEnd: () => (markedMs < sentMs ? mark() : undefined),
    markEchoed(name) {
      const index = outstanding.findIndex((each) => each.name === name)
      if (index < 0) return
      const { atMs } = outstanding[index]!
      // A late echo never lowers the position, unless the mark had been given up as lost, as after a stall.
      floorMs = Math.max(floorMs, atMs, Math.min(heardMs(), atMs + MARK_LATENESS_MS))
      confirmedMs = atMs
      outstanding = outstanding.slice(index + 1)
      // A mark from before the queue ran empty says nothing about the present run.
      if (atMs > runStartMs) placeRun(atMs)
      settleParts()
    },
    roundTrip(ms) {
      leastRoundTripMs = Math.min(ms, leastRoundTripMs ?? Infinity)
    },
    get allHeard() {
      return confirmedMs >= sentMs || isOverdue()
    },
    get markLost() {
      return hasMarks && confirmedMs < sentMs && isOverdue()
    },
    heardMs,
    leftMs: () => Math.max(0, Math.ceil(sentMs - Math.max(confirmedMs, byClockMs()))),
    settledInMs: () => (confirmedMs >= sentMs ? 0 : Math.max(0, Math.ceil(sentMs + graceMs - byClockMs()))),
    unheard: () =>
      parts
        .map(heardOf)
        .filter(({ part, ended }) => !ended || part.heardMs < part.sentMs)
        .map(({ part }) => part),
    parts: () => parts.map((each) => heardOf(each).part),
    sentMs: () => sentMs,
    run: () => ({ startMs: runStartMs, startedAt: runStartedAt }),
    clear() {
      dropped?.(heardToMs())
      if (ledger) for (const each of parts) ledger.left(heardOf(each).part)
      generation++
      parts = []
      outstanding = []
      sentMs = markedMs = confirmedMs = floorMs = runStartMs = 0
      runSentAt = runStartedAt = now()
    },
  }
}
