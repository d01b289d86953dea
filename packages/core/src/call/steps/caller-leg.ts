import type { HeardPart } from '../../model.ts'
import { refuseRing } from '../grant.ts'
import type { CallEffect, CallState, Step } from '../state.ts'
import { calleeSpeaks } from './callee-first.ts'
import { answersByItself, isShielded, settleOpening } from './conversation.ts'
import { end, leave, LET_GO_MS } from './leaving.ts'
import { askForReply, awaitReply, goLive, join, tell } from './model-leg.ts'
import { limitTimers } from './patience.ts'

/** Twilio has said `stop`: only an after-stream request within this time means the caller is still there. */
const GRACEFUL_AWAY_MS = 1_500

/** Longer than any account number; keys become words of the model's prompt. */
const MAX_DIGITS = 64

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
  { ...state, turn: 'listening', greeting: state.greeting === 'asked' ? 'heard' : state.greeting },
  state.replyActive || heard.length > 0 ? [{ type: 'media.clear' }, interrupt(heard, cause)] : [],
]

export const onSpeechStarted = (state: CallState, heard: readonly HeardPart[]): Step => {
  // What is said after a verdict is no part of a machine's greeting any more.
  const machineAnswered = state.machineAnswered && state.phase !== 'live'
  const [speaking, effects] = calleeSpeaks({ ...state, callerSpeaking: true, machineAnswered })
  if (state.phase !== 'live' || isShielded(state)) return [speaking, effects]
  if (state.bargeInGuarded && (state.replyActive || heard.length > 0))
    return [{ ...speaking, bargeInPending: true }, [...effects, { type: 'media.weighSpeech' }]]
  const [quiet, more] = bargeIn(speaking, heard, 'speech')
  return [quiet, [...effects, ...more]]
}

const bargeIn = (state: CallState, heard: readonly HeardPart[], cause: 'speech' | 'gateway'): Step => {
  const [quiet, effects] = silenceAssistant(state, heard, cause)
  return [quiet, [...effects, { type: 'timer.stop', timer: 'reply' }, { type: 'timer.stop', timer: 'retryReply' }]]
}

export const onBargeInConfirmed = (state: CallState, heard: readonly HeardPart[]): Step =>
  state.bargeInPending && state.phase === 'live'
    ? bargeIn({ ...state, bargeInPending: false }, heard, 'gateway')
    : [state, []]

export const onSpeechStopped = (state: CallState): Step => {
  const stopped: CallState = { ...state, callerSpeaking: false, bargeInPending: false }
  if (state.phase !== 'live') return [stopped, []]
  // It never became enough to be speech: the assistant talks on, and the model forgets it.
  if (state.bargeInPending) return [stopped, [{ type: 'model.send', command: { type: 'dismissTurn' } }]]
  const said: CallState = { ...stopped, callerTurns: state.callerTurns + 1 }
  if (!answersByItself(state)) return settleOpening({ ...said, unanswered: true }, [])
  return [{ ...said, turn: 'thinking' }, [awaitReply]]
}

export const onDigitPressed = (state: CallState, digit: string, heard: readonly HeardPart[]): Step => {
  if (state.phase !== 'live' && state.phase !== 'joining') return [state, []]
  const [present, stops] = calleeSpeaks(state)
  const [quiet, clears] = state.phase === 'live' ? silenceAssistant(present, heard, 'gateway') : [present, []]
  const effects = [...stops, ...clears]
  if (digit === '#') return submitDigits(quiet, effects)
  const digits = digit === '*' ? '' : (quiet.digits + digit).slice(0, MAX_DIGITS)
  return [{ ...quiet, digits }, [...effects, { type: 'timer.start', timer: 'keypad' }]]
}

/** Keys become one turn of the caller's. */
export const submitDigits = (state: CallState, effects: readonly CallEffect[]): Step => {
  if (state.digits === '') return [state, [...effects, { type: 'timer.stop', timer: 'keypad' }]]
  if (state.phase === 'joining') return [state, [...effects, { type: 'timer.start', timer: 'keypad' }]]
  if (state.phase !== 'live') return [{ ...state, digits: '' }, effects]
  const text = `The caller pressed ${[...state.digits].join(' ')} on the keypad.`
  const all: CallEffect[] = [
    ...effects,
    { type: 'timer.stop', timer: 'keypad' },
    { type: 'model.send', command: { type: 'addMessage', role: 'user', text } },
  ]
  const chosen = state.keypad[state.digits]
  const heard: CallState = { ...state, digits: '', silences: 0, turn: 'thinking', callerTurns: state.callerTurns + 1 }
  if (!chosen) return [heard, [...all, ...askForReply]]
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
