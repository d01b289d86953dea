import type { CallParts } from './parts.ts'
import { speechStarted, speechStopped } from './caller-turns.ts'

/** As much voice as this is somebody who speaks. */
const BEGINS_MS = 200
/** Who is silent for this long has said what they wanted to say. */
const ENDS_MS = 700
/** Decoding every frame would cost more than relaying it. */
const SAMPLE_EVERY_MS = 100

/** Notices the caller's turns for a model that does not tell of them. */
export interface SpeechDetector {
  /** A frame of the caller's. */
  frame(payload: string): void
  /** The line sends nothing. */
  quiet(): void
}

/** Creates them; what the call takes for speech is in its state, and changes with each connection of the model's. */
export const createSpeechDetector = (parts: CallParts): SpeechDetector => {
  const { deps, meter, playout, state } = parts
  let isWeighing = false
  let voiceAt = 0
  let sampledAt = 0
  let ranDryAt: number | undefined

  /** How far the caller has heard us, and on into the silence behind: what echoes no more is forgotten. */
  const heardMs = (): number => {
    if (playout.leftMs() > 0) {
      ranDryAt = undefined
      return playout.heardMs()
    }
    ranDryAt ??= deps.clock.now()
    return playout.heardMs() + deps.clock.now() - ranDryAt
  }

  const began = (): void => {
    isWeighing = false
    voiceAt = deps.clock.now()
    speechStarted(parts)
  }

  const endIfSilent = (): void => {
    if (state().callerSpeaking && deps.clock.now() - voiceAt >= ENDS_MS) speechStopped(parts)
  }

  return {
    frame(payload) {
      meter.frame(payload, heardMs)
      const { callerSpeaking, model } = state()
      if (!callerSpeaking) {
        // Before the model is there a turn is not the call's yet.
        if (isWeighing || model !== 'configured') return
        isWeighing = true
        return meter.weigh(BEGINS_MS, began)
      }
      const now = deps.clock.now()
      if (now - sampledAt < SAMPLE_EVERY_MS) return
      sampledAt = now
      if (meter.isSpeech(payload, heardMs)) voiceAt = now
      else endIfSilent()
    },
    quiet: endIfSilent,
  }
}
