import type { CallParts } from './parts.ts'
import { answersByItself } from './steps/conversation.ts'

/** Reports that the caller begins to speak, noticed by the model or by our speech detector. */
export const speechStarted = ({ story, stopwatch, playout, dispatch }: CallParts): void => {
  story.times.callerBegan()
  stopwatch.speechStarted(() => dispatch({ type: 'speechStarted', heard: playout.unheard() }))
}

/** Reports that the caller has stopped speaking. */
export const speechStopped = ({ story, stopwatch, meter, state, dispatch }: CallParts): void => {
  story.times.callerStopped()
  // During a shielded greeting there is no reply whose delay could be measured.
  if (answersByItself(state())) stopwatch.speechStopped()
  meter.rest()
  dispatch({ type: 'speechStopped' })
}
