import type { Departure, ToolRequest } from '../../departure.ts'
import type { CallEvent } from '../events.ts'
import { startLeaving, type CallState, type Step } from '../state.ts'
import { startConsultation } from './consultation.ts'
import { askWhenFree } from './conversation.ts'
import {
  hasSaidGoodbye,
  leaveSilently,
  MAX_GOODBYES_MISSED,
  mayCancelLeaving,
  finishLastWords,
  askForGoodbye,
} from './goodbye.ts'
import { leaveAfterLastWords } from './leaving.ts'
import { keepListening, noteCallerPresent } from './listening.ts'
import { note } from './connecting.ts'
import { isTalkingToMachine, isScreened, hasUntoldFailure } from './screening.ts'

type ToolCalled = Extract<CallEvent, { type: 'toolCalled' }>
type ToolSettled = Extract<CallEvent, { type: 'toolSettled' }>

export const onToolCalled = (state: CallState, event: ToolCalled): Step => {
  const { type: _, toolCallId, name, argumentsJson, ...manner } = event
  const present = manner.listens ? state : noteCallerPresent(state)
  const called = manner.listens && state.called !== 'tools' ? 'listening' : 'tools'
  return [
    {
      ...present,
      called,
      unansweredTurns: 0,
      toolsRunning: [...state.toolsRunning, { toolCallId, turns: state.unansweredTurns, ...manner }],
    },
    [{ type: 'tool.run', toolCallId, name, argumentsJson }],
  ]
}

export const onToolSettled = (state: CallState, event: ToolSettled): Step => {
  const { toolCallId, request } = event
  const running = state.toolsRunning.find((tool) => tool.toolCallId === toolCallId)
  const refusal = refusalOf(state, request)
  const output = refusal ? JSON.stringify({ error: refusal }) : event.output
  // Of a second way to leave the caller has nothing to be told.
  const failed = event.failed || (refusal !== undefined && refusal !== LEFT)
  const settled: CallState = {
    ...state,
    toolsRunning: state.toolsRunning.filter((tool) => tool.toolCallId !== toolCallId),
    toolsLeft: state.toolsLeft.filter((id) => id !== toolCallId),
    failureUntold: state.failureUntold || (failed && event.spoken),
    replyDue: event.spoken ? 'now' : state.replyDue,
  }
  const [told, effects] = tellResult(settled, running !== undefined, toolCallId, output)
  const [asked, more] = refusal ? ([told, []] as const) : follow(told, event, state.replyDue, running?.turns ?? 0)
  const [left, last] = settleGoodbye(asked, !refusal && request?.lastWords === 'afterwards')
  return askWhenFree(left, [...effects, ...more, ...last])
}

/** What a tool asks of its call and cannot have now. Its result must not say otherwise. */
const refusalOf = (state: CallState, request: ToolRequest | undefined): string | undefined => {
  if (request?.consultation) {
    if (state.consultation) return `${state.consultation.label} is being rung already. Wait for their answer first.`
    if (state.phase !== 'live') return 'Nobody can be rung at the moment.'
  }
  if (!request?.departure) return undefined
  if (state.departure) return isSame(state.departure, request.departure) ? undefined : LEFT
  if (
    request.lastWords === 'none' &&
    !isTalkingToMachine(state) &&
    !isScreened(state) &&
    state.callerTurns - state.recordedTurns >= TURNS_OF_A_PERSON
  )
    return 'Somebody is talking with you: end the call with a goodbye.'
  // Who is in the middle of a sentence has not been listened to.
  if (request.lastWords === 'once' && isTalkedOver(state, request))
    return 'The caller has begun to speak. Answer them; if they only agree or say goodbye, call the tool again.'
  return undefined
}

const LEFT = 'The conversation is being left already.'

/** A model often calls again what is happening already, as along with the goodbye that it was asked for. */
const isSame = (one: Departure, other: Departure): boolean =>
  one.kind === other.kind &&
  one.kind !== 'keys' &&
  ('route' in one ? one.route : '') === ('route' in other ? other.route : '')

/** A recording does not answer what it is asked; who has had this many turns is taken for a person. */
const TURNS_OF_A_PERSON = 3

const isTalkedOver = (state: CallState, { departure }: ToolRequest): boolean =>
  state.phase === 'live' &&
  state.callerSpeaking &&
  !state.bargeInPending &&
  departure !== undefined &&
  mayCancelLeaving(startLeaving(state, departure))

const follow = (
  state: CallState,
  { request, heard = [] }: ToolSettled,
  dueBefore: CallState['replyDue'],
  turns: number,
): Step => {
  const { departure, lastWords = 'once', consultation, listening } = request ?? {}
  if (listening) return keepListening(state, listening, turns)
  if (consultation) return announce(startConsultation(state, consultation), dueBefore)
  // What is stored now is told, whatever was said before it.
  if (departure && state.phase === 'leaving' && lastWords === 'afterwards' && state.goodbye !== 'gone')
    return [{ ...state, goodbye: 'due', replyDue: 'now' }, []]
  if (!departure || (state.phase !== 'live' && state.phase !== 'joining')) return [state, []]
  if (lastWords === 'none' && state.machine.action !== 'leaveMessage') return leaveSilently(state, departure, heard)
  // Keys need no words at all.
  if (departure.kind === 'keys') return leaveAfterLastWords(state, departure)
  if (lastWords === 'none' || (lastWords === 'once' && isTalkingToMachine(state)))
    return leaveRecording(state, departure)
  const mayBeSaid = lastWords === 'once' && state.called === 'tools' && !state.failureUntold
  if (mayBeSaid && state.replyActive && !state.cut) {
    const [leaving, effects] = leaveAfterLastWords(state, departure)
    return [{ ...leaving, goodbye: 'perhaps', replyDue: 'no' }, effects]
  }
  return mayBeSaid && hasSaidGoodbye(state)
    ? finishLastWords(leaveAfterLastWords(state, departure))
    : leaveAfterLastWords(state, departure)
}

/** What is being said is the message, and all that is said. */
const leaveRecording = (state: CallState, departure: Departure): Step => {
  if (!state.replyActive || state.cut) return finishLastWords(leaveAfterLastWords(state, departure))
  const [leaving, effects] = leaveAfterLastWords(state, departure)
  return [{ ...leaving, goodbye: 'speaking', goodbyesMissed: MAX_GOODBYES_MISSED, replyDue: 'no' }, effects]
}

/** Whoever is told that a person is being rung as they are being rung is not told again. */
const announce = ([state, effects]: Step, dueBefore: CallState['replyDue']): Step => {
  if (state.called !== 'tools') return [state, effects]
  if (state.replyActive && !state.cut) return [{ ...state, announcing: true, replyDue: dueBefore }, effects]
  return [hasSaidGoodbye(state) ? { ...state, replyDue: dueBefore } : state, effects]
}

/**
 * Of a goodbye that has been said: what has failed meanwhile must still be told, and what is only told `afterwards`; what
 * else has worked need not be.
 */
const settleGoodbye = (state: CallState, afterwards: boolean): Step => {
  if (state.phase !== 'leaving') return [state, []]
  const { goodbye } = state
  if (goodbye === 'due' && state.toolsRunning.length === 0 && !isTalkingToMachine(state))
    return [state, [{ type: 'timer.start', timer: 'departure' }]]
  if (goodbye !== 'playing' && goodbye !== 'perhaps' && !(goodbye === 'speaking' && afterwards)) return [state, []]
  if (!afterwards && !hasUntoldFailure(state)) return [{ ...state, replyDue: 'no' }, [{ type: 'playout.awaitEnd' }]]
  return askForGoodbye(state)
}

/** The connection that called the tool may have been replaced: the present one is told what was done. */
const tellResult = (state: CallState, known: boolean, toolCallId: string, output: string): Step => {
  if (known && state.model === 'configured')
    return [state, [{ type: 'model.send', command: { type: 'toolOutput', toolCallId, output } }]]
  const text = `An action begun before the connection was lost has ended: ${output} Tell the caller what came of it.`
  if (state.model === 'configured' && (state.phase === 'live' || state.phase === 'leaving'))
    return [state, [note(text)]]
  return [{ ...state, notes: [...state.notes, text] }, []]
}
