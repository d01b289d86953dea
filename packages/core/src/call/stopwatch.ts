import type { Clock } from '../clock.ts'
import type { Ledger } from './ledger.ts'

/** Measuring every frame would cost more than relaying it. */
const SAMPLE_EVERY = 64

/** Times the stages a caller can feel. */
export interface Stopwatch {
  /** A media socket came while a greeting was still to be heard. */
  awaitGreeting(): void
  /** Audio may have been sent to the caller: `framesOut` is how often in all. */
  sent(framesOut: number): void
  /** A delta came at `receivedAt` and was passed on. */
  delta(receivedAt: number, framesOut: number): void
  /** A frame of the caller's came at `receivedAt` and was passed on. */
  frame(receivedAt: number): void
  /** Runs what the caller's speech gives rise to. */
  speechStarted(react: () => void): void
  cleared(): void
  speechStopped(): void
}

/** Keeps the marks between two events; the ledger keeps the results. `greets`: the first audio is a greeting. */
export const createStopwatch = (clock: Clock, ledger: Ledger, greets: boolean): Stopwatch => {
  let mediaStartedAt: number | undefined
  let speechStartedAt: number | undefined
  let speechStoppedAt: number | undefined
  let deltas = 0
  let frames = 0

  const sent = (framesOut: number): void => {
    if (mediaStartedAt === undefined || framesOut === 0) return
    ledger.measured('media_to_greeting_frame', clock.now() - mediaStartedAt)
    mediaStartedAt = undefined
  }

  return {
    awaitGreeting() {
      mediaStartedAt = clock.now()
    },
    sent,
    delta(receivedAt, framesOut) {
      if (deltas === 0 && greets) ledger.measured('webhook_to_greeting_delta', ledger.sinceStart())
      sent(framesOut)
      if (speechStoppedAt !== undefined) {
        ledger.measured('speech_end_to_delta', receivedAt - speechStoppedAt)
        ledger.measured('speech_end_to_frame', clock.now() - speechStoppedAt)
        speechStoppedAt = undefined
      }
      if (deltas++ % SAMPLE_EVERY === 0) ledger.measured('relay_out', clock.now() - receivedAt)
    },
    frame(receivedAt) {
      if (frames++ % SAMPLE_EVERY === 0) ledger.measured('relay_in', clock.now() - receivedAt)
    },
    speechStarted(react) {
      speechStoppedAt = undefined
      speechStartedAt = clock.now()
      react()
      speechStartedAt = undefined
    },
    cleared() {
      if (speechStartedAt !== undefined) ledger.measured('speech_start_to_clear', clock.now() - speechStartedAt)
    },
    speechStopped() {
      speechStoppedAt = clock.now()
    },
  }
}
