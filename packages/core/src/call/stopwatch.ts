import type { Clock } from '../clock.ts'
import type { Story } from './story.ts'

/** Measuring every frame would cost more than relaying it: one in this many is measured. */
export const MEASURE_EVERY = 64

/** Measures the delays a caller notices. */
export interface Stopwatch {
  /** The media stream has started and the caller waits for the greeting. */
  awaitGreeting(): void
  /** The greeting was played from a recording: the model's first delta will not be the greeting. */
  greetingPlayed(framesOut: number): void
  /** Audio may have been sent to the caller; `framesOut` counts all frames sent so far. */
  sent(framesOut: number): void
  /** A delta of the model was received at `receivedAt` and passed on. */
  delta(receivedAt: number, framesOut: number): void
  /** One frame of the caller in {@link MEASURE_EVERY} was received at `receivedAt` and passed on. */
  frame(receivedAt: number): void
  /** Runs the reaction to the caller's speech, and measures until audio is cleared. */
  speechStarted(react: () => void): void
  cleared(): void
  speechStopped(): void
}

/** Creates a stopwatch whose results go to the story. `greets`: the first audio is a greeting. */
export const createStopwatch = (clock: Clock, story: Story, greets: boolean): Stopwatch => {
  let isGreeting = greets
  let mediaStartedAt: number | undefined
  let speechStartedAt: number | undefined
  let speechStoppedAt: number | undefined
  let answerDueSince: number | undefined
  let seen = 0
  let deltas = 0

  /** A delta may be held back: only audio that has gone out counts as sent. */
  const sent = (framesOut: number): void => {
    if (framesOut === seen) return
    seen = framesOut
    if (mediaStartedAt !== undefined) story.measured('media_to_greeting_frame', clock.now() - mediaStartedAt)
    if (answerDueSince !== undefined) story.measured('speech_end_to_frame', clock.now() - answerDueSince)
    mediaStartedAt = answerDueSince = undefined
  }

  return {
    awaitGreeting() {
      mediaStartedAt = clock.now()
    },
    greetingPlayed(framesOut) {
      isGreeting = false
      sent(framesOut)
    },
    sent,
    delta(receivedAt, framesOut) {
      if (deltas === 0 && isGreeting) story.measured('webhook_to_greeting_delta', story.sinceOpened())
      if (speechStoppedAt !== undefined) {
        story.measured('speech_end_to_delta', receivedAt - speechStoppedAt)
        answerDueSince = speechStoppedAt
        speechStoppedAt = undefined
      }
      sent(framesOut)
      if (deltas++ % MEASURE_EVERY === 0) story.measured('relay_out', clock.now() - receivedAt)
    },
    frame(receivedAt) {
      story.measured('relay_in', clock.now() - receivedAt)
    },
    speechStarted(react) {
      speechStoppedAt = answerDueSince = undefined
      speechStartedAt = clock.now()
      react()
      speechStartedAt = undefined
    },
    cleared() {
      if (speechStartedAt !== undefined) story.measured('speech_start_to_clear', clock.now() - speechStartedAt)
    },
    speechStopped() {
      speechStoppedAt = clock.now()
    },
  }
}
