import { base64Bytes, FRAME_BYTES, isPayload, silence, SILENCE_BYTE, ULAW_BYTES_PER_MS } from '../audio.ts'
import type { Playout } from './playout.ts'
import type { AudioTap } from './tracks.ts'

/**
 * Caller audio kept while there is no model; the oldest is dropped first. Callers speak during a recorded greeting and after it,
 * and a model that is not there seven seconds later is given up.
 */
const EARLY_AUDIO_LIMIT_MS = 15_000
/** Gaps up to this are filled with silence, because some legs send nothing during silence; a longer one is a hold. */
const MAX_GAP_MS = 10_000
/** Shorter gaps are jitter of the timestamps. */
const MIN_GAP_MS = 20
/** Model audio kept while no caller is connected. */
const HELD_AUDIO_LIMIT_MS = 120_000
/** Longer deltas are cut, so that marks can be sent in between; pieces of 240 ms of base64 are cut without decoding. */
const LONG_DELTA_MS = 400
const PIECE_CHARS = 2_560

/** Where the relay sends audio and marks for the caller. */
export interface AudioSink {
  sendAudio(payload: string): void
  sendMark(name: string): void
  /** All audio of one call into the relay was sent; not called while audio is held. */
  sent?(): void
}

/** Where the relay sends audio of the caller. */
export interface ModelEar {
  appendAudio(payload: string): void
}

/** The audio path of a call in both directions: base64 μ-law 8 kHz, passed on untouched. */
export interface Relay {
  /** A frame from the caller; `timestampMs` is the connection's own clock. */
  fromCaller(payload: string, timestampMs: number): void
  /** A delta from the model. */
  fromModel(payload: string, itemId: string, contentIndex: number): void
  /** Sends a phrase of any length, as a complete part. */
  play(payload: string, itemId: string): void
  /** The model has delivered all of a part: sends the bytes kept back for alignment. */
  partEnded(itemId: string, contentIndex: number): void
  /** Connects the model; caller audio kept meanwhile is sent first. */
  attachModel(model: ModelEar): void
  detachModel(): void
  /** Connects the caller; held audio is sent at once, in order. */
  attachCaller(sink: AudioSink): void
  detachCaller(): void
  /** Sends silence to the model: its VAD needs audio to end a turn. */
  fillSilence(durationMs: number): void
  /** Sends a mark for the end of everything sent, unless there is one. */
  markEnd(): void
  /** Drops audio that is held or kept back. */
  clear(): void
  /** Has audio pass by somebody who listens, or by nobody. */
  tap(to: AudioTap | undefined): void
  /** The call is over: drops all audio that waits, because an ended call stays in memory for minutes. */
  release(): void
  /** Model audio is held until the caller is connected. */
  readonly holding: boolean
  readonly counters: {
    readonly framesIn: number
    readonly framesOut: number
    readonly dropped: number
    readonly gapsFilledMs: number
  }
}

/** Base64 of whole frames, the last one filled up with silence. */
const padded = (bytes: Buffer): string =>
  Buffer.concat([
    bytes,
    Buffer.alloc((FRAME_BYTES - (bytes.length % FRAME_BYTES)) % FRAME_BYTES, SILENCE_BYTE),
  ]).toString('base64')

/** Creates the relay. For a healthy frame nothing here decodes, awaits, logs or sets a timer. */
export const createRelay = (playout: Playout): Relay => {
  // Variables instead of an object: they lie together in memory.
  let framesIn = 0
  let framesOut = 0
  let dropped = 0
  let gapsFilledMs = 0
  let appendAudio: ModelEar['appendAudio'] | undefined
  let sink: AudioSink | undefined
  let early: { payload: string; durationMs: number }[] = []
  let earlyMs = 0
  let nextTimestampMs: number | undefined
  let held: { payload: string; itemId: string; contentIndex: number; isLast?: true }[] = []
  let heldMs = 0
  /** Audio was sent and not reported by `sent` yet. */
  let unreported = false
  let tapped: AudioTap | undefined
  let carry: { bytes: Buffer; itemId: string; contentIndex: number } | undefined

  const toModel = (payload: string, durationMs: number): void => {
    if (appendAudio) return appendAudio(payload)
    early.push({ payload, durationMs })
    earlyMs += durationMs
    while (earlyMs > EARLY_AUDIO_LIMIT_MS) {
      earlyMs -= early.shift()!.durationMs
      dropped++
    }
  }

  const toCaller = (payload: string, itemId: string, contentIndex: number): void => {
    const durationMs = base64Bytes(payload) / ULAW_BYTES_PER_MS
    if (!sink) {
      if (heldMs >= HELD_AUDIO_LIMIT_MS) {
        dropped++
        return
      }
      held.push({ payload, itemId, contentIndex })
      heldMs += durationMs
      return
    }
    framesOut++
    unreported = true
    sink.sendAudio(payload)
    const mark = playout.sent(itemId, contentIndex, durationMs)
    if (tapped) tapped.assistant(payload, durationMs)
    if (mark) sink.sendMark(mark)
  }

  /** Called at the end of a step only, because the listener may clear the relay. */
  const report = (): void => {
    if (unreported) sink?.sent?.()
    unreported = false
  }

  const inPieces = (payload: string, itemId: string, contentIndex: number): void => {
    for (let from = 0; from < payload.length; from += PIECE_CHARS)
      toCaller(payload.slice(from, from + PIECE_CHARS), itemId, contentIndex)
  }

  /** Cuts a delta to whole frames, or it would click; the rest is kept for the next one. */
  const realign = (payload: string, itemId: string, contentIndex: number): string => {
    const fresh = Buffer.from(payload, 'base64')
    const bytes = carry ? Buffer.concat([carry.bytes, fresh]) : fresh
    const whole = bytes.length - (bytes.length % FRAME_BYTES)
    carry = whole === bytes.length ? undefined : { bytes: bytes.subarray(whole), itemId, contentIndex }
    return bytes.toString('base64', 0, whole)
  }

  const flushCarry = (): void => {
    if (!carry) return
    const { bytes, itemId, contentIndex } = carry
    carry = undefined
    toCaller(padded(bytes), itemId, contentIndex)
  }

  /** Ends a part. If its audio is still held, the end is reported when the audio is sent. */
  const endPart = (itemId: string, contentIndex: number): void => {
    const last = held.findLast((each) => each.itemId === itemId && each.contentIndex === contentIndex)
    if (last) last.isLast = true
    else playout.partEnded(itemId, contentIndex)
  }

  return {
    fromCaller(payload, timestampMs) {
      if (!isPayload(payload)) {
        dropped++
        return
      }
      framesIn++
      const durationMs = base64Bytes(payload) / ULAW_BYTES_PER_MS
      if (tapped) tapped.caller(payload, timestampMs, nextTimestampMs === undefined)
      const gapMs = nextTimestampMs === undefined ? 0 : timestampMs - nextTimestampMs
      if (gapMs >= MIN_GAP_MS && gapMs <= MAX_GAP_MS) {
        gapsFilledMs += gapMs
        toModel(silence(gapMs), gapMs)
      }
      nextTimestampMs = timestampMs + durationMs
      toModel(payload, durationMs)
    },
    fromModel(payload, itemId, contentIndex) {
      if (!isPayload(payload)) {
        dropped++
        return
      }
      if (carry && (carry.itemId !== itemId || carry.contentIndex !== contentIndex)) flushCarry()
      const bytes = base64Bytes(payload)
      const aligned = !carry && bytes % FRAME_BYTES === 0 ? payload : realign(payload, itemId, contentIndex)
      if (aligned === '') return
      if (bytes > LONG_DELTA_MS * ULAW_BYTES_PER_MS) inPieces(aligned, itemId, contentIndex)
      else toCaller(aligned, itemId, contentIndex)
      report()
    },
    play(payload, itemId) {
      if (!isPayload(payload)) {
        dropped++
        return
      }
      // The kept bytes of a reply stay; they are sent after the phrase, with the rest of the reply.
      inPieces(padded(Buffer.from(payload, 'base64')), itemId, 0)
      endPart(itemId, 0)
      report()
    },
    partEnded(itemId, contentIndex) {
      if (carry && carry.itemId === itemId && carry.contentIndex === contentIndex) flushCarry()
      endPart(itemId, contentIndex)
      report()
    },
    attachModel(ear) {
      ;({ appendAudio } = ear)
      for (const { payload } of early) ear.appendAudio(payload)
      early = []
      earlyMs = 0
    },
    detachModel() {
      appendAudio = undefined
    },
    attachCaller(to) {
      sink = to
      nextTimestampMs = undefined
      const waiting = held
      held = []
      heldMs = 0
      for (const { payload, itemId, contentIndex, isLast } of waiting) {
        toCaller(payload, itemId, contentIndex)
        if (isLast) playout.partEnded(itemId, contentIndex)
      }
      report()
    },
    detachCaller() {
      sink = undefined
    },
    fillSilence(durationMs) {
      gapsFilledMs += durationMs
      if (nextTimestampMs !== undefined) nextTimestampMs += durationMs
      toModel(silence(durationMs), durationMs)
    },
    markEnd() {
      const name = sink && playout.markEnd()
      if (name) sink!.sendMark(name)
    },
    clear() {
      held = []
      heldMs = 0
      carry = undefined
      playout.clear()
    },
    tap(to) {
      tapped = to
    },
    release() {
      appendAudio = undefined
      sink = undefined
      early = []
      earlyMs = 0
      held = []
      heldMs = 0
      carry = undefined
    },
    get holding() {
      return held.length > 0
    },
    counters: {
      get framesIn() {
        return framesIn
      },
      get framesOut() {
        return framesOut
      },
      get dropped() {
        return dropped
      },
      get gapsFilledMs() {
        return gapsFilledMs
      },
    },
  }
}
