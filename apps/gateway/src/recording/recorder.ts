import { createWriteStream } from 'node:fs'
import type { Writable } from 'node:stream'
import {
  GatewayError,
  inTime,
  SILENCE_BYTE,
  systemClock,
  ULAW_BYTES_PER_MS,
  type CallSession,
  type TrackBlock,
} from '@llc-phone/core'
import type { Logger } from 'pino'
import { describeCause } from '../watching/describe-cause.ts'
import type { Recordings } from './recordings.ts'
import { interleaved, wavHeader } from './wav-file.ts'

/** How a recording ended. */
export type RecordingOutcome = 'kept' | 'failed'

/** Records calls whose mode says so. */
export interface Recorder {
  /** The caller is on the line. */
  begin(call: CallSession): void
  /** Waits until what is being written is complete. */
  stop(): Promise<void>
}

/** Written together: a second. */
const WRITE_BYTES = 16_000
/** A hundred seconds of sound that a stalled disk has not taken: the recording is given up. */
const BACKLOG_LIMIT_BYTES = 1_600_000
/** More than two hours; what comes after it is not recorded. */
const MAX_BYTES = 128 * 1_048_576
/** A disk that takes longer to make the folder, or to take the end of a recording, keeps nobody waiting. */
const DISK_WITHIN_MS = 5_000

/** A call that was answered later than this begins at once. */
const MOST_BEFORE_MS = 60_000

const silentUntil = (atMs: number): TrackBlock => {
  const silent = Buffer.alloc(Math.round(atMs) * ULAW_BYTES_PER_MS, SILENCE_BYTE)
  return { atMs: 0, caller: silent, assistant: silent }
}

const sizeOf = (blocks: readonly TrackBlock[]): number => blocks.reduce((sum, { caller }) => sum + caller.length * 2, 0)

const soundOf = (blocks: readonly TrackBlock[]): Buffer =>
  interleaved(
    Buffer.concat(blocks.map(({ caller }) => caller)),
    Buffer.concat(blocks.map(({ assistant }) => assistant)),
  )

const ended = (stream: Writable): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.end((error?: Error | null) => {
      if (error) reject(error)
      else resolve()
    })
  })

/** The same call of a process that died is there already: it is not written over. */
const newFile = (path: string): Writable =>
  createWriteStream(path, { flags: 'wx', mode: 0o600, highWaterMark: BACKLOG_LIMIT_BYTES })

/** Records: sound is collected for a second, and written by streams of their own. A disk that stalls costs the recording, never the call. */
export const createRecorder = (options: {
  readonly recordings: Recordings
  readonly log: Logger
  over(outcome: RecordingOutcome): void
  /** Opens the file of a recording; tests have disks that fail. */
  open?(path: string): Writable
  readonly diskWithinMs?: number
}): Recorder => {
  const { recordings, log, open = newFile, diskWithinMs = DISK_WITHIN_MS } = options
  const onDisk = <Result>(work: Promise<Result>): Promise<Result> =>
    inTime(systemClock, diskWithinMs, work, () => new Error('The disk does not answer.'))
  const running = new Map<string, Promise<void>>()

  const record = async (call: CallSession): Promise<void> => {
    const { callId } = call.facts
    let blocks: TrackBlock[] = []
    let written = 0
    let hasBegun = false
    let stream: Writable | undefined
    let failure: unknown
    const { promise: over, resolve: isOver } = Promise.withResolvers<void>()

    const fail = (cause: unknown): void => {
      failure ??= cause
      stop()
      isOver()
    }
    const flush = (): void => {
      if (!stream || blocks.length === 0) return
      const sound = soundOf(blocks)
      blocks = []
      written += sound.length
      stream.write(sound)
      if (stream.writableLength > BACKLOG_LIMIT_BYTES) fail(new Error('The disk takes too long.'))
    }
    const stop = call.listen({
      block(block) {
        if (failure !== undefined || written > MAX_BYTES) return
        // The sound keeps the time of the call: what was before the first block is silent.
        if (!hasBegun && block.atMs < MOST_BEFORE_MS) blocks.push(silentUntil(block.atMs))
        hasBegun = true
        blocks.push(block)
        const waiting = sizeOf(blocks)
        if (waiting >= WRITE_BYTES) flush()
        if (waiting > BACKLOG_LIMIT_BYTES) fail(new Error('The disk takes too long.'))
      },
      over: isOver,
    })
    try {
      const path = await onDisk(recordings.begin(callId))
      stream = open(path)
      stream.on('error', fail)
      stream.write(wavHeader(0))
      await over
      if (failure === undefined) {
        flush()
        await onDisk(ended(stream))
      }
      if (failure !== undefined) throw failure
      await onDisk(recordings.finish(callId))
      options.over('kept')
    } catch (cause) {
      stop()
      stream?.destroy()
      options.over('failed')
      const error = new GatewayError('recording_failed', 'The call is not recorded to its end.', { cause })
      log.warn({ callId, code: error.code, ...describeCause(cause) }, 'recording given up')
      call.report(error)
    }
  }

  return {
    begin(call) {
      const { callId } = call.facts
      if (!call.mode.recordsCalls || running.has(callId)) return
      running.set(
        callId,
        record(call).finally(() => running.delete(callId)),
      )
    },
    async stop() {
      await Promise.all(running.values())
    },
  }
}
