import type { CallEffect } from '../events.ts'
import type { CallState, Step } from '../state.ts'
import { leaveAfterLastWords, MAX_LEAVINGS_CANCELLED } from './leaving.ts'
import { isCallersTurn, tell } from './connecting.ts'
import { isScreened } from './screening.ts'

/** A warning any later leaves no time to finish a sentence. */
const LIMIT_WARNING_MS = 60_000

/** People who fetch a card or ask somebody else are back within this, or have forgotten the call. */
const HOLD_MS = 120_000

/** Who waits for a person to answer hears nothing else meanwhile: longer than this feels like having been forgotten. */
const PERSON_RUNG_MS = 12_000

const asksForReply = (effect: CallEffect): boolean =>
  effect.type === 'model.greet' || (effect.type === 'model.send' && effect.command.type === 'reply')

/** Nobody is speaking or thinking: the line is quiet. */
const isQuiet = (state: CallState): boolean =>
  state.phase === 'live' &&
  state.model === 'configured' &&
  state.turn === 'listening' &&
  !isCallersTurn(state) &&
  !state.replyActive &&
  state.toolsRunning.length === 0 &&
  state.toolsLeft.length === 0 &&
  // Silence is what a person who is asked whether to come needs.
  !isScreened(state)

/** Something is heard, and whether it is meant for us the model has not said yet: noise must not keep a call alive. */
const isJudging = (state: CallState): boolean =>
  state.phase === 'live' &&
  state.model === 'configured' &&
  !(state.replyActive && state.called === 'tools') &&
  state.digits === '' &&
  !(state.sounding && !state.bridging) &&
  state.toolsRunning.every(({ listens }) => listens) &&
  state.toolsLeft.length === 0 &&
  !state.consultation &&
  !isScreened(state)

/** Runs the silence timer while the line is quiet, and through noise. */
export const watchSilence = ([state, effects]: Step): Step => {
  if (state.phase === 'ended') return [state, effects]
  if (!isQuiet(state)) {
    if (state.silenceClock === 'stopped' || isJudging(state)) return [state, effects]
    return [{ ...state, silenceClock: 'stopped' }, [...effects, { type: 'timer.stop', timer: 'silence' }]]
  }
  if (state.silenceClock === 'running') return [state, effects]
  if (state.silenceClock === 'over') {
    const [asked, more] = breakSilence(state)
    return [asked, [...effects, ...more]]
  }
  const [started, more] = startClock(state)
  return [started, [...effects, ...more]]
}

const sayGoodbye = (state: CallState, why: string): Step => {
  const [leaving, effects] = leaveAfterLastWords(state, { kind: 'hangUp' })
  const [told, more] = tell(leaving, `${why} Say goodbye in one short sentence.`)
  return [told, [...effects, ...more]]
}

/** Only noise is heard, and it may never pause: the clock begins all the same, and is not waited for once it is over. */
export const keepSilenceClock = (state: CallState): Step => {
  if (state.silenceClock === 'over') return breakSilence(state)
  return state.silenceClock === 'running' || state.sounding || state.replyDue !== 'no' ? [state, []] : startClock(state)
}

const startClock = (state: CallState): Step => [
  { ...state, silenceClock: 'running' },
  [{ type: 'timer.start', timer: 'silence', delayMs: patienceOf(state) }],
]

const patienceOf = ({ consultation, patience, holding }: CallState): number => {
  if (consultation) return PERSON_RUNG_MS
  return Math.max(patience.silenceMs, holding ? HOLD_MS : 0)
}

export const onSilence = (state: CallState): Step => {
  if (state.silenceClock !== 'running') return [state, []]
  return isQuiet(state) ? breakSilence(state) : [{ ...state, silenceClock: 'over' }, []]
}

const breakSilence = (state: CallState): Step => {
  if (state.consultation)
    return [{ ...state, silenceClock: 'stopped', bridging: true }, [{ type: 'phrase.play', phrase: 'stillHere' }]]
  const known: CallState = { ...state, silenceClock: 'stopped', holding: false }
  if (state.silences >= state.patience.checkIns && !state.holding)
    return sayGoodbye(known, 'The caller does not answer.')
  const why = state.holding ? 'The caller asked you to wait a while ago.' : 'Nobody has spoken for a while.'
  return tell(
    { ...known, silences: state.silences + 1, nobodyThere: true },
    `${why} Ask in one short sentence whether they are still there.`,
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
    { ...state, overtime: false, takenBack: MAX_LEAVINGS_CANCELLED },
    'The time for this call is over.',
  )
  // The reply that was just asked for is the goodbye.
  const asked = effects.some(asksForReply)
  return [ending, [...effects, ...(asked ? more.filter((effect) => !asksForReply(effect)) : more)]]
}
