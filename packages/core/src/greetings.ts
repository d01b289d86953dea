import type { Phrase } from './phrases.ts'
import type { ModelTuning } from './tuning.ts'

/** The greeting of a call: its words, and everything on our side that makes them sound as they do. */
export interface WantedGreeting {
  /** The name of the mode and the version of its prompt, which together stand for the mode instance. */
  readonly mode: string
  readonly promptVersion: string
  readonly tuning: ModelTuning
  readonly voice: string
  /** The words the model is asked to say. */
  readonly text: string
}

/** A greeting that a model spoke in a call, complete and heard by the caller to its end. */
export interface SpokenGreeting extends WantedGreeting {
  /** What the model says it has said. */
  readonly transcript: string
  /** μ-law 8 kHz, as it came. */
  readonly audio: Buffer
}

/** A greeting that was recorded in a call, ready to be played. */
export interface RecordedGreeting extends Phrase {
  /** Sixteen hex digits, made from everything that the sound depends on. */
  readonly id: string
  readonly mode: string
  readonly promptVersion: string
  readonly voice: string
  /** The model that spoke. */
  readonly model: string
  readonly recordedAt: Date
}

/** The recorded greetings. Both functions answer at once and never fail. */
export interface GreetingBook {
  /** The recording of exactly this greeting. */
  find(wanted: WantedGreeting): Phrase | undefined
  /** Hands over a greeting that may be recorded; only greetings that any caller would hear. */
  offer(spoken: SpokenGreeting): void
}
