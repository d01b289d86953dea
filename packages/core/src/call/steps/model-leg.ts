import type { GatewayError } from '../../errors.ts'
import type { CallEffect, CallState, Step } from '../state.ts'
import { awaitCallee } from './callee-first.ts'
import { depart, fallBack } from './leaving.ts'

/** One connection and one more try: a third would come after the caller has given up. */
const MAX_MODEL_ATTEMPTS = 2

/** The model owes an answer: notice when none comes. */
export const awaitReply: CallEffect = { type: 'timer.start', timer: 'reply' }

/** Asks for a reply. */
export const askForReply: readonly CallEffect[] = [{ type: 'model.send', command: { type: 'reply' } }, awaitReply]

/** Tells the model something and has it speak about it; what cannot be told now waits until both legs are there. */
export const tell = (state: CallState, text: string): Step => {
  if (state.phase !== 'live' && state.phase !== 'leaving') return [{ ...state, notes: [...state.notes, text] }, []]
  if (state.model !== 'configured') return [{ ...state, notes: [...state.notes, text] }, []]
  // A caller who is speaking is about to be answered anyway.
  return [state, state.callerSpeaking ? [note(text)] : [note(text), ...askForReply]]
}

export const note = (text: string): CallEffect => ({
  type: 'model.send',
  command: { type: 'addMessage', role: 'system', text },
})

export const openModel = (state: CallState, effects: readonly CallEffect[] = []): Step => [
  { ...state, model: 'opening', modelAttempts: state.modelAttempts + 1 },
  [...effects, { type: 'model.open', resume: state.resuming }, { type: 'timer.start', timer: 'model' }],
]

export const onModelConfigured = (state: CallState): Step => {
  const configured: CallState = { ...state, model: 'configured', modelAttempts: 0 }
  const effects: CallEffect[] = [{ type: 'timer.stop', timer: 'model' }]
  const greets = state.greeting === 'due'
  if (greets) effects.push({ type: 'model.greet' }, awaitReply)
  const greeted: CallState = greets ? { ...configured, greeting: 'asked' } : configured
  if (state.phase === 'warming') return [{ ...greeted, phase: 'ready' }, effects]
  if (state.phase === 'joining') return goLive(greeted, effects)
  return [greeted, effects]
}

export const onModelLost = (state: CallState, error: GatewayError, retry: boolean): Step => {
  const lost: CallState = {
    ...state,
    model: 'closed',
    modelProblem: { error, retry },
    replyActive: false,
    turn: 'listening',
    callerSpeaking: false,
    greeting: state.greeting === 'asked' ? 'due' : state.greeting,
    resuming: state.resuming || state.phase === 'live' || (state.phase === 'away' && state.greeting !== 'asked'),
    // Their results reach the next connection as notes: it does not know these calls.
    toolsRunning: [],
  }
  const effects: CallEffect[] = [
    { type: 'model.close' },
    { type: 'timer.stop', timer: 'model' },
    { type: 'timer.stop', timer: 'reply' },
  ]
  if (state.phase === 'leaving') return state.goodbye === 'gone' ? [lost, effects] : depart(lost, effects)
  // Held audio belonged to a conversation that is gone.
  if (!state.mediaAttached) effects.push({ type: 'media.clear' })
  if (isWorthwhile(state, error, retry))
    return [
      { ...lost, phase: state.mediaAttached ? 'joining' : state.phase === 'away' ? 'away' : 'warming' },
      [...effects, { type: 'timer.start', timer: 'reopen' }],
    ]
  if (state.mediaAttached) return fallBack(lost, error, effects)
  if (state.phase === 'away') return [lost, effects]
  return [{ ...lost, phase: 'warming' }, effects]
}

/** Whether a new connection is opened now. When the time for warming is used up, it is when the caller comes. */
const isWorthwhile = ({ phase, modelAttempts }: CallState, { code }: GatewayError, retry: boolean): boolean =>
  retry &&
  modelAttempts < MAX_MODEL_ATTEMPTS &&
  !(code === 'model_timeout' && (phase === 'warming' || phase === 'ready'))

/**
 * How far the model of a call that is not on the line yet has come: configured; not in time, but it can connect when
 * the line is there; given up; or the call is over.
 */
export type Warmth = 'ready' | 'late' | 'refused' | 'ended'

/** `undefined` while it is being opened. */
export const warmthOf = (state: CallState): Warmth | undefined => {
  const { phase, model, modelProblem: problem } = state
  if (phase === 'ended') return 'ended'
  // The line was there first.
  if (phase === 'joining') return 'late'
  if (phase !== 'warming') return 'ready'
  if (model !== 'closed' || !problem || isWorthwhile(state, problem.error, problem.retry)) return undefined
  return problem.error.code === 'model_timeout' ? 'late' : 'refused'
}

/** Media without a model: open one, unless we know it is useless. */
export const join = (state: CallState, effects: readonly CallEffect[]): Step => {
  const joining: CallState = { ...state, phase: 'joining' }
  if (state.model === 'opening') return [joining, effects]
  if (state.modelProblem && !state.modelProblem.retry) return fallBack(joining, state.modelProblem.error, effects)
  return openModel(joining, [...effects, { type: 'timer.stop', timer: 'reopen' }])
}

/** Both legs are there. */
export const goLive = (state: CallState, effects: readonly CallEffect[]): Step => {
  const notes = state.resuming
    ? ['The connection was lost for a moment. Say briefly that you are back and go on.', ...state.notes]
    : state.notes
  const { awayKind: _, ...rest } = state
  const live: CallState = { ...rest, phase: 'live', resuming: false, notes: [] }
  const flushed: CallEffect[] = [...effects, { type: 'playout.flush' }, ...awaitCallee(state)]
  if (notes.length === 0) return [live, flushed]
  // A greeting that is being asked for is the reply.
  const asked = effects.some(({ type }) => type === 'model.greet')
  return [live, [...flushed, ...notes.map(note), ...(asked ? [] : askForReply)]]
}
