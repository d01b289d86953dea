import type { Fault } from '../../errors.ts'
import type { CallEffect, ReplyEnd } from '../events.ts'
import type { CallState, LeavingState, Step } from '../state.ts'
import { beginGreeting, endGreeting, isGreeting } from './greeting.ts'
import { finishLastWords, askForGoodbye, settleAnnouncement, WORDS_MS } from './goodbye.ts'
import { fallBack, handOver } from './leaving.ts'
import { noteCallerPresent } from './listening.ts'
import { askForReply, isCallersTurn, closeSpare, note, onModelLost } from './connecting.ts'
import { isScreened, hasUntoldFailure, needsGoodbye, endScreening, onScreeningAnswered } from './screening.ts'

/** Replies that may fail in a row after the first, before the model is given up. */
export const MAX_REPLY_RETRIES = 2
/** A server that asks for a longer pause than this before the next reply is given up. */
const MAX_PAUSE_MS = 10_000
/** After this many replies in a row with tool calls and no speech the model is told to speak. */
const SILENT_REPLIES_TOLD = 4
/** After this many it is given up. */
const MAX_SILENT_REPLIES = 8

/** Whether the shield is up: the caller's speech does not interrupt a greeting that has not been heard yet. */
export const isShielded = (state: CallState): boolean => isGreeting(state) && state.shield === 'full'

/** Whether the model answers turns without being asked. Behind the shield it does not, so that no reply overlaps the greeting. */
export const answersByItself = (state: CallState): boolean =>
  !state.asksEachTurn &&
  !(state.opening && state.shield === 'full' && state.greeting !== 'none' && state.greeting !== 'waiting')

export const onReplyStarted = (state: CallState): Step => {
  const started: CallState = {
    ...state,
    replyActive: true,
    cut: false,
    delivered: false,
    called: 'nothing',
    saidWithCallMs: 0,
    // A reply that we did not ask for may have begun before the model was told of the failure.
    failureUntold: state.failureUntold && state.replyDue === 'now',
  }
  // A reply to what the caller said during our goodbye: stop it, and let the goodbye play.
  if (state.goodbye === 'playing' || state.goodbye === 'gone') return [{ ...started, cut: true }, [stopUnheardReply]]
  // The caller is speaking: cancel this reply, and ask for it again when their turn is over.
  if (isCallersTurn(state) && !state.bargeInPending && !isShielded(state))
    return [{ ...started, cut: true, replyDue: 'now', turn: 'listening' }, dropUnheardReply]
  const speaking: CallState = { ...started, turn: 'speaking' }
  return [speaking.goodbye === 'due' ? { ...speaking, goodbye: 'speaking' } : speaking, []]
}

/** Stops a reply of which nothing has been sent to the caller. */
const stopUnheardReply: CallEffect = { type: 'model.send', command: { type: 'interrupt', heard: [], cause: 'gateway' } }

const dropUnheardReply: readonly CallEffect[] = [{ type: 'media.clear' }, stopUnheardReply]

/** The caller hears the model: resets the counters of what was tried to get there. */
export const onReplyAudible = (state: CallState): Step => {
  const [alone, effects] = closeSpare(state)
  const [met, more] = endScreening(alone)
  const heard: CallState = {
    ...noteCallerPresent(met),
    brokenOff: false,
    bridging: false,
    phrases: 0,
    delivered: false,
    silentReplies: 0,
    callsInTurn: 0,
    unansweredTurns: 0,
    ...(state.mediaAttached ? { modelAttempts: 0, restarted: false } : {}),
  }
  return [beginGreeting(heard), [...effects, ...more]]
}

export const onReplyEnded = (state: CallState, end: ReplyEnd): Step => {
  const { soundMs = 0 } = end
  const isWhole = end.outcome === 'completed' && !state.cut
  const ended = settleAnnouncement({
    ...onScreeningAnswered(state),
    replyActive: false,
    cut: false,
    delivered: false,
    saidWithCallMs: state.called === 'tools' && isWhole ? soundMs : 0,
  })
  if (ended.goodbye === 'perhaps' || ended.goodbye === 'speaking') return onGoodbyeEnded(ended, end)
  // An interruption by the caller brings its own reply; a reply that the server cancelled by itself has to be asked for again.
  const interrupted = end.outcome === 'cancelled' && state.callerSpeaking && answersByItself(state)
  if (state.cut || (interrupted && !state.bargeInPending)) {
    // The caller finished a turn behind the shield before this reply ended: it still needs an answer.
    const [settled, effects] = state.unanswered ? settleOpening(ended, []) : ([ended, []] as const)
    return askWhenFree(settled, effects)
  }
  if (isUnfinished(end)) return continueSentence(ended, end)
  if (!isAnswer(state, end)) return onReplyMissing(ended, end.retryAfterMs)
  // A reply without sound has neither told what was due nor greeted anybody.
  const hasToldNothing = !end.audible && (state.replyDue === 'inTurn' || (state.greeting === 'asked' && end.acted))
  // Keeping silent is a valid answer, unless something had to be said: a model that never says it is given up in the end.
  const isHeardOnly = isScreened(state) || (state.called === 'listening' && !hasToldNothing)
  const silentReplies = end.audible || isHeardOnly ? 0 : state.silentReplies + 1
  const answered: CallState = {
    ...ended,
    failedReplies: 0,
    continuing: false,
    silentReplies,
    unansweredTurns: isHeardOnly ? 0 : state.unansweredTurns,
    replyDue: hasToldNothing ? 'now' : state.replyDue === 'inTurn' ? 'no' : state.replyDue,
  }
  if (silentReplies >= MAX_SILENT_REPLIES)
    return giveModelUp(answered, 'The model kept calling tools without saying a word.')
  const greets = hasToldNothing && state.greeting === 'asked'
  const [settled, effects] = settleOpening(answered, [
    ...(greets ? [] : [{ type: 'playout.awaitEnd' } as const]),
    ...(silentReplies === SILENT_REPLIES_TOLD && state.model === 'configured' ? [note(SILENT)] : []),
  ])
  return askWhenFree(settled, effects)
}

/** The reply that asked to leave the call, or the goodbye that was requested, has ended. */
const onGoodbyeEnded = (state: LeavingState, { outcome, soundMs = 0 }: ReplyEnd): Step => {
  const isEnough = soundMs >= WORDS_MS && (outcome === 'completed' || outcome === 'cancelled')
  // A requested goodbye may be as short as "bye", unless the server cancelled it; to a recording it may be nothing at all.
  const isShort = outcome !== 'cancelled' && state.called !== 'listening' && (soundMs > 0 || !needsGoodbye(state))
  const isSaid = isEnough || (state.goodbye === 'speaking' && isShort)
  if (isSaid && !hasUntoldFailure(state)) return finishLastWords([{ ...state, saidWithCallMs: soundMs }, []])
  return askWhenFree(...askForGoodbye(state))
}

const SILENT = 'You have called several tools without a word. Say something to the caller before the next one.'

/** A reply answers if it had sound or called a tool. To a recorded voice, silence is an answer too. */
const isAnswer = (state: CallState, { outcome, audible, acted }: ReplyEnd): boolean =>
  outcome !== 'failed' &&
  (outcome === 'cancelled' ? audible : audible || acted || state.machineAnswered || isScreened(state))

const isUnfinished = ({ outcome, audible, unasked }: ReplyEnd): boolean =>
  audible && (outcome === 'incomplete' || outcome === 'failed' || unasked === true)

/** Has the model continue a sentence that broke off; once. */
const continueSentence = (state: CallState, { retryAfterMs }: ReplyEnd): Step => {
  if (state.continuing) return askWhenFree({ ...state, continuing: false }, [{ type: 'playout.awaitEnd' }])
  const continuing: CallState = { ...state, continuing: true }
  const told: CallEffect[] =
    state.model === 'configured'
      ? [note('Your last sentence was cut off. Finish it, without repeating what was said.')]
      : []
  if (retryAfterMs === undefined)
    return askWhenFree({ ...continuing, replyDue: 'now' }, [{ type: 'playout.awaitEnd' }, ...told])
  const [missing, effects] = onReplyMissing(continuing, retryAfterMs)
  return [missing, [...told, ...effects]]
}

/** A reply failed, was empty or never came: ask again after the pause the server wants, then give the model up. */
const onReplyMissing = (state: CallState, retryAfterMs?: number): Step => {
  // The caller is speaking again: their turn brings the next reply.
  if (state.callerSpeaking) return [{ ...state, replyDue: 'now', turn: 'listening' }, []]
  const failed: CallState = { ...state, failedReplies: state.failedReplies + 1, replyDue: 'no', turn: 'thinking' }
  if (failed.failedReplies > MAX_REPLY_RETRIES || (retryAfterMs ?? 0) > MAX_PAUSE_MS)
    return giveModelUp(failed, 'The model failed three replies in a row, or asked for too long a pause.')
  if (retryAfterMs === undefined) return [failed, [{ type: 'timer.start', timer: 'retryReply' }]]
  return [{ ...failed, pausing: true }, [{ type: 'timer.start', timer: 'retryReply', delayMs: retryAfterMs }]]
}

/** Gives the model up. With the caller on the line there is no time for another attempt with the same server. */
const giveModelUp = (state: CallState, why: string): Step => {
  const error: Fault = { code: 'model_lost', message: why }
  const [lost, effects] = onModelLost(state, error, !state.mediaAttached)
  return [lost, [{ type: 'report', error }, ...effects]]
}

export const onRetryReply = (state: CallState): Step =>
  askWhenFree({ ...state, pausing: false, replyDue: state.turn === 'thinking' ? 'now' : state.replyDue }, [])

/** The mode has no greeting for this call after all: the model is asked to greet in its own words. */
export const onGreetingMissing = (state: CallState): Step => {
  const error: Fault = {
    code: 'mode_failed',
    message: 'The mode has no greeting for this call: the model greets in its own words.',
  }
  const isAsked = state.greeting === 'asked' && state.model === 'configured'
  return [state, [{ type: 'report', error }, ...(isAsked ? askForReply : [])]]
}

/** Asks for one reply about everything that is due, as soon as nobody speaks, no reply is active and no tool runs. */
export const askWhenFree = (state: CallState, effects: readonly CallEffect[]): Step => {
  const free =
    (state.phase === 'live' || state.phase === 'leaving' || state.phase === 'ready') &&
    state.model === 'configured' &&
    !isCallersTurn(state) &&
    (!state.replyActive || state.cut) &&
    !state.pausing &&
    state.toolsRunning.length === 0
  if (state.replyDue !== 'now' || !free) return [state, effects]
  return [{ ...state, replyDue: 'no', turn: 'thinking' }, [...effects, ...askForReply]]
}

export const onPlayedOut = (state: CallState): Step => {
  // Wait for running tools: their results may have to be told.
  if (state.goodbye === 'playing') return state.toolsRunning.length > 0 ? [state, []] : handOver(state, [])
  const quiet: CallState = state.turn === 'speaking' && !state.replyActive ? { ...state, turn: 'listening' } : state
  const heard = endGreeting(quiet)
  // The model was given up while the caller listened to the recorded greeting.
  if (heard.phase === 'joining' && heard.model === 'closed' && heard.modelProblem?.retry === false)
    return fallBack(heard, heard.modelProblem.error, [])
  return settleOpening(heard, [])
}

/**
 * Ends the opening once the first reply is over and the greeting was heard. The change of settings waits until nobody
 * speaks: a session update in the middle of speech or of a reply could bring a second answer.
 */
export const settleOpening = (state: CallState, effects: readonly CallEffect[]): Step => {
  // Without a session there is nothing to change: the next one begins with the conversation settings.
  if (state.phase === 'joining' && state.greeting === 'heard') return [{ ...state, opening: false }, effects]
  const quiet = state.model === 'configured' && !state.replyActive && !state.callerSpeaking
  const opened = state.greeting === 'heard' || (state.greeting === 'none' && state.turn === 'speaking')
  if (!quiet || !opened || state.phase !== 'live') return [state, effects]
  const all: CallEffect[] = state.opening ? [...effects, { type: 'model.configureConversation' }] : [...effects]
  if (!state.unanswered) return [{ ...state, opening: false }, all]
  return askWhenFree({ ...state, opening: false, unanswered: false, replyDue: 'now' }, all)
}

/** The session keeps its opening settings: if the server does not answer turns by itself, we ask for each reply. */
export const onConfigureRefused = (state: CallState): Step =>
  state.opening || state.asksEachTurn
    ? [state, []]
    : [{ ...state, asksEachTurn: !answersByItself({ ...state, opening: true }) }, []]
