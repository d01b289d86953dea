import type { HeardPart } from '../../model.ts'
import { telephoneText } from '../../telephone/telephone.ts'
import { refuseRing } from '../allowance.ts'
import type { Departure } from '../../departure.ts'
import type { CallEffect } from '../events.ts'
import type { CallState, Step } from '../state.ts'
import { calleeSpeaks } from './callee-first.ts'
import { silenceAssistant } from './media.ts'
import { askWhenFree } from './conversation.ts'
import { leaveAfterLastWords } from './leaving.ts'
import { callerPresent } from './listening.ts'
import { tell } from './connecting.ts'

/** Longer than any account number. Limits what is added to the model's conversation. */
const MAX_DIGITS = 64
/** Wait after keys that name a destination: shorter than for a number, because nobody reads a menu key off a card. */
const MENU_KEY_MS = 1_500
/** How often to check for a model that complete keys can be told to. */
const NO_MODEL_YET_MS = 250

export const onDigitPressed = (state: CallState, digit: string, heard: readonly HeardPart[]): Step => {
  if (state.phase !== 'live' && state.phase !== 'joining') return [state, []]
  const [present, stops] = calleeSpeaks(state)
  const isStopped = state.phase === 'live' || state.greeting === 'playing'
  const [quiet, clears] = isStopped ? silenceAssistant(present, heard, 'gateway') : [present, []]
  const effects = [...stops, ...clears]
  if (digit === '#') return submitDigits(quiet, effects)
  const digits = digit === '*' ? '' : (quiet.digits + digit).slice(0, MAX_DIGITS)
  const delayMs = state.keypad[digits] ? Math.min(MENU_KEY_MS, state.patience.keysMs) : state.patience.keysMs
  return [{ ...quiet, digits }, [...effects, { type: 'timer.start', timer: 'keypad', delayMs }]]
}

/** Tells the model the keys as one turn of the caller. */
export const submitDigits = (state: CallState, effects: readonly CallEffect[]): Step => {
  if (state.digits === '') return [state, [...effects, { type: 'timer.stop', timer: 'keypad' }]]
  if (state.phase === 'joining')
    return [state, [...effects, { type: 'timer.start', timer: 'keypad', delayMs: NO_MODEL_YET_MS }]]
  // A goodbye may have waited for the end of the keys.
  if (state.phase !== 'live') return askWhenFree({ ...state, digits: '' }, effects)
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
    ...callerPresent,
    silentReplies: 0,
    callsInTurn: 0,
    continuing: false,
    turn: 'thinking',
    callerTurns: state.callerTurns + 1,
  }
  // A caller who speaks meanwhile is answered at the end of their turn; the reply then knows the keys.
  if (!chosen) return askWhenFree({ ...heard, replyDue: 'now' }, all)
  const refused = chosen.kind === 'transfer' ? refuseRing(state.grant, state.rung, telephoneText(chosen)) : undefined
  if (refused) {
    const [told, tellEffects] = tell(heard, refused.sentence)
    return [told, [...all, ...tellEffects]]
  }
  const [leaving, leaveEffects] = leaveAfterLastWords(heard, chosen)
  const [told, tellEffects] = tell(leaving, wordsFor(chosen))
  return [told, [...all, ...leaveEffects, ...tellEffects]]
}

/** What the model is told to say: the same that a tool would have told it for a spoken request. */
const wordsFor = (chosen: Departure): string => {
  if (chosen.kind === 'voicemail')
    return 'That key is the voicemail. Ask the caller in one short sentence to leave a message after the tone, with a number to call back if theirs is withheld.'
  const whom = 'label' in chosen ? ` with ${chosen.label}` : ''
  return `That key is a destination. Tell the caller in one short sentence that you are connecting them${whom}; if the office is closed now, say that too.`
}
