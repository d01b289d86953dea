import type { Fault } from '../../errors.ts'
import type { CallEffect } from '../events.ts'
import { commonFields, type CallState, type Step } from '../state.ts'
import { awaitCallee } from './callee-first.ts'
import { handOver, fallBack } from './leaving.ts'

/** Tries from which the caller has heard nothing: a fourth would come after they have given up. */
const MAX_MODEL_ATTEMPTS = 3
/** A server that takes us and drops us again and again is not used for ever, even if a word is heard now and then. */
const MAX_CONNECTIONS = 12
/** A server that has just dropped us needs a moment, and a longer one the next time. */
const REOPEN_MS = 250
const REOPEN_FACTOR = 4

/** Asks for a reply. */
export const askForReply: readonly CallEffect[] = [{ type: 'model.send', command: { type: 'reply' } }]

/** Asks for the reply that should have come: it may only be late, and is not to be said twice. */
export const askForReplyAgain: readonly CallEffect[] = [{ type: 'model.send', command: { type: 'reply', again: true } }]

/** They speak, or are in the middle of pressing keys. */
export const isCallersTurn = ({ callerSpeaking, digits }: CallState): boolean => callerSpeaking || digits !== ''

/** Tells the model something and has it speak about it; what cannot be told now waits until both legs are there. */
export const tell = (state: CallState, text: string): Step => {
  if (state.phase !== 'live' && state.phase !== 'leaving') return [{ ...state, notes: [...state.notes, text] }, []]
  if (state.model !== 'configured') return [{ ...state, notes: [...state.notes, text] }, []]
  // A reply is not asked for beside another one, and not while the caller speaks: they are about to be answered anyway.
  const isFree = !isCallersTurn(state) && (!state.replyActive || state.cut)
  return isFree
    ? [{ ...state, turn: 'thinking' }, [note(text), ...askForReply]]
    : [{ ...state, replyDue: 'now' }, [note(text)]]
}

export const note = (text: string): CallEffect => ({
  type: 'model.send',
  command: { type: 'addMessage', role: 'system', text },
})

export const openModel = (state: CallState, effects: readonly CallEffect[] = []): Step => [
  {
    ...state,
    model: 'opening',
    modelAttempts: state.modelAttempts + 1,
    connections: state.connections + 1,
  },
  [...effects, { type: 'model.open', resume: state.resuming }, { type: 'timer.start', timer: 'model' }],
]

/** An idle connection is paid for: the first one is not opened before somebody may be on the line. */
export const isModelDeferred = ({ modelCan, connections }: CallState): boolean =>
  modelCan.idle === 'billed' && connections === 0

/** The call exists. */
export const onOpened = (state: CallState): Step => {
  const effects: CallEffect[] = [{ type: 'timer.start', timer: 'unclaimed' }]
  return isModelDeferred(state) ? [state, effects] : openModel(state, effects)
}

/** Whether this call may have one more connection. */
export const mayOpen = ({ connections }: CallState): boolean => connections < MAX_CONNECTIONS

export const onModelConfigured = (state: CallState): Step => {
  const configured: CallState = { ...state, model: 'configured' }
  const effects: CallEffect[] = [{ type: 'timer.stop', timer: 'model' }]
  const greets = state.greeting === 'due' && state.phase !== 'leaving'
  if (greets) effects.push({ type: 'model.greet' })
  const greeted: CallState = greets ? { ...configured, greeting: 'asked', turn: 'thinking' } : configured
  if (state.phase === 'warming') return [{ ...commonFields(greeted), phase: 'ready' }, effects]
  if (state.phase === 'joining') return goLive(greeted, effects)
  // A tool has asked to leave meanwhile: what the last connection was not asked for this one is.
  if (state.phase === 'leaving' && state.goodbye === 'due' && !isCallersTurn(state))
    return [
      { ...greeted, turn: 'thinking', replyDue: 'no', notes: [] },
      [...effects, ...state.notes.map(note), ...askForReply],
    ]
  return [greeted, effects]
}

export const onModelLost = (state: CallState, error: Fault, retry: boolean): Step => {
  // A word is no answer: whoever takes us for a word and drops us again gets no further than one who never speaks.
  const broke = state.mediaAttached && state.replyActive && !state.cut && !state.delivered
  const failedReplies = state.failedReplies + (broke ? 1 : 0)
  // Their words went to a model that was gone already: only they know them.
  const asksThem = state.unheardTurn && state.phase === 'live' && !state.sounding
  const lost: CallState = {
    ...forgetModel(state),
    failedReplies,
    model: 'closed',
    modelProblem: { error, retry },
    bridging: state.bridging || asksThem,
  }
  const effects: CallEffect[] = [
    { type: 'model.close' },
    { type: 'timer.stop', timer: 'model' },
    { type: 'timer.stop', timer: 'retryReply' },
  ]
  // What it has said to the end is with us, and is heard out.
  const isOver = state.goodbye === 'gone' || (state.goodbye === 'playing' && state.mediaAttached)
  if (lost.phase === 'leaving') return isOver ? [lost, effects] : handOver(lost, effects)
  if (asksThem) effects.push({ type: 'phrase.play', phrase: 'sayAgain' })
  // Held audio belonged to a conversation that is gone.
  if (!state.mediaAttached) effects.push({ type: 'media.clear' })
  const placed: CallState =
    lost.phase === 'away' ? lost : { ...commonFields(lost), phase: state.mediaAttached ? 'joining' : 'warming' }
  // The second connection is the next try, and is under way already.
  if (state.spare) return [placed, effects]
  if (mayRetryModel(state, error, retry && !(broke && failedReplies >= MAX_MODEL_ATTEMPTS)))
    return [
      placed,
      [
        ...effects,
        {
          type: 'timer.start',
          timer: 'reopen',
          delayMs: REOPEN_MS * REOPEN_FACTOR ** Math.max(0, state.modelAttempts - 1, failedReplies - 1),
        },
      ],
    ]
  return placed.phase === 'joining' ? fallBack(placed, error, effects) : [placed, effects]
}

/** What was only true of the connection that is gone. */
const forgetModel = (state: CallState): CallState => {
  // A greeting that has begun to be heard is not begun again; one of which nobody has heard anything is still due.
  const isWhole = state.greetingBegun && state.sounding && !state.bridging && !state.replyActive
  const greeting = state.greeting !== 'asked' || isWhole ? state.greeting : state.greetingBegun ? 'heard' : 'due'
  return {
    ...state,
    replyActive: false,
    cut: false,
    called: 'nothing',
    saidWithCallMs: 0,
    announcing: false,
    delivered: false,
    turn: 'listening',
    callerSpeaking: false,
    bargeInPending: false,
    pausing: false,
    continuing: false,
    asksEachTurn: false,
    unheardTurn: false,
    greeting,
    resuming: greeting !== 'due' && (state.resuming || state.phase === 'live' || state.phase === 'away'),
    // Their results reach the next connection as notes: it does not know these calls.
    toolsRunning: [],
    toolsLeft: [...state.toolsLeft, ...state.toolsRunning.map(({ toolCallId }) => toolCallId)],
  }
}

/** The second connection is not needed any more. */
export const closeSpare = (state: CallState): Step =>
  state.spare ? [{ ...state, spare: false }, [{ type: 'model.closeSpare' }]] : [state, []]

/** The second connection is there: the first to speak is heard. */
export const onSpareReady = (state: CallState, asked: boolean, isOwed: boolean): Step => {
  if (!state.spare || !isOwed) return [{ ...state, spare: false }, [{ type: 'model.closeSpare' }]]
  const adopted: CallState = { ...forgetModel(state), spare: false, model: 'configured' }
  const adopts: CallEffect[] = [
    { type: 'model.adoptSpare' },
    { type: 'timer.stop', timer: 'model' },
    { type: 'timer.stop', timer: 'reopen' },
    { type: 'timer.stop', timer: 'retryReply' },
  ]
  if (!asked) {
    const [configured, effects] = onModelConfigured(adopted)
    return [configured, [...adopts, ...effects]]
  }
  // It was told what was said, and asked, before it was known which connection would be the first.
  const greeting = adopted.greeting === 'due' ? 'asked' : adopted.greeting
  return [
    { ...commonFields(adopted), phase: 'live', greeting, resuming: false, turn: 'thinking', notes: [] },
    [...adopts, { type: 'playout.flush' }, ...state.notes.map(note)],
  ]
}

export const onSpareLost = (state: CallState): Step => {
  if (!state.spare) return [state, []]
  const alone: CallState = { ...state, spare: false }
  if (state.model !== 'closed') return [alone, []]
  // It was to replace one that is lost.
  const { error, retry } = state.modelProblem!
  return onModelLost(alone, error, retry)
}

/** Whether a new connection is opened now. When the time for warming is used up, it is when the caller comes. */
const mayRetryModel = (state: CallState, { code }: Fault, retry: boolean): boolean =>
  retry &&
  state.modelAttempts < MAX_MODEL_ATTEMPTS &&
  mayOpen(state) &&
  !(code === 'model_timeout' && (state.phase === 'warming' || state.phase === 'ready'))

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
  if (isModelDeferred(state)) return 'late'
  if (model !== 'closed' || !problem || mayRetryModel(state, problem.error, problem.retry)) return undefined
  return problem.error.code === 'model_timeout' ? 'late' : 'refused'
}

/** Media without a model: open one, unless we know it is useless. */
export const join = (state: CallState, effects: readonly CallEffect[]): Step => {
  const joining: CallState = { ...commonFields(state), phase: 'joining' }
  if (state.model === 'opening') return [joining, effects]
  if (state.modelProblem && (!state.modelProblem.retry || !mayOpen(state)))
    return fallBack(joining, state.modelProblem.error, effects)
  return openModel(joining, [...effects, { type: 'timer.stop', timer: 'reopen' }])
}

/** Both legs are there. */
export const goLive = (state: CallState, effects: readonly CallEffect[]): Step => {
  const notes = state.resuming
    ? ['The connection was lost for a moment. Say briefly that you are back and go on.', ...state.notes]
    : state.notes
  const live: CallState = { ...commonFields(state), phase: 'live', resuming: false, notes: [] }
  const flushed: CallEffect[] = [...effects, { type: 'playout.flush' }, ...awaitCallee(state)]
  if (notes.length === 0) return [live, flushed]
  // A greeting that is being asked for is the reply.
  if (effects.some(({ type }) => type === 'model.greet')) return [live, [...flushed, ...notes.map(note)]]
  // What was said just before the line broke may still be heard.
  if (isCallersTurn(live)) return [{ ...live, replyDue: 'now' }, [...flushed, ...notes.map(note)]]
  return [{ ...live, turn: 'thinking', replyDue: 'no' }, [...flushed, ...notes.map(note), ...askForReply]]
}
