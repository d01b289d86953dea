import { base64Bytes, FRAME_BYTES, isPayload, silence, SILENCE_BYTE, ULAW_BYTES_PER_MS } from '../audio.ts'
import type { Playout } from './playout.ts'

/** The caller's first words wait this long for the model; older ones are dropped first. */
const EARLY_AUDIO_LIMIT_MS = 5_000
/** Some legs send nothing during silence; a longer gap is a hold, not a pause in speech. */
const MAX_GAP_MS = 10_000
/** Timestamps wobble by a frame without anything being lost. */
const MIN_GAP_MS = 20
/** A reply that nobody is there to hear is bounded too. */
const HELD_AUDIO_LIMIT_MS = 120_000
/** Longer deltas are cut, so that a mark can stand inside them; 240 ms of base64 needs no decoding to cut. */
const LONG_DELTA_MS = 400
const PIECE_CHARS = 2_560

/** The caller's ear: where the relay puts audio and marks. */
export interface AudioSink {
  sendAudio(payload: string): void
  sendMark(name: string): void
  /** All audio of one step has been sent and noted; not told while audio is held. */
  sent?(): void
}

/** The model's ear. */
export interface ModelEar {
  appendAudio(payload: string): void
}

/** The two directions of one call's audio: base64 μ-law 8 kHz, passed on untouched. */
export interface Relay {
  /** A frame of the caller's; `timestampMs` is the connection's own clock. */
  fromCaller(payload: string, timestampMs: number): void
  /** A delta of the model's. */
  fromModel(payload: string, itemId: string, contentIndex: number): void
  /** Words of our own, of any length: they are sent as a part that is complete at once. */
  play(payload: string, itemId: string): void
  /** The model has delivered all of a part: what was kept back for alignment goes out. */
  partEnded(itemId: string, contentIndex: number): void
  /** Connects the model; what the caller said meanwhile is sent first. */
  attachModel(model: ModelEar): void
  detachModel(): void
  /** Connects the caller; held audio goes out at once and in order. */
  attachCaller(sink: AudioSink): void
  detachCaller(): void
  /** Lets the caller's turn end when the line has stopped sending: VAD hangs without audio. */
  fillSilence(durationMs: number): void
  /** Sends a mark behind everything sent, if none stands there. */
  markEnd(): void
  /** Throws away what is held or kept back. */
  clear(): void
  /** Audio is waiting for the caller to come. */
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

/** Joins the legs. Nothing here decodes, awaits, logs or sets a timer for a frame that is as it should be. */
export const createRelay = (playout: Playout): Relay => {
  const counters = { framesIn: 0, framesOut: 0, dropped: 0, gapsFilledMs: 0 }
  let model: ModelEar | undefined
  let sink: AudioSink | undefined
  let early: { payload: string; durationMs: number }[] = []
  let earlyMs = 0
  let nextTimestampMs: number | undefined
  let held: { payload: string; itemId: string; contentIndex: number; isLast?: true }[] = []
  let heldMs = 0
  /** Audio went out in this step. */
  let unreported = false
  let carry: { bytes: Buffer; itemId: string; contentIndex: number } | undefined

  const toModel = (payload: string, durationMs: number): void => {
    if (model) return model.appendAudio(payload)
    early.push({ payload, durationMs })
    earlyMs += durationMs
    while (earlyMs > EARLY_AUDIO_LIMIT_MS) {
      earlyMs -= early.shift()!.durationMs
      counters.dropped++
    }
  }

  const toCaller = (payload: string, itemId: string, contentIndex: number): void => {
    const durationMs = base64Bytes(payload) / ULAW_BYTES_PER_MS
    if (!sink) {
      if (heldMs >= HELD_AUDIO_LIMIT_MS) {
        counters.dropped++
        return
      }
      held.push({ payload, itemId, contentIndex })
      heldMs += durationMs
      return
    }
    counters.framesOut++
    unreported = true
    sink.sendAudio(payload)
    const mark = playout.sent(itemId, contentIndex, durationMs)
    if (mark) sink.sendMark(mark)
  }

  /** Only between two steps: what it gives rise to may clear all this. */
  const report = (): void => {
    if (unreported) sink?.sent?.()
    unreported = false
  }

  const inPieces = (payload: string, itemId: string, contentIndex: number): void => {
    for (let from = 0; from < payload.length; from += PIECE_CHARS)
      toCaller(payload.slice(from, from + PIECE_CHARS), itemId, contentIndex)
  }

  /** A delta that does not end on a frame would click: its tail waits for the next one. */
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

  /** Audio that is held ends when it is sent: until then there is nothing that could have been heard. */
  const endPart = (itemId: string, contentIndex: number): void => {
    const last = held.findLast((each) => each.itemId === itemId && each.contentIndex === contentIndex)
    if (last) last.isLast = true
    else playout.partEnded(itemId, contentIndex)
  }

  return {
    fromCaller(payload, timestampMs) {
      if (!isPayload(payload)) {
        counters.dropped++
        return
      }
      counters.framesIn++
      const durationMs = base64Bytes(payload) / ULAW_BYTES_PER_MS
      const gapMs = nextTimestampMs === undefined ? 0 : timestampMs - nextTimestampMs
      if (gapMs >= MIN_GAP_MS && gapMs <= MAX_GAP_MS) {
        counters.gapsFilledMs += gapMs
        toModel(silence(gapMs), gapMs)
      }
      nextTimestampMs = timestampMs + durationMs
      toModel(payload, durationMs)
    },
    fromModel(payload, itemId, contentIndex) {
      if (!isPayload(payload)) {
        counters.dropped++
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
        counters.dropped++
        return
      }
      // What is kept back of a reply is no hurry: its own tail follows it, behind these words.
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
      model = ear
      for (const { payload } of early) ear.appendAudio(payload)
      early = []
      earlyMs = 0
    },
    detachModel() {
      model = undefined
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
      counters.gapsFilledMs += durationMs
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
    get holding() {
      return held.length > 0
    },
    counters,
  }
}
