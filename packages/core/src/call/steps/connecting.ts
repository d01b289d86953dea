import type { Fault } from '../../errors.ts'
import type { CallEffect } from '../events.ts'
import { commonFields, type CallState, type Step } from '../state.ts'
import { awaitCallee } from './callee-first.ts'
import { isOnlyGreeted } from './greeting.ts'
import { handOver, fallBack } from './leaving.ts'
import { beginSession, hasFresh, NOT_DUE, onFreshLost, onFreshReady } from './refresh.ts'

/** Model connections tried in a row without the caller hearing anything; a fourth would come after they have hung up. */
const MAX_MODEL_ATTEMPTS = 3
/** Model connections of one call. Limits a server that accepts and drops us repeatedly, even if it sometimes speaks. */
const MAX_CONNECTIONS = 12
/** Delay before the model is connected again, multiplied by the factor each time (250 ms, 1 s, 4 s). */
const REOPEN_MS = 250
const REOPEN_FACTOR = 4

/** What the model is told when the process of its call has died. */
const RESTARTED =
  'The line dropped for a moment and the caller is back. Apologise in a few words, name what you were talking about, and go on where it stood. Do not greet again, and do not repeat anything you have already done.'

/** Asks the model for a reply. */
export const askForReply: readonly CallEffect[] = [{ type: 'model.send', command: { type: 'reply' } }]

/** Asks again for a reply that is overdue. It may only be late, so the connection makes sure that it is not said twice. */
export const askForReplyAgain: readonly CallEffect[] = [{ type: 'model.send', command: { type: 'reply', again: true } }]

/** The other party is speaking, or in the middle of pressing keys. */
export const isCallersTurn = ({ callerSpeaking, digits }: CallState): boolean => callerSpeaking || digits !== ''

/** Tells the model something and asks for a reply about it. Without both legs the text waits in `notes`. */
export const tell = (state: CallState, text: string): Step => {
  if (state.phase !== 'live' && state.phase !== 'leaving') return [{ ...state, notes: [...state.notes, text] }, []]
  if (state.model !== 'configured') return [{ ...state, notes: [...state.notes, text] }, []]
  // No second reply beside the active one, and none while the caller speaks: the end of their turn brings one.
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

/** Where idle connections are billed, the first one is not opened before the audio is about to be connected. */
export const isModelDeferred = ({ modelCan, connections }: CallState): boolean =>
  modelCan.idle === 'billed' && connections === 0

/** The call was created. */
export const onOpened = (state: CallState): Step => {
  const effects: CallEffect[] = [{ type: 'timer.start', timer: 'unclaimed' }]
  return isModelDeferred(state) ? [state, effects] : openModel(state, effects)
}

/** Whether this call may have one more connection. */
export const mayOpen = ({ connections }: CallState): boolean => connections < MAX_CONNECTIONS

export const onModelConfigured = (state: CallState, expiresInMs?: number): Step => {
  const [begun, timers] = beginSession(state, expiresInMs)
  const configured: CallState = { ...begun, model: 'configured' }
  const effects: CallEffect[] = [{ type: 'timer.stop', timer: 'model' }, ...timers]
  const greets = state.greeting === 'due' && state.phase !== 'leaving'
  if (greets) effects.push({ type: 'model.greet' })
  const greeted: CallState = greets ? { ...configured, greeting: 'asked', turn: 'thinking' } : configured
  if (state.phase === 'warming') return [{ ...commonFields(greeted), phase: 'ready' }, effects]
  if (state.phase === 'joining') return goLive(greeted, effects)
  // A tool has begun to leave the call meanwhile: ask this connection for the goodbye.
  if (state.phase === 'leaving' && state.goodbye === 'due' && !isCallersTurn(state))
    return [
      { ...greeted, turn: 'thinking', replyDue: 'no', notes: [] },
      [...effects, ...state.notes.map(note), ...askForReply],
    ]
  return [greeted, effects]
}

export const onModelLost = (state: CallState, error: Fault, retry: boolean): Step => {
  // A connection lost in the middle of a reply counts as a failed reply, or a server that always breaks off would be retried forever.
  const broke = state.mediaAttached && state.replyActive && !state.cut && !state.delivered
  const failedReplies = state.failedReplies + (broke ? 1 : 0)
  // The caller spoke to a connection that was dead already: they have to repeat it.
  const asksThem = state.unheardTurn && state.phase === 'live' && !state.sounding
  const lost: CallState = {
    ...resetModelState(state),
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
  // The goodbye was received completely: let it play to its end.
  const isOver = state.goodbye === 'gone' || (state.goodbye === 'playing' && state.mediaAttached)
  if (lost.phase === 'leaving') return isOver ? [lost, effects] : handOver(lost, effects)
  if (asksThem) effects.push({ type: 'phrase.play', phrase: 'sayAgain' })
  // Drop audio that was generated before the connection was lost.
  if (!state.mediaAttached) effects.push({ type: 'media.clear' })
  const placed: CallState =
    lost.phase === 'away' ? lost : { ...commonFields(lost), phase: state.mediaAttached ? 'joining' : 'warming' }
  // The spare connection is the next attempt, and is being opened already; or a fresh session is there, or will be.
  if (state.spare) return [placed, effects]
  if (hasFresh(state) && placed.phase === 'joining') {
    const next: CallState = { ...placed, spare: true, refresh: NOT_DUE }
    if (state.refresh.stage === 'opening') return [next, [...effects, { type: 'timer.stop', timer: 'refresh' }]]
    const [adopted, more] = onSpareReady(next, false, true)
    return [adopted, [...effects, ...more]]
  }
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
  if (placed.phase !== 'joining') return [placed, effects]
  // The caller hears the recorded greeting to its end first.
  if (placed.greeting === 'playing') return [{ ...placed, modelProblem: { error, retry: false } }, effects]
  return fallBack(placed, error, effects)
}

/** Resets what was only true of the lost connection. */
const resetModelState = (state: CallState): CallState => {
  // A greeting the caller has heard some of is not repeated; one of which they have heard nothing is still due.
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
    resuming:
      greeting !== 'due' &&
      !isOnlyGreeted(state) &&
      (state.resuming || state.phase === 'live' || state.phase === 'away'),
    // The next connection does not know these tool calls: their results reach it as notes.
    toolsRunning: [],
    toolsLeft: [...state.toolsLeft, ...state.toolsRunning.map(({ toolCallId }) => toolCallId)],
  }
}

/** Closes the spare connection. */
export const closeSpare = (state: CallState): Step =>
  state.spare ? [{ ...state, spare: false }, [{ type: 'model.closeSpare' }]] : [state, []]

/** The spare connection is ready. It replaces the first one if a reply is still owed. */
export const onSpareReady = (state: CallState, asked: boolean, isOwed: boolean): Step => {
  if (hasFresh(state)) return onFreshReady(state)
  if (!state.spare || !isOwed) return [{ ...state, spare: false }, [{ type: 'model.closeSpare' }]]
  const adopted: CallState = { ...resetModelState(state), spare: false, model: 'configured' }
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
  // The spare connection was already told the conversation and asked for the reply.
  const greeting = adopted.greeting === 'due' ? 'asked' : adopted.greeting
  return [
    { ...commonFields(adopted), phase: 'live', greeting, resuming: false, turn: 'thinking', notes: [] },
    [...adopts, { type: 'playout.flush' }, ...state.notes.map(note)],
  ]
}

export const onSpareLost = (state: CallState): Step => {
  if (hasFresh(state)) return onFreshLost(state)
  if (!state.spare) return [state, []]
  const alone: CallState = { ...state, spare: false }
  if (state.model !== 'closed') return [alone, []]
  // The first connection is lost too.
  const { error, retry } = state.modelProblem!
  return onModelLost(alone, error, retry)
}

/** Whether to open a new connection now. After a pre-warm timeout the next one is opened when the caller's audio comes. */
const mayRetryModel = (state: CallState, { code }: Fault, retry: boolean): boolean =>
  retry &&
  state.modelAttempts < MAX_MODEL_ATTEMPTS &&
  mayOpen(state) &&
  !(code === 'model_timeout' && (state.phase === 'warming' || state.phase === 'ready'))

/**
 * The result of pre-warming the model: `ready`, configured; `late`, not in time, to be connected when the audio is;
 * `refused`, given up; `ended`, the call is over.
 */
export type PrewarmResult = 'ready' | 'late' | 'refused' | 'ended'

/** The result of pre-warming so far; `undefined` while the model is connecting. */
export const prewarmResultOf = (state: CallState): PrewarmResult | undefined => {
  const { phase, model, modelProblem: problem } = state
  if (phase === 'ended') return 'ended'
  // The caller's audio came before the model.
  if (phase === 'joining') return 'late'
  if (phase !== 'warming') return 'ready'
  if (isModelDeferred(state)) return 'late'
  if (model !== 'closed' || !problem || mayRetryModel(state, problem.error, problem.retry)) return undefined
  return problem.error.code === 'model_timeout' ? 'late' : 'refused'
}

/** The caller's audio is there without a model: connect one, unless retrying is known to be useless. */
export const join = (state: CallState, effects: readonly CallEffect[]): Step => {
  const joining: CallState = { ...commonFields(state), phase: 'joining' }
  if (state.model === 'opening') return [joining, effects]
  if (state.modelProblem && (!state.modelProblem.retry || !mayOpen(state)))
    return fallBack(joining, state.modelProblem.error, effects)
  return openModel(joining, [...effects, { type: 'timer.stop', timer: 'reopen' }])
}

/** Both legs are connected: the conversation begins, or goes on. */
export const goLive = (state: CallState, effects: readonly CallEffect[]): Step => {
  const notes = state.resuming
    ? [
        state.restarted ? RESTARTED : 'The connection was lost for a moment. Say briefly that you are back and go on.',
        ...state.notes,
      ]
    : state.notes
  const live: CallState = { ...commonFields(state), phase: 'live', resuming: false, notes: [] }
  const flushed: CallEffect[] = [...effects, { type: 'playout.flush' }, ...awaitCallee(state)]
  if (notes.length === 0) return [live, flushed]
  // The greeting that was just requested is the reply, and so is one that is played.
  const isPlayed = !state.resuming && (state.greeting === 'recorded' || state.greeting === 'playing')
  if (isPlayed || effects.some(({ type }) => type === 'model.greet')) return [live, [...flushed, ...notes.map(note)]]
  // The caller is still speaking, or pressing keys: reply when their turn is over.
  if (isCallersTurn(live)) return [{ ...live, replyDue: 'now' }, [...flushed, ...notes.map(note)]]
  return [{ ...live, turn: 'thinking', replyDue: 'no' }, [...flushed, ...notes.map(note), ...askForReply]]
}
