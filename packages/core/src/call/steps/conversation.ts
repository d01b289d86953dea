import type { Fault } from '../../errors.ts'
import type { CallEffect, ReplyEnd } from '../events.ts'
import type { CallState, LeavingState, Step } from '../state.ts'
import { finishLastWords, askForGoodbye, settleAnnouncement, WORDS_MS } from './goodbye.ts'
import { handOver } from './leaving.ts'
import { noteCallerPresent } from './listening.ts'
import { askForReply, isCallersTurn, closeSpare, note, onModelLost } from './connecting.ts'
import { isScreened, hasUntoldFailure, needsGoodbye, endScreening, onScreeningAnswered } from './screening.ts'

/** A server that has failed twice more is not going to answer this caller. */
export const MAX_REPLY_RETRIES = 2
/** Longer than this nobody waits for a server that is short of capacity. */
const MAX_PAUSE_MS = 10_000
/** The model is told that it has called this many tools without a word, and given up a few later. */
const SILENT_REPLIES_TOLD = 4
const MAX_SILENT_REPLIES = 8

/** Whether the caller's speech must not stop the assistant: a greeting is only a greeting once it was heard. */
export const isShielded = (state: CallState): boolean => state.greeting === 'asked' && state.shield === 'full'

/** Behind the shield the model detects speech but does not answer it, so that no second voice joins the greeting. */
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
    // One that nobody has asked for yet has not read what came while it was on its way.
    failureUntold: state.failureUntold && state.replyDue === 'now',
  }
  // The caller answered our goodbye; the model need not answer that, and the goodbye is heard out.
  if (state.goodbye === 'playing' || state.goodbye === 'gone') return [{ ...started, cut: true }, [stop]]
  // Nobody talks over the caller: what was asked for is asked for again when their turn is over.
  if (isCallersTurn(state) && !state.bargeInPending && !isShielded(state))
    return [{ ...started, cut: true, replyDue: 'now', turn: 'listening' }, drop]
  const speaking: CallState = { ...started, turn: 'speaking' }
  return [speaking.goodbye === 'due' ? { ...speaking, goodbye: 'speaking' } : speaking, []]
}

/** Nothing of it has been sent to the caller. */
const stop: CallEffect = { type: 'model.send', command: { type: 'interrupt', heard: [], cause: 'gateway' } }

const drop: readonly CallEffect[] = [{ type: 'media.clear' }, stop]

/** The caller hears the greeting once it sounds on their line, or goes on behind a phrase that does. */
export const beginGreeting = (state: CallState): CallState =>
  state.greeting === 'asked' && state.sounding && !state.bridging ? { ...state, greetingBegun: true } : state

/** The caller hears the model: whatever was tried to get there has worked. */
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
    unansweredTurns: 0,
    ...(state.mediaAttached ? { modelAttempts: 0 } : {}),
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
  // Whoever interrupted it knows what comes next; a server that cancels by itself does not.
  const interrupted = end.outcome === 'cancelled' && state.callerSpeaking && answersByItself(state)
  if (state.cut || (interrupted && !state.bargeInPending)) {
    // A turn behind the shield that was over before this was.
    const [settled, effects] = state.unanswered ? settleOpening(ended, []) : ([ended, []] as const)
    return askWhenFree(settled, effects)
  }
  if (isUnfinished(end)) return continueSentence(ended, end)
  if (!isAnswer(state, end)) return onReplyMissing(ended, end.retryAfterMs)
  // An answer without a word has told nothing, and greeted nobody.
  const hasToldNothing = !end.audible && (state.replyDue === 'inTurn' || (state.greeting === 'asked' && end.acted))
  // Whoever is to speak does not only listen: one that does for ever is given up.
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

/** The reply that asked to leave, or the goodbye that was asked for, is over. */
const onGoodbyeEnded = (state: LeavingState, { outcome, soundMs = 0 }: ReplyEnd): Step => {
  const isEnough = soundMs >= WORDS_MS && (outcome === 'completed' || outcome === 'cancelled')
  // A goodbye that was asked for may be a mere "bye", unless the server has stopped it at its beginning; to a recording, nothing.
  const isShort = outcome !== 'cancelled' && state.called !== 'listening' && (soundMs > 0 || !needsGoodbye(state))
  const isSaid = isEnough || (state.goodbye === 'speaking' && isShort)
  if (isSaid && !hasUntoldFailure(state)) return finishLastWords([{ ...state, saidWithCallMs: soundMs }, []])
  return askWhenFree(...askForGoodbye(state))
}

const SILENT = 'You have called several tools without a word. Say something to the caller before the next one.'

/** Only what was heard or done is an answer. To a recorded voice, silence is one. */
const isAnswer = (state: CallState, { outcome, audible, acted }: ReplyEnd): boolean =>
  outcome !== 'failed' &&
  (outcome === 'cancelled' ? audible : audible || acted || state.machineAnswered || isScreened(state))

const isUnfinished = ({ outcome, audible, unasked }: ReplyEnd): boolean =>
  audible && (outcome === 'incomplete' || outcome === 'failed' || unasked === true)

/** A sentence that broke off is continued once. */
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

/** A reply failed, was empty or never came: ask again, when the server wants to be asked, then give up on this model. */
const onReplyMissing = (state: CallState, retryAfterMs?: number): Step => {
  // There is an answer under way to what the caller says now.
  if (state.callerSpeaking) return [{ ...state, replyDue: 'now', turn: 'listening' }, []]
  const failed: CallState = { ...state, failedReplies: state.failedReplies + 1, replyDue: 'no', turn: 'thinking' }
  if (failed.failedReplies > MAX_REPLY_RETRIES || (retryAfterMs ?? 0) > MAX_PAUSE_MS)
    return giveModelUp(failed, 'The model failed three replies in a row, or asked for too long a pause.')
  if (retryAfterMs === undefined) return [failed, [{ type: 'timer.start', timer: 'retryReply' }]]
  return [{ ...failed, pausing: true }, [{ type: 'timer.start', timer: 'retryReply', delayMs: retryAfterMs }]]
}

/** Once somebody is on the line there is no time for another try with the same server. */
const giveModelUp = (state: CallState, why: string): Step => {
  const error: Fault = { code: 'model_lost', message: why }
  const [lost, effects] = onModelLost(state, error, !state.mediaAttached)
  return [lost, [{ type: 'report', error }, ...effects]]
}

export const onRetryReply = (state: CallState): Step =>
  askWhenFree({ ...state, pausing: false, replyDue: state.turn === 'thinking' ? 'now' : state.replyDue }, [])

/** The mode has no greeting for this call after all: whoever waits for one is greeted in the model's own words. */
export const onGreetingMissing = (state: CallState): Step => {
  const error: Fault = {
    code: 'mode_failed',
    message: 'The mode has no greeting for this call: the model greets in its own words.',
  }
  const isAsked = state.greeting === 'asked' && state.model === 'configured'
  return [state, [{ type: 'report', error }, ...(isAsked ? askForReply : [])]]
}

/** One reply about everything that is due, in the first moment in which it does not talk over anybody. */
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
  // What still runs may have to be told of.
  if (state.goodbye === 'playing') return state.toolsRunning.length > 0 ? [state, []] : handOver(state, [])
  const quiet: CallState = state.turn === 'speaking' && !state.replyActive ? { ...state, turn: 'listening' } : state
  return settleOpening(quiet.greeting === 'asked' ? { ...quiet, greeting: 'heard' } : quiet, [])
}

/**
 * The opening is over once the first reply is done and the greeting was heard. The switch waits for a quiet moment:
 * an update in the middle of speech or of a reply could bring a second answer.
 */
export const settleOpening = (state: CallState, effects: readonly CallEffect[]): Step => {
  const quiet = state.model === 'configured' && !state.replyActive && !state.callerSpeaking
  const opened = state.greeting === 'heard' || (state.greeting === 'none' && state.turn === 'speaking')
  if (!quiet || !opened || state.phase !== 'live') return [state, effects]
  const all: CallEffect[] = state.opening ? [...effects, { type: 'model.configureConversation' }] : [...effects]
  if (!state.unanswered) return [{ ...state, opening: false }, all]
  return askWhenFree({ ...state, opening: false, unanswered: false, replyDue: 'now' }, all)
}

/** The session keeps its opening settings: who is not answered by the server is asked for by us. */
export const onConfigureRefused = (state: CallState): Step =>
  state.opening || state.asksEachTurn
    ? [state, []]
    : [{ ...state, asksEachTurn: !answersByItself({ ...state, opening: true }) }, []]
