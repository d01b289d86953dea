import type { HeardPart } from '../../model.ts'
import { refuseRing } from '../grant.ts'
import type { CallEffect, CallState, Step } from '../state.ts'
import { calleeSpeaks } from './callee-first.ts'
import { answersByItself, askWhenFree, isShielded, settleOpening } from './conversation.ts'
import { depart, end, leave, LET_GO_MS } from './leaving.ts'
import { askForReply, goLive, join, note, tell } from './model-leg.ts'
import { limitTimers } from './patience.ts'

/** Twilio has said `stop`: only an after-stream request within this time means the caller is still there. */
const GRACEFUL_AWAY_MS = 1_500

/** Twilio opens a stream within a second or two of being told to. */
const OFFERED_MS = 10_000

/** Longer than any account number; keys become words of the model's prompt. */
const MAX_DIGITS = 64
/** Where the keys so far name a destination, and only until the next key: nobody reads a menu's key off a card. */
const MENU_KEY_MS = 1_500

/** How often the caller's words take a leaving back; more often it is noise on the line. */
export const MAX_TAKEN_BACK = 3

export const onMediaAttached = (state: CallState): Step => {
  const attached: CallState = { ...state, mediaAttached: true }
  const effects: CallEffect[] = [
    { type: 'timer.stop', timer: 'unclaimed' },
    { type: 'timer.stop', timer: 'away' },
  ]
  switch (state.phase) {
    case 'warming':
      return join(attached, [...effects, ...limitTimers(state)])
    case 'ready':
      return goLive(attached, [...effects, ...limitTimers(state)])
    case 'away': {
      // Where they had gone is over: the next departure is another one.
      const { departure: _, ...here } = attached
      const back: CallState =
        state.awayKind === 'reconnect'
          ? {
              ...here,
              notes: ['The line dropped and is back. Apologise in a few words and go on.', ...state.notes],
            }
          : here
      return state.model === 'configured' ? goLive(back, effects) : join(back, effects)
    }
    case 'joining':
    case 'live':
    case 'leaving':
    case 'ended':
      return [attached, effects]
  }
}

/** Somebody was told where the stream is to go: only from now on can it be late. */
export const onStreamOffered = (state: CallState): Step => {
  if (state.phase === 'warming' || state.phase === 'ready')
    return [state, state.mediaAttached ? [] : [{ type: 'timer.start', timer: 'unclaimed' }]]
  return [state, state.phase === 'away' ? [{ type: 'timer.start', timer: 'away', delayMs: OFFERED_MS }] : []]
}

export const onMediaDetached = (state: CallState, graceful: boolean, heard: readonly HeardPart[]): Step => {
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
  const stop: CallEffect[] =
    state.model === 'configured' ? [{ type: 'media.clear' }, interrupt(heard, 'gateway')] : [{ type: 'media.clear' }]
  const wait: CallEffect = graceful
    ? { type: 'timer.start', timer: 'away', delayMs: GRACEFUL_AWAY_MS }
    : { type: 'timer.start', timer: 'away' }
  return [away, [...stop, wait]]
}

const interrupt = (heard: readonly HeardPart[], cause: 'speech' | 'gateway'): CallEffect => ({
  type: 'model.send',
  command: { type: 'interrupt', heard, cause },
})

/** Stops the assistant in the caller's ear first, then in the model's memory. */
export const silenceAssistant = (state: CallState, heard: readonly HeardPart[], cause: 'speech' | 'gateway'): Step => [
  {
    ...state,
    turn: 'listening',
    cut: state.replyActive,
    greeting: state.greeting === 'asked' ? 'heard' : state.greeting,
  },
  state.replyActive || heard.length > 0 ? [{ type: 'media.clear' }, interrupt(heard, cause)] : [],
]

export const onSpeechStarted = (state: CallState, heard: readonly HeardPart[]): Step => {
  // What is said after a verdict is no part of a machine's greeting any more.
  const machineAnswered = state.machineAnswered && state.phase !== 'live'
  const [speaking, effects] = calleeSpeaks({ ...state, callerSpeaking: true, machineAnswered })
  if (mayBeTakenBack(state)) {
    if (state.bargeInGuarded && heard.length > 0)
      return [{ ...speaking, bargeInPending: true }, [...effects, { type: 'media.weighSpeech' }]]
    const [back, more] = takeBack(speaking, heard, 'speech')
    return [back, [...effects, ...more]]
  }
  if (state.phase !== 'live' || isShielded(state)) return [speaking, effects]
  if (state.bargeInGuarded && (state.replyActive || heard.length > 0))
    return [{ ...speaking, bargeInPending: true }, [...effects, { type: 'media.weighSpeech' }]]
  const [quiet, more] = bargeIn(speaking, heard, 'speech')
  return [quiet, [...effects, ...more]]
}

const bargeIn = (state: CallState, heard: readonly HeardPart[], cause: 'speech' | 'gateway'): Step => {
  const [quiet, effects] = silenceAssistant(state, heard, cause)
  return [{ ...quiet, pausing: false }, [...effects, { type: 'timer.stop', timer: 'retryReply' }]]
}

/** "Wait, one more thing": the last words have not been heard yet, and nobody but the assistant is on the line. */
const mayBeTakenBack = ({ phase, goodbye, departure, takenBack, machineAnswered }: CallState): boolean =>
  phase === 'leaving' &&
  goodbye !== 'gone' &&
  takenBack < MAX_TAKEN_BACK &&
  !machineAnswered &&
  (departure?.kind === 'hangUp' || departure?.kind === 'transfer' || departure?.kind === 'voicemail')

/** The caller is still here and wants something: they are answered instead. */
const takeBack = (state: CallState, heard: readonly HeardPart[], cause: 'speech' | 'gateway'): Step => {
  const { departure, goodbye: _, ...rest } = state
  const what = departure?.kind === 'hangUp' ? 'The call was not ended' : 'The caller was not connected'
  const [quiet, effects] = bargeIn(
    { ...rest, phase: 'live', takenBack: state.takenBack + 1, replyDue: 'no' },
    heard,
    cause,
  )
  const told = note(
    `${what}: the caller began to speak. Answer them. If they only agreed or said goodbye, call the tool again.`,
  )
  return [
    quiet,
    [...effects, { type: 'timer.stop', timer: 'departure' }, ...(state.model === 'configured' ? [told] : [])],
  ]
}

export const onBargeInConfirmed = (state: CallState, heard: readonly HeardPart[]): Step => {
  if (!state.bargeInPending) return [state, []]
  const confirmed: CallState = { ...state, bargeInPending: false }
  if (mayBeTakenBack(state)) return takeBack(confirmed, heard, 'gateway')
  return state.phase === 'live' ? bargeIn(confirmed, heard, 'gateway') : [confirmed, []]
}

export const onSpeechStopped = (state: CallState): Step => {
  if (!state.callerSpeaking) return [state, []]
  const stopped: CallState = { ...state, callerSpeaking: false, bargeInPending: false }
  // It never became enough to be speech: the assistant talks on, and the model forgets it.
  if (state.bargeInPending && (state.phase === 'live' || state.phase === 'leaving'))
    return askWhenFree(stopped, [{ type: 'model.send', command: { type: 'dismissTurn' } }])
  if (state.phase !== 'live') return [stopped, []]
  const said: CallState = { ...stopped, callerTurns: state.callerTurns + 1, silentReplies: 0 }
  if (!answersByItself(state)) return settleOpening({ ...said, unanswered: true }, [])
  // What tools have done meanwhile is in the conversation: one answer has everything in it.
  return [{ ...said, replyDue: state.replyDue === 'no' ? 'no' : 'inTurn', turn: 'thinking' }, []]
}

/** The server has lost the end of the caller's turn: we know better, and say so. */
export const onCallerQuiet = (state: CallState): Step => {
  if (!state.callerSpeaking || state.phase !== 'live') return [state, []]
  const [stopped, effects] = onSpeechStopped({ ...state, bargeInPending: false })
  const ends: CallEffect = { type: 'model.send', command: { type: 'endTurn' } }
  // A turn that the server does not know to be over is not answered by itself.
  if (stopped.turn !== 'thinking') return [stopped, [ends, ...effects]]
  const [asked, asks] = askWhenFree({ ...stopped, replyDue: 'now' }, [])
  return [asked, [ends, ...effects, ...asks]]
}

export const onDigitPressed = (state: CallState, digit: string, heard: readonly HeardPart[]): Step => {
  if (state.phase !== 'live' && state.phase !== 'joining') return [state, []]
  const [present, stops] = calleeSpeaks(state)
  const [quiet, clears] = state.phase === 'live' ? silenceAssistant(present, heard, 'gateway') : [present, []]
  const effects = [...stops, ...clears]
  if (digit === '#') return submitDigits(quiet, effects)
  const digits = digit === '*' ? '' : (quiet.digits + digit).slice(0, MAX_DIGITS)
  const delayMs = state.keypad[digits] ? Math.min(MENU_KEY_MS, state.patience.keysMs) : state.patience.keysMs
  return [{ ...quiet, digits }, [...effects, { type: 'timer.start', timer: 'keypad', delayMs }]]
}

/** Keys become one turn of the caller's. */
export const submitDigits = (state: CallState, effects: readonly CallEffect[]): Step => {
  if (state.digits === '') return [state, [...effects, { type: 'timer.stop', timer: 'keypad' }]]
  if (state.phase === 'joining')
    return [state, [...effects, { type: 'timer.start', timer: 'keypad', delayMs: state.patience.keysMs }]]
  if (state.phase !== 'live') return [{ ...state, digits: '' }, effects]
  const text = `The caller pressed ${[...state.digits].join(' ')} on the keypad.`
  const all: CallEffect[] = [
    ...effects,
    { type: 'timer.stop', timer: 'keypad' },
    { type: 'model.send', command: { type: 'addMessage', role: 'user', text } },
  ]
  const chosen = state.keypad[state.digits]
  const heard: CallState = {
    ...state,
    digits: '',
    silences: 0,
    silentReplies: 0,
    turn: 'thinking',
    callerTurns: state.callerTurns + 1,
  }
  // Who speaks while keys are taken is answered when their turn is over, with the keys in it.
  if (!chosen) return askWhenFree({ ...heard, replyDue: 'now' }, all)
  const refused = chosen.kind === 'transfer' ? refuseRing(state.grant, state.rung, chosen.number) : undefined
  if (refused) {
    const [told, tellEffects] = tell(heard, refused.sentence)
    return [told, [...all, ...tellEffects]]
  }
  const [leaving, leaveEffects] = leave(heard, chosen)
  const [told, tellEffects] = tell(
    leaving,
    chosen.kind === 'voicemail'
      ? 'That key is the voicemail. Ask the caller in one short sentence to leave a message after the tone.'
      : 'That key is a destination. Tell the caller in one short sentence that you are connecting them.',
  )
  return [told, [...all, ...leaveEffects, ...tellEffects]]
}
