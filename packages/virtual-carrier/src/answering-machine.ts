/** An answering machine at the far end, and what it has on its tape afterwards. */
import { encodeUlaw } from './ulaw.ts'
import { FRAME_BYTES, FRAME_MS } from './frame-clock.ts'
import type { CallResult, FarEnd } from './types.ts'

/** What a machine is like; every part has a default. */
export interface AnsweringMachineOptions {
  greeting?: string
  /** The name of one of the voices; the greeting's is the default of whoever has voices. */
  voice?: string
  /** How long it rings, in ms (default 100). */
  afterMs?: number
  /** Default true. */
  beeps?: boolean
  /** Between greeting and tone, in ms (default 600). */
  pauseMs?: number
  /** How long it records in silence before it hangs up, in ms (default 30,000). */
  recordsMs?: number
}

const TONE = '(beep)'

/** A machine that answers, speaks its greeting, plays a tone, records, and hangs up. */
export function answeringMachine({
  greeting = 'Hello, you have reached our answering machine. We cannot come to the phone right now. Please leave a message after the tone.',
  voice,
  afterMs = 100,
  beeps = true,
  pauseMs = 600,
  recordsMs = 30_000,
}: AnsweringMachineOptions = {}): FarEnd {
  return {
    outcome: 'answers',
    afterMs,
    script: [
      { wait: 300 },
      { say: greeting, ...(voice === undefined ? {} : { voice }) },
      { wait: pauseMs },
      ...(beeps ? [{ audio: beep(), label: TONE }] : []),
      { wait: recordsMs },
      { hangup: true },
    ],
  }
}

/** What a machine recorded after its tone, as μ-law; undefined when it never came to the tone. */
export function recordedAfterBeep({ timeline, tracks }: Pick<CallResult, 'timeline' | 'tracks'>): Buffer | undefined {
  const tone = timeline.find(({ type, text }) => type === 'caller-stop' && text === TONE)
  return tone && tracks.heard.subarray(Math.round(tone.atMs / FRAME_MS) * FRAME_BYTES)
}

/** A short tone of 1 kHz, as before a voicemail. */
export const beep = (ms = 500): Buffer =>
  encodeUlaw(Int16Array.from({ length: ms * 8 }, (_, i) => 6000 * Math.sin((2 * Math.PI * 1000 * i) / 8000)))
