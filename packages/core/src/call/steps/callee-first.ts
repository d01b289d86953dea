import type { CallEffect } from '../events.ts'
import type { CallState, Step } from '../state.ts'

/** Somebody we called is on the line: they speak first. */
export const awaitCallee = ({ greeting, speaksAfterMs }: CallState): readonly CallEffect[] =>
  greeting === 'waiting' ? [{ type: 'timer.start', timer: 'opener', delayMs: speaksAfterMs }] : []

/** They have: what the assistant says now is an answer, not an opening. */
export const calleeSpeaks = (state: CallState): Step =>
  state.greeting === 'waiting'
    ? [{ ...state, greeting: 'none' }, [{ type: 'timer.stop', timer: 'opener' }]]
    : [state, []]
