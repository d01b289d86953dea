import { base64Bytes, FRAME_BYTES, SILENCE_BYTE, ULAW_BYTES_PER_MS } from '../audio.ts'
import type { Clock, Timer } from '../clock.ts'
import type { Playout } from './playout.ts'

/** Both sides of a call for the same stretch of time: μ-law at 8 kHz, of the same length. */
export interface TrackBlock {
  /** Milliseconds since the call began. */
  readonly atMs: number
  readonly caller: Uint8Array
  /** What the caller heard of us; audio that was dropped unheard is not in it. */
  readonly assistant: Uint8Array
}

/** Somebody who hears a call. */
export interface TrackListener {
  /** Blocks follow one another without gaps. Shared with other listeners: not to be changed. */
  block(block: TrackBlock): void
  /** The call is over: no block follows. */
  over(): void
}

/** Where the relay passes audio by while somebody listens. Nothing here decodes. */
export interface AudioTap {
  /** `isFirst`: the first frame of a connection, whose clock begins anew. */
  caller(payload: string, timestampMs: number, isFirst: boolean): void
  /** Was sent, and ends the audio sent so far. */
  assistant(payload: string, durationMs: number): void
}

/** The two tracks of a call. */
export interface Tracks {
  /** Returns how to stop. */
  listen(listener: TrackListener): () => void
  /** What was sent will not be heard beyond this position of the generation (ms). */
  dropped(heardMs: number): void
  release(): void
}

/** How often a block is told. */
const BLOCK_MS = 100
/** Blocks are told so late: frames of the caller that were delayed on the way still find their place. */
const BEHIND_MS = 300
/** Chunks kept for a lane: two minutes of frames. More come only when the process stands still. */
const MAX_CHUNKS = 6_000

interface Chunk {
  /** In bytes since the call began. */
  at: number
  /** Where it begins in the generation (ms); of the assistant's. */
  readonly positionMs: number
  length: number
  readonly payload: string
  bytes?: Buffer
  /** Its place is certain: it began to play in an earlier run, or some of it was told. */
  isPlaced: boolean
}

/** Copies what a lane has for a stretch, and forgets it. */
const drain = (chunks: Chunk[], from: number, to: number): Buffer => {
  const block = Buffer.alloc(to - from, SILENCE_BYTE)
  let done = 0
  for (const chunk of chunks) {
    if (chunk.at >= to) break
    chunk.bytes ??= Buffer.from(chunk.payload, 'base64')
    chunk.isPlaced = true
    const start = Math.max(from, chunk.at)
    const end = Math.min(to, chunk.at + chunk.length)
    if (end > start) chunk.bytes.copy(block, start - from, start - chunk.at, end - chunk.at)
    if (chunk.at + chunk.length <= to) done++
  }
  chunks.splice(0, done)
  return block
}

/**
 * Puts both sides of a call on one clock, for those who listen and for the recording. While nobody listens there is no tap and
 * no timer. `tap` is told where audio is to pass by; `sinceStart` are ms since the call began.
 */
export const createTracks = (
  clock: Clock,
  playout: Pick<Playout, 'run' | 'sentMs'>,
  sinceStart: () => number,
  tap: (to: AudioTap | undefined) => void,
): Tracks => {
  const listeners = new Set<TrackListener>()
  let caller: Chunk[] = []
  let assistant: Chunk[] = []
  let timer: Timer | undefined
  /** Told so far, in bytes since the call began. */
  let toldTo = 0
  /** Place of the caller's clock, and the end of their audio so far. */
  let callerOrigin: number | undefined
  let callerEnd = 0
  let assistantEnd = 0
  let runStartMs = 0
  let settledBase: number | undefined

  const wholeFrames = (ms: number): number => Math.floor((ms * ULAW_BYTES_PER_MS) / FRAME_BYTES) * FRAME_BYTES

  /** Where the present run's position 0 would be: settled once some of the run was told, because its audio has no gaps. */
  const baseOf = ({ startMs, startedAt }: ReturnType<Playout['run']>): number =>
    settledBase ?? Math.round((sinceStart() + startedAt - clock.now() - startMs) * ULAW_BYTES_PER_MS)

  const place = (chunk: Chunk, after: number, base: number): number => {
    chunk.at = Math.max(after, toldTo, base + Math.round(chunk.positionMs * ULAW_BYTES_PER_MS))
    return chunk.at + chunk.length
  }

  /** What of the present run has not been told moves with the estimate of when it began to play. */
  const placeRun = (): void => {
    const run = playout.run()
    if (run.startMs !== runStartMs) return
    const base = baseOf(run)
    let end = assistantEnd
    for (const chunk of assistant) {
      end = chunk.isPlaced ? chunk.at + chunk.length : place(chunk, end, base)
    }
  }

  /** What has been sent keeps its place, and another run begins. */
  const beginRun = (startMs: number): void => {
    for (const chunk of assistant) chunk.isPlaced = true
    runStartMs = startMs
    settledBase = undefined
  }

  const audio: AudioTap = {
    caller(payload, timestampMs, isFirst) {
      if (isFirst || callerOrigin === undefined) callerOrigin = sinceStart() - timestampMs
      if (caller.length >= MAX_CHUNKS) return
      const length = base64Bytes(payload)
      const at = Math.max(callerEnd, toldTo, Math.round((callerOrigin + timestampMs) * ULAW_BYTES_PER_MS))
      caller.push({ at, positionMs: 0, length, payload, isPlaced: true })
      callerEnd = at + length
    },
    assistant(payload, durationMs) {
      if (assistant.length >= MAX_CHUNKS) return
      // A run begins with audio that is sent after the queue ran dry.
      const run = playout.run()
      if (run.startMs !== runStartMs) beginRun(run.startMs)
      const positionMs = playout.sentMs() - durationMs
      const chunk: Chunk = { at: 0, positionMs, length: base64Bytes(payload), payload, isPlaced: false }
      const last = assistant.at(-1)
      place(chunk, last ? last.at + last.length : assistantEnd, baseOf(run))
      assistant.push(chunk)
    },
  }

  const tell = (toMs: number): void => {
    placeRun()
    const to = Math.max(toldTo, wholeFrames(toMs))
    if (to === toldTo) return
    const told = assistant.findLast(({ at, isPlaced }) => at < to && !isPlaced)
    if (told) settledBase = told.at - Math.round(told.positionMs * ULAW_BYTES_PER_MS)
    const ended = assistant.findLast(({ at }) => at < to)
    if (ended) assistantEnd = Math.max(assistantEnd, ended.at + ended.length)
    const block = {
      atMs: toldTo / ULAW_BYTES_PER_MS,
      caller: drain(caller, toldTo, to),
      assistant: drain(assistant, toldTo, to),
    }
    toldTo = to
    for (const listener of listeners) listener.block(block)
  }

  const watch = (): void => {
    timer = clock.after(BLOCK_MS, () => {
      tell(sinceStart() - BEHIND_MS)
      if (listeners.size > 0) watch()
    })
  }

  const rest = (): void => {
    timer?.stop()
    timer = undefined
    tap(undefined)
    caller = []
    assistant = []
    callerOrigin = undefined
  }

  return {
    listen(listener) {
      if (listeners.size === 0) {
        toldTo = callerEnd = assistantEnd = wholeFrames(Math.max(0, sinceStart()))
        beginRun(playout.run().startMs)
        tap(audio)
        watch()
      }
      listeners.add(listener)
      return () => {
        if (listeners.delete(listener) && listeners.size === 0) rest()
      }
    },
    dropped(heardMs) {
      if (listeners.size === 0) return
      placeRun()
      for (const chunk of assistant) {
        const keptMs = heardMs - chunk.positionMs
        if (chunk.at + chunk.length > toldTo)
          chunk.length = Math.max(0, Math.min(chunk.length, Math.round(keptMs * ULAW_BYTES_PER_MS)))
      }
      assistant = assistant.filter(({ length }) => length > 0)
      assistantEnd = assistant.reduce((end, { at, length }) => Math.max(end, at + length), toldTo)
      // The next generation counts from zero.
      beginRun(-1)
    },
    release() {
      if (listeners.size === 0) return
      tell(sinceStart())
      const told = [...listeners]
      listeners.clear()
      rest()
      for (const listener of told) listener.over()
    },
  }
}
