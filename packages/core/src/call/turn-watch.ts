import type { TurnDetection } from '../model.ts'
import { isVoice } from './speech-meter.ts'

/** How long each kind of turn detection waits for somebody who may go on (ms), as the common realtime servers document it. */
const SEMANTIC_WAIT_MS = { high: 2_000, medium: 4_000, auto: 4_000, low: 8_000 }
const SERVER_SILENCE_MS = 500
/** A server that is this much later has lost the end of the turn. */
const GRACE_MS = 1_000
/** Nobody speaks this long without a pause; a television in the room does. */
const LONGEST_TURN_MS = 90_000
/** Decoding every frame would cost more than relaying it. */
const SAMPLE_EVERY = 5
/** Samples of voice that a model notices within a moment: less is a cough, or a word it may still be listening to. */
const SPEECH_SAMPLES = 4
/** Samples of silence, a second of them, after which nobody can still be about to notice. */
const SILENCE_SAMPLES = 10

/** Listens for what the model should hear too: turns that it never ends, and turns that it has not noticed. */
export interface TurnWatch {
  /** The model hears the caller, or the caller hears us: what was counted before is no missed turn. */
  started(): void
  /** A frame of the caller's, while they are said to speak or the line is quiet. */
  frame(payload: string): void
  /** Whether the turn should have been over by now. */
  isOverdue(turns: TurnDetection): boolean
  /** Whether the caller has spoken and fallen silent, and nobody has noticed; said once for each time. */
  hasMissed(): boolean
}

/** Creates the watch; it costs nothing while nobody speaks. */
export const createTurnWatch = (now: () => number): TurnWatch => {
  let startedAt = 0
  let voiceAt = 0
  let frames = 0
  let voiced = 0
  let silent = 0

  return {
    started() {
      startedAt = voiceAt = now()
      voiced = silent = 0
    },
    frame(payload) {
      if (frames++ % SAMPLE_EVERY !== 0) return
      if (isVoice(payload)) {
        voiceAt = now()
        voiced++
        silent = 0
      } else if (++silent >= SILENCE_SAMPLES && voiced < SPEECH_SAMPLES) voiced = 0
    },
    hasMissed() {
      if (voiced < SPEECH_SAMPLES || silent < SILENCE_SAMPLES) return false
      voiced = 0
      return true
    },
    isOverdue: (turns) => now() - voiceAt > longestWaitMs(turns) + GRACE_MS || now() - startedAt > LONGEST_TURN_MS,
  }
}

const longestWaitMs = (turns: TurnDetection): number => {
  switch (turns.kind) {
    case 'semantic':
      return SEMANTIC_WAIT_MS[turns.eagerness]
    case 'server':
      // What is voice to us may be silence to the server, or the other way round: it gets a second more to decide.
      return (turns.silenceMs ?? SERVER_SILENCE_MS) + GRACE_MS
    case 'none':
      return LONGEST_TURN_MS
  }
}
