import type { CallEffect } from '../events.ts'
import type { CallState, Step } from '../state.ts'
import { leaveAfterLastWords, MAX_LEAVINGS_CANCELLED } from './leaving.ts'
import { isCallersTurn, tell } from './connecting.ts'
import { isScreened } from './screening.ts'

/** How long before the limit the assistant is warned: a later warning leaves no time to finish. */
const LIMIT_WARNING_MS = 60_000

/** How long a caller who asked us to wait is waited for: to fetch a card, or to ask somebody. */
const HOLD_MS = 120_000

/** Silence after which a caller who waits for a person to be reached hears a phrase. */
const PERSON_RUNG_MS = 12_000

const asksForReply = (effect: CallEffect): boolean =>
  effect.type === 'model.greet' || (effect.type === 'model.send' && effect.command.type === 'reply')

/** Nobody is speaking, and the model is not working on anything. */
const isQuiet = (state: CallState): boolean =>
  state.phase === 'live' &&
  state.model === 'configured' &&
  state.turn === 'listening' &&
  !isCallersTurn(state) &&
  !state.replyActive &&
  state.toolsRunning.length === 0 &&
  state.toolsLeft.length === 0 &&
  // During call screening silence is expected.
  !isScreened(state)

/** Sound was heard and the model has not said yet whether it was speech to us. The silence timer goes on: noise must not keep a call alive. */
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

/** Runs the silence timer while the line is quiet, and while noise is heard. */
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

/** Only noise is heard: starts the silence timer although the line is not quiet, or acts on it if it has run out. */
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

/** The callee has not spoken: the assistant says its greeting. */
export const onOpener = (state: CallState): Step =>
  state.greeting === 'waiting' && state.phase === 'live' && state.model === 'configured'
    ? [{ ...state, greeting: 'none', turn: 'thinking' }, [{ type: 'model.greet' }]]
    : [state, []]

/** The timers that limit the length of a call, started when its audio is first connected; it has lasted `elapsedMs` already. */
export const limitTimers = ({ patience: { maxDurationMs } }: CallState, elapsedMs = 0): readonly CallEffect[] => {
  const leftMs = Math.max(0, maxDurationMs - elapsedMs)
  return [
    { type: 'timer.start', timer: 'limitWarning', delayMs: Math.max(0, leftMs - LIMIT_WARNING_MS) },
    { type: 'timer.start', timer: 'limit', delayMs: leftMs },
  ]
}

export const onLimitWarning = (state: CallState): Step =>
  state.phase === 'leaving'
    ? [state, []]
    : tell(state, 'This call must end in a minute. Say so, and bring it to a close.')

/** The call has reached its limit. While the caller talks with a person or leaves a message, it waits for them to come back. */
export const onLimit = (state: CallState): Step => [{ ...state, overtime: true }, []]

/** Ends a call past its limit as soon as the caller is with the assistant. */
export const watchLimit = ([state, effects]: Step): Step => {
  if (!state.overtime || state.phase !== 'live') return [state, effects]
  const [ending, more] = sayGoodbye(
    { ...state, overtime: false, takenBack: MAX_LEAVINGS_CANCELLED },
    'The time for this call is over.',
  )
  // A reply was just requested: it becomes the goodbye, so no second one is asked for.
  const asked = effects.some(asksForReply)
  return [ending, [...effects, ...(asked ? more.filter((effect) => !asksForReply(effect)) : more)]]
}
