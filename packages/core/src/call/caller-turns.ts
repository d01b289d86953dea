import type { CallParts } from './parts.ts'
import { answersByItself } from './steps/conversation.ts'

/** The caller begins to speak, whoever has noticed it. */
export const speechStarted = ({ stopwatch, playout, dispatch }: CallParts): void =>
  stopwatch.speechStarted(() => dispatch({ type: 'speechStarted', heard: playout.unheard() }))

/** The caller has stopped, whoever has noticed it. */
export const speechStopped = ({ stopwatch, meter, state, dispatch }: CallParts): void => {
  // Behind the shield nobody answers yet: there is no answer to time.
  if (answersByItself(state())) stopwatch.speechStopped()
  meter.rest()
  dispatch({ type: 'speechStopped' })
}
