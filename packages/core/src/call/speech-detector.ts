import type { CallParts } from './parts.ts'
import { speechStarted, speechStopped } from './caller-turns.ts'

/** This much voice begins a turn. */
const BEGINS_MS = 200
/** This much silence ends it. */
const ENDS_MS = 700
/** Decoding every frame would cost more than relaying it. */
const SAMPLE_EVERY_MS = 100

/** Detects the caller's turns for a model that does not report them. */
export interface SpeechDetector {
  /** A frame of caller audio. */
  frame(payload: string): void
  /** The line sends no audio at present. */
  quiet(): void
}

/** Creates the detector. Whether the caller is speaking is read from the call's state, which a lost model resets. */
export const createSpeechDetector = (parts: CallParts): SpeechDetector => {
  const { deps, meter, playout, state } = parts
  let isWeighing = false
  /** The caller has spoken before the model was configured; that is reported as soon as it is. */
  let spokeEarly = false
  let voiceAt = 0
  let sampledAt = 0
  let ranDryAt: number | undefined

  /** The playout position, running on after the last audio so that old echo is forgotten. */
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
    if (state().model === 'configured') speechStarted(parts)
    else spokeEarly = true
  }

  const endIfSilent = (): void => {
    if (state().callerSpeaking && deps.clock.now() - voiceAt >= ENDS_MS) speechStopped(parts)
  }

  return {
    frame(payload) {
      meter.frame(payload, heardMs)
      const { callerSpeaking, model } = state()
      if (!callerSpeaking) {
        if (spokeEarly && model === 'configured') {
          spokeEarly = false
          return speechStarted(parts)
        }
        if (isWeighing || spokeEarly) return
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
