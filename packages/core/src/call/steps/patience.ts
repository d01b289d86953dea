import type { CallEffect, CallState, Step } from '../state.ts'
import { leave, MAX_TAKEN_BACK } from './leaving.ts'
import { isCallersTurn, tell } from './model-leg.ts'
import { isScreened } from './screening.ts'

/** A warning any later leaves no time to finish a sentence. */
const LIMIT_WARNING_MS = 60_000

const asksForReply = (effect: CallEffect): boolean =>
  effect.type === 'model.greet' || (effect.type === 'model.send' && effect.command.type === 'reply')

/** Nobody is speaking, thinking or being rung: the line is quiet. */
const isQuiet = (state: CallState): boolean =>
  state.phase === 'live' &&
  state.model === 'configured' &&
  state.turn === 'listening' &&
  !isCallersTurn(state) &&
  !state.replyActive &&
  state.toolsRunning.length === 0 &&
  state.toolsLeft.length === 0 &&
  !state.consultation &&
  // Silence is what a person who is asked whether to come needs.
  !isScreened(state)

/** Runs the silence timer exactly while the line is quiet. */
export const watchSilence = (before: CallState, [after, effects]: Step): Step => {
  const heard = after.callerSpeaking && after.silences > 0
  const state = heard ? { ...after, silences: 0 } : after
  if (isQuiet(before) === isQuiet(state) || state.phase === 'ended') return [state, effects]
  const timer: CallEffect = isQuiet(state)
    ? { type: 'timer.start', timer: 'silence', delayMs: state.patience.silenceMs }
    : { type: 'timer.stop', timer: 'silence' }
  return [state, [...effects, timer]]
}

const sayGoodbye = (state: CallState, why: string): Step => {
  const [leaving, effects] = leave(state, { kind: 'hangUp' })
  const [told, more] = tell(leaving, `${why} Say goodbye in one short sentence.`)
  return [told, [...effects, ...more]]
}

export const onSilence = (state: CallState): Step => {
  if (!isQuiet(state)) return [state, []]
  if (state.silences >= state.patience.checkIns) return sayGoodbye(state, 'The caller does not answer.')
  return tell(
    { ...state, silences: state.silences + 1 },
    'Nobody has spoken for a while. Ask in one short sentence whether the caller is still there.',
  )
}

/** Somebody we called has not spoken: the assistant opens. */
export const onOpener = (state: CallState): Step =>
  state.greeting === 'waiting' && state.phase === 'live' && state.model === 'configured'
    ? [{ ...state, greeting: 'none', turn: 'thinking' }, [{ type: 'model.greet' }]]
    : [state, []]

/** The timers that bound a call, started when the caller comes. */
export const limitTimers = ({ patience: { maxDurationMs } }: CallState): readonly CallEffect[] => [
  { type: 'timer.start', timer: 'limitWarning', delayMs: Math.max(0, maxDurationMs - LIMIT_WARNING_MS) },
  { type: 'timer.start', timer: 'limit', delayMs: maxDurationMs },
]

export const onLimitWarning = (state: CallState): Step =>
  state.phase === 'leaving'
    ? [state, []]
    : tell(state, 'This call must end in a minute. Say so, and bring it to a close.')

/** Who is with a person or is leaving a message is no longer our guest; the limit waits for them to come back. */
export const onLimit = (state: CallState): Step => [{ ...state, overtime: true }, []]

/** Ends a call that has lasted too long in the first moment in which the caller is with the assistant. */
export const watchLimit = ([state, effects]: Step): Step => {
  if (!state.overtime || state.phase !== 'live') return [state, effects]
  const [ending, more] = sayGoodbye(
    { ...state, overtime: false, takenBack: MAX_TAKEN_BACK },
    'The time for this call is over.',
  )
  // The reply that was just asked for is the goodbye.
  const asked = effects.some(asksForReply)
  return [ending, [...effects, ...(asked ? more.filter((effect) => !asksForReply(effect)) : more)]]
}
