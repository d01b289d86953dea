import type { Departure, ToolRequest } from '../../departure.ts'
import type { CallEvent } from '../events.ts'
import { startLeaving, type CallState, type Step } from '../state.ts'
import { floodsWithCalls, onCallsFlooded } from './flood.ts'
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
import { isTalkingToMachine, isScreened, hasUntoldFailure } from './screening.ts'

type ToolCalled = Extract<CallEvent, { type: 'toolCalled' }>
type ToolSettled = Extract<CallEvent, { type: 'toolSettled' }>

export const onToolCalled = (state: CallState, event: ToolCalled): Step => {
  const { type: _, toolCallId, name, argumentsJson, ...manner } = event
  const counted: CallState = { ...state, callsInTurn: state.callsInTurn + 1 }
  if (floodsWithCalls(counted)) return onCallsFlooded(counted)
  const present = manner.listens ? counted : noteCallerPresent(counted)
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
  // A second request to leave is refused silently: the caller need not hear of it.
  const failed = event.failed || (refusal !== undefined && refusal !== ALREADY_LEAVING)
  const settled: CallState = {
    ...state,
    toolsRunning: state.toolsRunning.filter((tool) => tool.toolCallId !== toolCallId),
    toolsLeft: state.toolsLeft.filter((id) => id !== toolCallId),
    failureUntold: state.failureUntold || (failed && event.spoken),
    replyDue: event.spoken ? 'now' : state.replyDue,
  }
  const isOpen = running !== undefined || state.toolsLeft.includes(toolCallId)
  const [told, effects] = isOpen
    ? tellResult(settled, toolCallId, output, event.spoken || failed)
    : ([settled, []] as const)
  const [asked, more] = refusal
    ? ([told, []] as const)
    : performRequest(told, event, state.replyDue, running?.turns ?? 0)
  const [left, last] = settleGoodbye(asked, !refusal && request?.lastWords === 'afterwards')
  return askWhenFree(left, [...effects, ...more, ...last])
}

/** Why a tool's request cannot be granted now; becomes the tool's result in place of its own. */
const refusalOf = (state: CallState, request: ToolRequest | undefined): string | undefined => {
  if (request?.consultation) {
    if (state.consultation) return `${state.consultation.label} is being rung already. Wait for their answer first.`
    if (state.phase !== 'live') return 'Nobody can be rung at the moment.'
  }
  if (!request?.departure) return undefined
  if (state.departure) return isSameDeparture(state.departure, request.departure) ? undefined : ALREADY_LEAVING
  if (
    request.lastWords === 'none' &&
    !isTalkingToMachine(state) &&
    !isScreened(state) &&
    state.callerTurns - state.recordedTurns >= TURNS_OF_A_PERSON
  )
    return 'Somebody is talking with you: end the call with a goodbye.'
  // The caller is in the middle of a sentence: hear it first.
  if (request.lastWords === 'once' && hasCallerBegunToSpeak(state, request))
    return 'The caller has begun to speak. Answer them; if they only agree or say goodbye, call the tool again.'
  return undefined
}

const ALREADY_LEAVING = 'The conversation is being left already.'

/** Models often call the same tool again, for example along with the goodbye. That is no conflict. */
const isSameDeparture = (one: Departure, other: Departure): boolean =>
  one.kind === other.kind &&
  one.kind !== 'keys' &&
  ('route' in one ? one.route : '') === ('route' in other ? other.route : '')

/** A recording does not answer questions: after this many turns the other party is taken for a person. */
const TURNS_OF_A_PERSON = 3

const hasCallerBegunToSpeak = (state: CallState, { departure }: ToolRequest): boolean =>
  state.phase === 'live' &&
  state.callerSpeaking &&
  !state.bargeInPending &&
  departure !== undefined &&
  mayCancelLeaving(startLeaving(state, departure))

const performRequest = (
  state: CallState,
  { request, heard = [] }: ToolSettled,
  dueBefore: CallState['replyDue'],
  turns: number,
): Step => {
  const { departure, lastWords = 'once', consultation, listening } = request ?? {}
  if (listening) return keepListening(state, listening, turns)
  if (consultation) return announceRinging(startConsultation(state, consultation), dueBefore)
  // A result that must be told `afterwards` is told, whatever was said before.
  if (departure && state.phase === 'leaving' && lastWords === 'afterwards' && state.goodbye !== 'gone')
    return [{ ...state, goodbye: 'due', replyDue: 'now' }, []]
  if (!departure || (state.phase !== 'live' && state.phase !== 'joining')) return [state, []]
  if (lastWords === 'none' && state.machine.action !== 'leaveMessage') return leaveSilently(state, departure, heard)
  // Sending keys needs no last words.
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

/** Leaves a recording: the reply being spoken is the message, and nothing is said after it. */
const leaveRecording = (state: CallState, departure: Departure): Step => {
  if (!state.replyActive || state.cut) return finishLastWords(leaveAfterLastWords(state, departure))
  const [leaving, effects] = leaveAfterLastWords(state, departure)
  return [{ ...leaving, goodbye: 'speaking', goodbyesMissed: MAX_GOODBYES_MISSED, replyDue: 'no' }, effects]
}

/** Asks for the announcement that a person is being rung, unless the reply that called the tool has said it. */
const announceRinging = ([state, effects]: Step, dueBefore: CallState['replyDue']): Step => {
  if (state.called !== 'tools') return [state, effects]
  if (state.replyActive && !state.cut) return [{ ...state, announcing: true, replyDue: dueBefore }, effects]
  return [hasSaidGoodbye(state) ? { ...state, replyDue: dueBefore } : state, effects]
}

/**
 * A tool has ended while the call is being left. A failure, and a result that is told `afterwards`, need one more
 * sentence; another success does not.
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

const ENDED =
  'An action begun before the connection was lost has ended, and its result is there. Tell the caller what came of it.'

/** Tells the model the tool's output. The next connection finds it in its history, and has to be told to speak of it. */
const tellResult = (state: CallState, toolCallId: string, output: string, mustBeTold: boolean): Step => {
  if (state.model === 'configured')
    return [state, [{ type: 'model.send', command: { type: 'toolOutput', toolCallId, output } }]]
  const isNoted = mustBeTold && !state.notes.includes(ENDED)
  return [
    isNoted ? { ...state, notes: [...state.notes, ENDED] } : state,
    [{ type: 'tool.keepOutput', toolCallId, output }],
  ]
}
