/** One person's telephone: a mouth, an ear, and one clock for both, so that what was said and heard can be laid side by side. */
import { ULAW_SILENCE, decodeUlaw, encodeUlaw, ulawRms } from './ulaw.ts'
import type { FarEar } from './far-playout.ts'
import { FRAME_BYTES, FRAME_MS, startFrameClock } from './frame-clock.ts'

/** Loudness (root mean square, 0 to 1) that is a sound: synthesised speech lies around 0.1, the coding noise of silence below 0.001. */
export const LOUD = 0.008
const STOPPED_AFTER_MS = 400

/** Something that can be heard: asked once per 20 ms, undefined for nothing. */
interface SoundSource {
  read(): Buffer | undefined
  /** Whoever listens has got it already, to be played by a clock of their own. */
  readonly isFar?: true | undefined
}

/** The mouth and ear of a person who is elsewhere, beside what is spoken into the line here. */
export interface Handset {
  /** The next 20 ms from the mouth; undefined for silence. */
  readMouth(): Buffer | undefined
  /** 20 ms for the ear. */
  hear(frame: Buffer): void
  /** The ear that plays a media stream by its own clock. */
  readonly ear: FarEar
}

/** How a line is kept. */
export interface LineOptions {
  readonly handset?: Handset | undefined
  /** Keeps no more than is being heard: `tracks` are empty. */
  readonly keepsNothing?: boolean | undefined
}

/** Gets every frame the mouth lets out; `speaking` is false for the silence between utterances. */
type FrameListener = (frame: Buffer, speaking: boolean) => void

/** What the line reports while it runs. */
export interface LineEvents {
  heardStart(atMs: number): void
  /** `atMs` is the end of the last sound, `STOPPED_AFTER_MS` earlier than the report. */
  heardStop(atMs: number): void
  spokeStart(atMs: number, text: string): void
  spokeStop(atMs: number, text: string): void
}

interface Utterance {
  audio: Buffer
  text: string
  at: number
  loudUntil: number
  done: () => void
}

/** A telephone in use. Times are ms since the line was opened. */
export interface Line {
  nowMs(): number
  /** Queues audio to be said; resolves when it was said, or the line is closed. */
  speak(audio: Buffer, text: string): Promise<void>
  listenTo(source: SoundSource): () => void
  onFrame(listener: FrameListener): () => void
  /** Gets every frame that reaches the ear. */
  onHeard(listener: (frame: Buffer) => void): () => void
  /** Resolves true at the first 20 ms tick where `test` holds, false after `maxMs` or when the line closes. */
  until(test: () => boolean, maxMs: number): Promise<boolean>
  /** End of the last sound heard and of the last own word; 0 for never. */
  readonly lastHeardMs: number
  readonly lastSpokeMs: number
  /** Start of the stretch of sound that is being heard, undefined during silence. */
  readonly hearingSinceMs: number | undefined
  readonly speaking: boolean
  tracks(): { caller: Buffer; heard: Buffer }
  readonly handset: Handset | undefined
  close(): void
}

/** Opens a line and starts its clock. */
export function openLine(events: LineEvents, { handset, keepsNothing = false }: LineOptions = {}): Line {
  const startedMs = performance.now()
  const said: Buffer[] = []
  const heard: Buffer[] = []
  const utterances: Utterance[] = []
  const sources = new Set<SoundSource>()
  const listeners = new Set<FrameListener>()
  const earListeners = new Set<(frame: Buffer) => void>()
  const waiters = new Set<{ test: () => boolean; untilMs: number; settle: (met: boolean) => void }>()
  const silence = Buffer.alloc(FRAME_BYTES, ULAW_SILENCE)
  let frameMs = 0
  let lastHeardMs = 0
  let lastSpokeMs = 0
  let hearingSinceMs: number | undefined
  let loudFrames = 0
  let closed = false

  const readHandset = (): { frame: Buffer; speaking: boolean } => {
    const frame = handset?.readMouth()
    if (!frame) return { frame: silence, speaking: false }
    if (ulawRms(frame) > LOUD) lastSpokeMs = frameMs + FRAME_MS
    return { frame, speaking: true }
  }

  const readMouth = (): { frame: Buffer; speaking: boolean } => {
    const utterance = utterances[0]
    if (!utterance) return readHandset()
    if (utterance.at === 0) events.spokeStart(frameMs, utterance.text)
    const frame = Buffer.alloc(FRAME_BYTES, ULAW_SILENCE)
    utterance.audio.copy(frame, 0, utterance.at)
    const loudBefore = utterance.at < utterance.loudUntil
    utterance.at += FRAME_BYTES
    if (loudBefore) lastSpokeMs = frameMs + FRAME_MS
    if (loudBefore && utterance.at >= utterance.loudUntil) events.spokeStop(lastSpokeMs, utterance.text)
    if (utterance.at >= utterance.audio.length) {
      utterances.shift()
      utterance.done()
    }
    return { frame, speaking: true }
  }

  const readEar = (): Buffer => {
    const frames: Buffer[] = []
    const near: Buffer[] = []
    for (const source of sources) {
      const frame = source.read()
      if (!frame) continue
      frames.push(frame)
      if (!source.isFar) near.push(frame)
    }
    if (handset && near.length > 0) handset.hear(mixed(near))
    return mixed(frames)
  }

  const mixed = (frames: Buffer[]): Buffer =>
    frames.length === 0 ? silence : frames.length === 1 ? frames[0]! : mix(frames)

  const judge = (frame: Buffer): void => {
    if (ulawRms(frame) > LOUD) {
      loudFrames++
      lastHeardMs = frameMs + FRAME_MS
      if (loudFrames === 2 && hearingSinceMs === undefined) {
        hearingSinceMs = frameMs - FRAME_MS
        events.heardStart(hearingSinceMs)
      }
      return
    }
    loudFrames = 0
    if (hearingSinceMs !== undefined && frameMs - lastHeardMs >= STOPPED_AFTER_MS) {
      hearingSinceMs = undefined
      events.heardStop(lastHeardMs)
    }
  }

  const stopClock = startFrameClock((frame) => {
    frameMs = frame * FRAME_MS
    const mouth = readMouth()
    const ear = readEar()
    if (!keepsNothing) {
      said.push(mouth.frame)
      heard.push(ear)
    }
    for (const listener of listeners) listener(mouth.frame, mouth.speaking)
    for (const listener of earListeners) listener(ear)
    judge(ear)
    for (const waiter of waiters) {
      const met = waiter.test()
      if (met || frameMs >= waiter.untilMs) waiter.settle(met)
    }
  })

  return {
    nowMs: () => performance.now() - startedMs,
    speak: (audio, text) =>
      new Promise((done) => {
        if (closed || audio.length === 0) return done()
        utterances.push({ audio, text, at: 0, loudUntil: loudUntil(audio), done })
      }),
    listenTo(source) {
      sources.add(source)
      return () => void sources.delete(source)
    },
    onFrame(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onHeard(listener) {
      earListeners.add(listener)
      return () => void earListeners.delete(listener)
    },
    until: (test, maxMs) =>
      new Promise((resolve) => {
        if (closed) return resolve(false)
        const waiter = {
          test,
          untilMs: frameMs + maxMs,
          settle: (met: boolean) => {
            waiters.delete(waiter)
            resolve(met)
          },
        }
        waiters.add(waiter)
      }),
    get lastHeardMs() {
      return lastHeardMs
    },
    get lastSpokeMs() {
      return lastSpokeMs
    },
    get hearingSinceMs() {
      return hearingSinceMs
    },
    get speaking() {
      return utterances.length > 0
    },
    handset,
    tracks: () => ({ caller: Buffer.concat(said), heard: Buffer.concat(heard) }),
    close() {
      if (closed) return
      closed = true
      stopClock()
      if (hearingSinceMs !== undefined) events.heardStop(lastHeardMs)
      for (const waiter of waiters) waiter.settle(false)
      for (const utterance of utterances.splice(0)) utterance.done()
    },
  }
}

/** Joins two or more lines: everybody hears everybody else. `muted` decides per frame. Returns the function that parts them. */
export function connectLines(from: Line, to: Line, muted: () => boolean = () => false): () => void {
  // Both lines have a clock of their own: a few frames of slack, and never more delay than that.
  const inbox: Buffer[] = []
  const stopSending = from.onFrame((frame) => {
    if (muted()) return
    inbox.push(frame)
    if (inbox.length > 5) inbox.shift()
  })
  const stopHearing = to.listenTo({ read: () => inbox.shift() })
  return () => {
    stopSending()
    stopHearing()
  }
}

function mix(frames: Buffer[]): Buffer {
  const sum = new Int16Array(FRAME_BYTES)
  for (const frame of frames) {
    const pcm = decodeUlaw(frame)
    for (let i = 0; i < FRAME_BYTES; i++) sum[i] = Math.max(-32_768, Math.min(32_767, sum[i]! + pcm[i]!))
  }
  return encodeUlaw(sum)
}

/** Where the last loud frame of an utterance ends, in bytes: synthesised speech trails off into silence. */
function loudUntil(audio: Buffer): number {
  for (let at = Math.floor((audio.length - 1) / FRAME_BYTES) * FRAME_BYTES; at >= 0; at -= FRAME_BYTES) {
    if (ulawRms(audio.subarray(at, at + FRAME_BYTES)) > LOUD) return Math.min(audio.length, at + FRAME_BYTES)
  }
  return audio.length
}
