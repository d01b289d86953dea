import type { TurnDetection } from '../model.ts'
import { isVoice } from './speech-meter.ts'

/** How long each kind of turn detection waits for somebody who may go on (ms), as the common realtime servers document it. */
const SEMANTIC_WAIT_MS = { high: 2_000, medium: 4_000, auto: 4_000, low: 8_000 }
const SERVER_SILENCE_MS = 500
/** A server that is later than that by this much has missed the end of the turn. */
const GRACE_MS = 1_000
/** A turn longer than this is not speech but noise, such as a television. */
const LONGEST_TURN_MS = 90_000
/** Decoding every frame would cost more than relaying it: one in this many is weighed, which is ten a second. */
export const WEIGH_EVERY = 5
/** Samples of voice that a model should have noticed; less may be a cough, or the beginning of a word. */
const SPEECH_SAMPLES = 4
/** Samples of silence (one second) after which the model has missed the speech. */
const SILENCE_SAMPLES = 10

/** Finds turns that the model never ends, and turns that it has not noticed. */
export interface TurnWatch {
  /** Starts counting anew: a turn began or ended, or our audio is playing. */
  started(): void
  /** One frame of caller audio in {@link WEIGH_EVERY}, during a turn or while the line is quiet. */
  frame(payload: string): void
  /** Whether the model should have ended the turn by now. */
  isOverdue(turns: TurnDetection): boolean
  /** Whether the caller has spoken and fallen silent without the model noticing; `true` once for each time. */
  hasMissed(): boolean
}

/** Creates the watch; it costs nothing while nobody speaks. */
export const createTurnWatch = (now: () => number): TurnWatch => {
  let startedAt = 0
  let voiceAt = 0
  let voiced = 0
  let silent = 0

  return {
    started() {
      startedAt = voiceAt = now()
      voiced = silent = 0
    },
    frame(payload) {
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
      // The server may judge voice and silence differently: it gets a second more to decide.
      return (turns.silenceMs ?? SERVER_SILENCE_MS) + GRACE_MS
    case 'none':
      return LONGEST_TURN_MS
  }
}
