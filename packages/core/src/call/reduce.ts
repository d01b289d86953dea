import { GatewayError } from '../errors.ts'
import type { HeardPart } from '../model.ts'
import type { CallEffect, CallEvent, CallState, Departure, Disposition, Step, TransferOutcome } from './state.ts'

/** One connection and one more try: a third would come after the caller has given up. */
const MAX_MODEL_ATTEMPTS = 2
/** A server that fails three replies in a row is not going to answer this caller. */
const MAX_FAILED_REPLIES = 2
/** Twilio has said `stop`: only an after-stream request within this time means the caller is still there. */
const GRACEFUL_AWAY_MS = 1_500

const reply: CallEffect = { type: 'model.send', command: { type: 'reply' } }
const replyTimer: CallEffect = { type: 'timer.start', timer: 'reply' }
const note = (text: string): CallEffect => ({
  type: 'model.send',
  command: { type: 'addMessage', role: 'system', text },
})

const modelsOwn: ReadonlySet<CallEvent['type']> = new Set([
  'speechStarted',
  'speechStopped',
  'replyStarted',
  'replyEnded',
  'toolCalled',
])

/** The state of a call nobody has heard of yet. */
export const initialState = (options: Pick<CallState, 'direction' | 'shield'> & { greets: boolean }): CallState => ({
  phase: 'warming',
  direction: options.direction,
  model: 'closed',
  modelAttempts: 0,
  resuming: false,
  mediaAttached: false,
  turn: 'listening',
  callerSpeaking: false,
  replyActive: false,
  greeting: options.greets ? 'due' : 'none',
  shield: options.shield,
  unanswered: false,
  opening: true,
  toolsRunning: [],
  replyDue: false,
  failedReplies: 0,
  digits: '',
  notes: [],
})

/** Whether the caller's speech must not stop the assistant: a greeting is only a greeting once it was heard. */
export const isShielded = (state: CallState): boolean => state.greeting === 'asked' && state.shield === 'full'

/** Behind the shield the model detects speech but does not answer it, so that no second voice joins the greeting. */
export const answersByItself = (state: CallState): boolean =>
  !(state.opening && state.shield === 'full' && state.greeting !== 'none')

/** What a call does next: the whole of its judgement, without sockets, clocks or audio. */
export const reduce = (state: CallState, event: CallEvent): Step => {
  if (state.phase === 'ended') return [state, []]
  // Its last words can still be in our hands when a model has been given up.
  if (modelsOwn.has(event.type) && state.model !== 'configured') return [state, []]
  switch (event.type) {
    case 'opened':
      return openModel(state, [{ type: 'timer.start', timer: 'unclaimed' }])
    case 'modelConfigured':
      return onModelConfigured(state)
    case 'modelLost':
      return onModelLost(state, event.error, event.retry)
    case 'mediaAttached':
      return onMediaAttached(state)
    case 'mediaDetached':
      return onMediaDetached(state, event.graceful, event.heard)
    case 'speechStarted':
      return onSpeechStarted(state, event.heard)
    case 'speechStopped':
      return onSpeechStopped(state)
    case 'replyStarted':
      return onReplyStarted(state)
    case 'replyEnded':
      return onReplyEnded(state, event.outcome)
    case 'playedOut':
      return onPlayedOut(state)
    case 'toolCalled':
      return [
        { ...state, toolsRunning: [...state.toolsRunning, event.toolCallId] },
        [{ type: 'tool.run', toolCallId: event.toolCallId, name: event.name, argumentsJson: event.argumentsJson }],
      ]
    case 'toolSettled':
      return onToolSettled(state, event)
    case 'digitPressed':
      return onDigitPressed(state, event.digit, event.heard)
    case 'transferEnded':
      return onTransferEnded(state, event.outcome)
    case 'letGo':
      return onLetGo(state)
    case 'callEnded':
      return end(state, hasLetGo(state, 'hangUp') ? 'assistant_hung_up' : event.disposition)
    case 'hangUpAsked': {
      const [ended, effects] = end(state, event.by === 'operator' ? 'operator_hung_up' : 'drained')
      return [ended, [{ type: 'control.hangUp' }, ...effects]]
    }
    case 'timerFired':
      return onTimer(state, event.timer)
  }
}

// --- the model's leg ---------------------------------------------------------------------------------------------

const openModel = (state: CallState, effects: readonly CallEffect[] = []): Step => [
  { ...state, model: 'opening', modelAttempts: state.modelAttempts + 1 },
  [...effects, { type: 'model.open', resume: state.resuming }, { type: 'timer.start', timer: 'model' }],
]

const onModelConfigured = (state: CallState): Step => {
  const configured: CallState = { ...state, model: 'configured', modelAttempts: 0 }
  const effects: CallEffect[] = [{ type: 'timer.stop', timer: 'model' }]
  const greets = state.greeting === 'due'
  if (greets) effects.push({ type: 'model.greet' }, replyTimer)
  const greeted: CallState = greets ? { ...configured, greeting: 'asked' } : configured
  if (state.phase === 'warming') return [{ ...greeted, phase: 'ready' }, effects]
  if (state.phase === 'joining') return goLive(greeted, effects)
  return [greeted, effects]
}

const onModelLost = (state: CallState, error: GatewayError, retry: boolean): Step => {
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
  const worthwhile = retry && state.modelAttempts < MAX_MODEL_ATTEMPTS
  if (worthwhile && !isDeadlineBeforePickup(state, error))
    return [
      { ...lost, phase: state.mediaAttached ? 'joining' : state.phase === 'away' ? 'away' : 'warming' },
      [...effects, { type: 'timer.start', timer: 'reopen' }],
    ]
  if (state.mediaAttached) return fallBack(lost, error, effects)
  if (state.phase === 'away') return [lost, effects]
  return [{ ...lost, phase: 'warming' }, effects]
}

/** Nobody is on the line yet, and the time for warming is used up: connect when the caller comes. */
const isDeadlineBeforePickup = (state: CallState, error: GatewayError): boolean =>
  error.code === 'model_timeout' && (state.phase === 'warming' || state.phase === 'ready')

/** Media without a model: open one, unless we know it is useless. */
const join = (state: CallState, effects: readonly CallEffect[]): Step => {
  const joining: CallState = { ...state, phase: 'joining' }
  if (state.model === 'opening') return [joining, effects]
  if (state.modelProblem && !state.modelProblem.retry) return fallBack(joining, state.modelProblem.error, effects)
  return openModel(joining, [...effects, { type: 'timer.stop', timer: 'reopen' }])
}

/** Both legs are there. */
const goLive = (state: CallState, effects: readonly CallEffect[]): Step => {
  const notes = state.resuming
    ? ['The connection was lost for a moment. Say briefly that you are back and go on.', ...state.notes]
    : state.notes
  const { awayKind: _, ...rest } = state
  const live: CallState = { ...rest, phase: 'live', resuming: false, notes: [] }
  const flushed: CallEffect[] = [...effects, { type: 'playout.flush' }]
  if (notes.length === 0) return [live, flushed]
  // A greeting that is being asked for is the reply.
  const asked = effects.some(({ type }) => type === 'model.greet')
  return [live, [...flushed, ...notes.map(note), ...(asked ? [] : [reply, replyTimer])]]
}

// --- the caller's leg --------------------------------------------------------------------------------------------

const onMediaAttached = (state: CallState): Step => {
  const attached: CallState = { ...state, mediaAttached: true }
  const effects: CallEffect[] = [
    { type: 'timer.stop', timer: 'unclaimed' },
    { type: 'timer.stop', timer: 'away' },
  ]
  switch (state.phase) {
    case 'warming':
      return join(attached, effects)
    case 'ready':
      return goLive(attached, effects)
    case 'away': {
      const back: CallState =
        state.awayKind === 'reconnect'
          ? {
              ...attached,
              notes: ['The line dropped and is back. Apologise in a few words and go on.', ...state.notes],
            }
          : attached
      return state.model === 'configured' ? goLive(back, effects) : join(back, effects)
    }
    case 'joining':
    case 'live':
    case 'leaving':
    case 'ended':
      return [attached, effects]
  }
}

const onMediaDetached = (state: CallState, graceful: boolean, heard: readonly HeardPart[]): Step => {
  const detached: CallState = { ...state, mediaAttached: false, callerSpeaking: false, turn: 'listening' }
  if (state.phase === 'leaving') {
    if (state.departure?.kind === 'hangUp') return end(detached, 'assistant_hung_up')
    // Twilio may still ask what comes next; the departure timer covers a caller who is gone.
    return [{ ...detached, goodbye: 'gone' }, [{ type: 'timer.start', timer: 'departure', delayMs: LET_GO_MS }]]
  }
  if (state.phase !== 'live' && state.phase !== 'joining') return [detached, []]
  const away: CallState = {
    ...detached,
    phase: 'away',
    awayKind: 'reconnect',
    greeting: state.greeting === 'asked' ? 'heard' : state.greeting,
  }
  const effects: CallEffect[] = [
    { type: 'media.clear' },
    graceful
      ? { type: 'timer.start', timer: 'away', delayMs: GRACEFUL_AWAY_MS }
      : { type: 'timer.start', timer: 'away' },
  ]
  if (state.model === 'configured') effects.splice(1, 0, interrupt(heard, 'gateway'))
  return [away, effects]
}

const interrupt = (heard: readonly HeardPart[], cause: 'speech' | 'gateway'): CallEffect => ({
  type: 'model.send',
  command: { type: 'interrupt', heard, cause },
})

/** Stops the assistant in the caller's ear first, then in the model's memory. */
const silenceAssistant = (state: CallState, heard: readonly HeardPart[], cause: 'speech' | 'gateway'): Step => [
  { ...state, turn: 'listening', greeting: state.greeting === 'asked' ? 'heard' : state.greeting },
  state.replyActive || heard.length > 0 ? [{ type: 'media.clear' }, interrupt(heard, cause)] : [],
]

const onSpeechStarted = (state: CallState, heard: readonly HeardPart[]): Step => {
  const speaking: CallState = { ...state, callerSpeaking: true }
  if (state.phase !== 'live' || isShielded(state)) return [speaking, []]
  const [quiet, effects] = silenceAssistant(speaking, heard, 'speech')
  return [quiet, [...effects, { type: 'timer.stop', timer: 'reply' }, { type: 'timer.stop', timer: 'retryReply' }]]
}

const onSpeechStopped = (state: CallState): Step => {
  const stopped: CallState = { ...state, callerSpeaking: false }
  if (state.phase !== 'live') return [stopped, []]
  if (!answersByItself(state)) return settleOpening({ ...stopped, unanswered: true }, [])
  return [{ ...stopped, turn: 'thinking' }, [replyTimer]]
}

const onDigitPressed = (state: CallState, digit: string, heard: readonly HeardPart[]): Step => {
  if (state.phase !== 'live' && state.phase !== 'joining') return [state, []]
  const [quiet, effects] = state.phase === 'live' ? silenceAssistant(state, heard, 'gateway') : [state, []]
  if (digit === '#') return submitDigits(quiet, effects)
  const digits = digit === '*' ? '' : quiet.digits + digit
  return [{ ...quiet, digits }, [...effects, { type: 'timer.start', timer: 'keypad' }]]
}

/** Keys become one turn of the caller's. */
const submitDigits = (state: CallState, effects: readonly CallEffect[]): Step => {
  if (state.digits === '') return [state, [...effects, { type: 'timer.stop', timer: 'keypad' }]]
  if (state.phase === 'joining') return [state, [...effects, { type: 'timer.start', timer: 'keypad' }]]
  if (state.phase !== 'live') return [{ ...state, digits: '' }, effects]
  const text = `The caller pressed ${[...state.digits].join(' ')} on the keypad.`
  return [
    { ...state, digits: '', turn: 'thinking' },
    [
      ...effects,
      { type: 'timer.stop', timer: 'keypad' },
      { type: 'model.send', command: { type: 'addMessage', role: 'user', text } },
      reply,
      replyTimer,
    ],
  ]
}

// --- replies -----------------------------------------------------------------------------------------------------

const onReplyStarted = (state: CallState): Step => [
  {
    ...state,
    replyActive: true,
    turn: 'speaking',
    ...(state.goodbye === 'due' ? { goodbye: 'speaking' as const } : {}),
  },
  [{ type: 'timer.stop', timer: 'reply' }],
]

const onReplyEnded = (state: CallState, outcome: 'completed' | 'cancelled' | 'failed' | 'incomplete'): Step => {
  const ended: CallState = { ...state, replyActive: false }
  if (state.goodbye === 'speaking') return [{ ...ended, goodbye: 'playing' }, [{ type: 'playout.awaitEnd' }]]
  if (outcome === 'failed') return replyMissing(ended)
  return settleOpening({ ...ended, failedReplies: 0 }, [{ type: 'playout.awaitEnd' }])
}

/** A reply failed or never came: ask again, then give up on this model. */
const replyMissing = (state: CallState): Step => {
  const failed: CallState = { ...state, failedReplies: state.failedReplies + 1 }
  if (failed.failedReplies <= MAX_FAILED_REPLIES) return [failed, [{ type: 'timer.start', timer: 'retryReply' }]]
  const error = new GatewayError('model_lost', 'The model failed three replies in a row.')
  return onModelLost(failed, error, false)
}

const onPlayedOut = (state: CallState): Step => {
  if (state.goodbye === 'playing') return depart(state, [])
  const quiet: CallState = state.turn === 'speaking' && !state.replyActive ? { ...state, turn: 'listening' } : state
  return settleOpening(quiet.greeting === 'asked' ? { ...quiet, greeting: 'heard' } : quiet, [])
}

/**
 * The opening is over once the first reply is done and the greeting was heard. The switch waits for a quiet moment:
 * an update in the middle of speech or of a reply could bring a second answer.
 */
const settleOpening = (state: CallState, effects: readonly CallEffect[]): Step => {
  const quiet = state.model === 'configured' && !state.replyActive && !state.callerSpeaking
  const opened = state.greeting === 'heard' || (state.greeting === 'none' && state.turn === 'speaking')
  if (!quiet || !opened || state.phase !== 'live') return [state, effects]
  const all: CallEffect[] = [...effects]
  if (state.opening) all.push({ type: 'model.configureConversation' })
  if (state.unanswered) all.push(reply, replyTimer)
  return [{ ...state, opening: false, unanswered: false }, all]
}

// --- tools and leaving -------------------------------------------------------------------------------------------

const onToolSettled = (state: CallState, event: Extract<CallEvent, { type: 'toolSettled' }>): Step => {
  const known = state.toolsRunning.includes(event.toolCallId)
  const toolsRunning = state.toolsRunning.filter((id) => id !== event.toolCallId)
  const effects: CallEffect[] = []
  let next: CallState = { ...state, toolsRunning, replyDue: state.replyDue || event.spoken }
  if (known) {
    const { toolCallId, output } = event
    effects.push({ type: 'model.send', command: { type: 'toolOutput', toolCallId, output } })
  } else
    next = {
      ...next,
      notes: [...next.notes, `An action begun before the connection was lost has ended: ${event.output}`],
    }
  if (event.departure && !next.departure && (next.phase === 'live' || next.phase === 'joining')) {
    next = { ...next, phase: 'leaving', departure: event.departure, goodbye: 'due' }
    effects.push({ type: 'timer.start', timer: 'departure' })
  }
  if (!known || next.model !== 'configured' || toolsRunning.length > 0 || !next.replyDue) return [next, effects]
  return [{ ...next, replyDue: false, turn: 'thinking' }, [...effects, reply, replyTimer]]
}

/** The last words are over: let Twilio take the caller where they are going. */
const depart = (state: CallState, effects: readonly CallEffect[]): Step => [
  { ...state, goodbye: 'gone' },
  [
    ...effects,
    state.departure?.kind === 'hangUp' ? { type: 'control.hangUp' } : { type: 'media.close' },
    { type: 'timer.start', timer: 'departure', delayMs: LET_GO_MS },
  ],
]

/** Twilio asks what comes next within a second of the socket's end; a caller who is gone never does. */
const LET_GO_MS = 5_000

const hasLetGo = (state: CallState, kind: Departure['kind']): boolean =>
  state.goodbye === 'gone' && state.departure?.kind === kind

const fallBack = (state: CallState, error: GatewayError, effects: readonly CallEffect[]): Step =>
  depart({ ...state, phase: 'leaving', departure: { kind: 'fallback', error } }, [
    ...effects,
    { type: 'tool.abortAll' },
  ])

const onLetGo = (state: CallState): Step => {
  if (state.goodbye !== 'gone' || !state.departure) return [state, []]
  if (state.departure.kind === 'hangUp') return end(state, 'assistant_hung_up')
  if (state.departure.kind === 'fallback') return end(state, 'fallback')
  const { goodbye: _, ...rest } = state
  return [
    { ...rest, phase: 'away', awayKind: 'transfer', turn: 'listening' },
    [
      { type: 'timer.stop', timer: 'departure' },
      { type: 'timer.start', timer: 'away', delayMs: TRANSFER_KEPT_MS },
    ],
  ]
}

/** The person is rung for 20 s; a call that is still away after this is talking to them. */
const TRANSFER_KEPT_MS = 40_000

const onTransferEnded = (state: CallState, outcome: TransferOutcome): Step => {
  if (state.phase !== 'away' || state.awayKind !== 'transfer') return [state, []]
  if (outcome === 'bridged') return end(state, 'transferred')
  const label = state.departure?.kind === 'transfer' ? state.departure.label : 'that person'
  const why = { busy: 'the line is busy', no_answer: 'nobody answered', failed: 'the call could not be put through' }
  const { departure: _, ...rest } = state
  return [
    {
      ...rest,
      notes: [
        ...state.notes,
        `The caller could not be connected with ${label}: ${why[outcome]}. The caller is back with you. Say so and offer what else you can do.`,
      ],
    },
    [{ type: 'timer.start', timer: 'away' }],
  ]
}

const end = (state: CallState, disposition: Disposition): Step => [
  {
    ...state,
    phase: 'ended',
    mediaAttached: false,
    replyActive: false,
    model: 'closed',
    toolsRunning: [],
    disposition,
  },
  [{ type: 'release' }],
]

// --- time --------------------------------------------------------------------------------------------------------

const onTimer = (state: CallState, timer: Extract<CallEvent, { type: 'timerFired' }>['timer']): Step => {
  switch (timer) {
    case 'model':
      if (state.model !== 'opening') return [state, []]
      return onModelLost(state, new GatewayError('model_timeout', 'The model was not ready in time.'), true)
    case 'reopen':
      return state.model === 'closed' ? openModel(state) : [state, []]
    case 'unclaimed':
      return state.mediaAttached || state.phase === 'away' ? [state, []] : end(state, 'never_connected')
    case 'away':
      if (state.phase !== 'away') return [state, []]
      return end(state, state.awayKind === 'transfer' && state.departure ? 'transferred' : 'caller_hung_up')
    case 'departure':
      if (state.phase !== 'leaving') return [state, []]
      if (state.goodbye !== 'gone') return depart(state, [])
      return end(state, dispositionOf(state.departure))
    case 'keypad':
      return submitDigits(state, [])
    case 'retryReply':
      return state.model === 'configured' ? [state, [reply, replyTimer]] : [state, []]
    case 'reply':
      return state.model === 'configured' && !state.replyActive && !state.callerSpeaking
        ? replyMissing(state)
        : [state, []]
  }
}

const dispositionOf = (departure: Departure | undefined): Disposition => {
  if (departure?.kind === 'hangUp') return 'assistant_hung_up'
  return departure?.kind === 'fallback' ? 'fallback' : 'caller_hung_up'
}
