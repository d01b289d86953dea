import type { HeardPart } from '../../model.ts'
import type { CallEffect } from '../events.ts'
import { commonFields, type CallState, type Step } from '../state.ts'
import { calleeSpeaks } from './callee-first.ts'
import { silenceAssistant } from './media.ts'
import { answersByItself, askWhenFree, isShielded, settleOpening } from './conversation.ts'
import { mayCancelLeaving } from './goodbye.ts'
import { note } from './connecting.ts'

/** We heard speech that the model did not report. Its connection may be dead, so probe it; a model that answers has judged it to be noise. */
export const onSpeechMissed = (state: CallState): Step =>
  state.phase === 'live' && state.model === 'configured' && state.turn === 'listening' && !state.replyActive
    ? [{ ...state, unheardTurn: true }, [{ type: 'model.send', command: { type: 'probe' } }]]
    : [state, []]

export const onSpeechStarted = (state: CallState, heard: readonly HeardPart[]): Step => {
  // Speech after the verdict is not the machine's greeting: a person may be there.
  const machineAnswered = state.machineAnswered && state.phase !== 'live'
  const { screening, ...rest } = state
  const [speaking, effects] = calleeSpeaks({
    ...rest,
    // A person has come after all.
    ...(screening === undefined || screening === 'over' ? {} : { screening }),
    callerSpeaking: true,
    unheardTurn: false,
    machineAnswered,
  })
  if (mayCancelLeaving(state)) {
    // A "bye" during our goodbye must not cancel leaving: wait for more speech.
    if (heard.length > 0 || state.sounding || state.goodbye === 'playing')
      return [{ ...speaking, bargeInPending: true }, [...effects, { type: 'media.weighSpeech', against: 'goodbye' }]]
    const [back, more] = cancelLeaving(speaking, heard, 'speech')
    return [back, [...effects, ...more]]
  }
  // The shield protects the greeting only: a phrase played before it is interrupted.
  if (state.phase === 'live' && isShielded(state) && state.bridging)
    return [speaking, [...effects, { type: 'media.clear' }]]
  if (state.phase !== 'live' || isShielded(state)) return [speaking, effects]
  if (state.bargeInGuarded && (state.replyActive || state.sounding))
    return [{ ...speaking, bargeInPending: true }, [...effects, { type: 'media.weighSpeech', against: 'reply' }]]
  const [quiet, more] = bargeIn(speaking, heard, 'speech')
  return [quiet, [...effects, ...more]]
}

const bargeIn = (state: CallState, heard: readonly HeardPart[], cause: 'speech' | 'gateway'): Step => {
  const [quiet, effects] = silenceAssistant(state, heard, cause)
  const brokenOff = !state.bridging && (heard.length > 0 || state.sounding)
  return [{ ...quiet, brokenOff, pausing: false }, [...effects, { type: 'timer.stop', timer: 'retryReply' }]]
}

/** After this many more turns the caller may cancel leaving again. */
const TALKED_ON_TURNS = 3

/** The caller spoke before we left: stay, and answer them. */
const cancelLeaving = (state: CallState, heard: readonly HeardPart[], cause: 'speech' | 'gateway'): Step => {
  const { departure } = state
  const what = departure?.kind === 'hangUp' ? 'The call was not ended' : 'The caller was not connected'
  const [quiet, effects] = bargeIn(
    {
      ...commonFields(state),
      phase: 'live',
      takenBack: state.takenBack + 1,
      takenBackTurns: state.callerTurns,
      replyDue: 'no',
    },
    heard,
    cause,
  )
  const told = note(
    `${what}: the caller began to speak. Answer them. If they only agreed or said goodbye, call the tool again, with a word of goodbye at most.`,
  )
  return [
    quiet,
    [...effects, { type: 'timer.stop', timer: 'departure' }, ...(state.model === 'configured' ? [told] : [])],
  ]
}

export const onBargeInConfirmed = (state: CallState, heard: readonly HeardPart[]): Step => {
  if (!state.bargeInPending) return [state, []]
  const confirmed: CallState = { ...state, bargeInPending: false }
  if (mayCancelLeaving(state)) return cancelLeaving(confirmed, heard, 'gateway')
  return state.phase === 'live' ? bargeIn(confirmed, heard, 'gateway') : [confirmed, []]
}

export const onSpeechStopped = (state: CallState): Step => {
  if (!state.callerSpeaking) return [state, []]
  const stopped: CallState = { ...state, callerSpeaking: false, bargeInPending: false }
  // Too short to be speech: the assistant talks on, and the model forgets the turn.
  if (state.bargeInPending && (state.phase === 'live' || state.phase === 'leaving'))
    return askWhenFree(stopped, [{ type: 'model.send', command: { type: 'dismissTurn' } }])
  // A goodbye may have waited for the end of this turn.
  if (state.phase === 'leaving') return askWhenFree(stopped, [])
  if (state.phase !== 'live') return [stopped, []]
  const said: CallState = {
    ...stopped,
    callerTurns: state.callerTurns + 1,
    takenBack: state.callerTurns - state.takenBackTurns >= TALKED_ON_TURNS ? 0 : state.takenBack,
    unansweredTurns: state.unansweredTurns + 1,
    nobodyThere: false,
    silentReplies: 0,
    callsInTurn: 0,
    continuing: false,
  }
  if (!answersByItself(state)) {
    // The end of an interrupted reply may never be reported; the caller waits for an answer all the same.
    const waiting: CallState = state.cut ? { ...said, turn: 'thinking' } : said
    const [settled, effects] = settleOpening({ ...waiting, unanswered: true }, [])
    // The greeting may have failed meanwhile.
    return askWhenFree(settled, effects)
  }
  // Results of tools are in the conversation already: the answer to this turn covers them too.
  return [{ ...said, replyDue: state.replyDue === 'no' ? 'no' : 'inTurn', turn: 'thinking' }, []]
}

/** The server missed the end of the caller's turn: end it ourselves. */
export const onCallerQuiet = (state: CallState): Step => {
  if (!state.callerSpeaking || state.phase !== 'live') return [state, []]
  const [stopped, effects] = onSpeechStopped({ ...state, bargeInPending: false })
  const ends: CallEffect = { type: 'model.send', command: { type: 'endTurn' } }
  // The server does not answer a turn that we ended: ask for the reply, unless `onSpeechStopped` has.
  if (!answersByItself(state)) return [stopped, [ends, ...effects]]
  const [asked, asks] = askWhenFree({ ...stopped, replyDue: 'now' }, [])
  return [asked, [ends, ...effects, ...asks]]
}
