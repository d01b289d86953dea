import type { CallEffect } from '../events.ts'
import type { CallState, Step } from '../state.ts'

/** Starts the timer that waits for the callee to speak first. */
export const awaitCallee = ({ greeting, speaksAfterMs }: CallState): readonly CallEffect[] =>
  greeting === 'waiting' ? [{ type: 'timer.start', timer: 'opener', delayMs: speaksAfterMs }] : []

/** The callee has spoken first: the assistant's next reply is an answer, not the greeting. */
export const calleeSpeaks = (state: CallState): Step =>
  state.greeting === 'waiting'
    ? [{ ...state, greeting: 'none' }, [{ type: 'timer.stop', timer: 'opener' }]]
    : [state, []]
