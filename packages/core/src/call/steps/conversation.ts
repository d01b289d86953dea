import { GatewayError } from '../../errors.ts'
import type { CallEffect, CallEvent, CallState, Step } from '../state.ts'
import { consult } from './consultation.ts'
import { depart, leave } from './leaving.ts'
import { askForReply, onModelLost } from './model-leg.ts'

/** A server that has failed twice more is not going to answer this caller. */
const MAX_REPLY_RETRIES = 2

/** Whether the caller's speech must not stop the assistant: a greeting is only a greeting once it was heard. */
export const isShielded = (state: CallState): boolean => state.greeting === 'asked' && state.shield === 'full'

/** Behind the shield the model detects speech but does not answer it, so that no second voice joins the greeting. */
export const answersByItself = (state: CallState): boolean =>
  !(state.opening && state.shield === 'full' && state.greeting !== 'none' && state.greeting !== 'waiting')

export const onReplyStarted = (state: CallState): Step => {
  const started: CallState = { ...state, replyActive: true, turn: 'speaking' }
  // The caller answered our goodbye; the model need not answer that.
  if (state.goodbye === 'playing' || state.goodbye === 'gone')
    return [started, [{ type: 'model.send', command: { type: 'interrupt', heard: [], cause: 'gateway' } }]]
  return [
    state.goodbye === 'due' ? { ...started, goodbye: 'speaking' } : started,
    [{ type: 'timer.stop', timer: 'reply' }],
  ]
}

export const onReplyEnded = (state: CallState, outcome: 'completed' | 'cancelled' | 'failed' | 'incomplete'): Step => {
  // With tools under way the reply is not over yet; without, it is the one that was due.
  const replyDue = state.replyDue && state.toolsRunning.length > 0
  const ended: CallState = { ...state, replyActive: false, replyDue }
  if (state.goodbye === 'speaking') return [{ ...ended, goodbye: 'playing' }, [{ type: 'playout.awaitEnd' }]]
  if (outcome === 'failed') return replyMissing(ended)
  return settleOpening({ ...ended, failedReplies: 0 }, [{ type: 'playout.awaitEnd' }])
}

/** A reply failed or never came: ask again, then give up on this model. */
export const replyMissing = (state: CallState): Step => {
  const failed: CallState = { ...state, failedReplies: state.failedReplies + 1 }
  if (failed.failedReplies <= MAX_REPLY_RETRIES) return [failed, [{ type: 'timer.start', timer: 'retryReply' }]]
  const error = new GatewayError('model_lost', 'The model failed three replies in a row.')
  return onModelLost(failed, error, false)
}

export const onPlayedOut = (state: CallState): Step => {
  if (state.goodbye === 'playing') return depart(state, [])
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
  const all: CallEffect[] = [...effects]
  if (state.opening) all.push({ type: 'model.configureConversation' })
  if (state.unanswered) all.push(...askForReply)
  return [{ ...state, opening: false, unanswered: false }, all]
}

export const onToolSettled = (state: CallState, event: Extract<CallEvent, { type: 'toolSettled' }>): Step => {
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
  const { departure, consultation } = event.request ?? {}
  if (departure && !next.departure && (next.phase === 'live' || next.phase === 'joining')) {
    const [leaving, more] = leave(next, departure)
    next = leaving
    effects.push(...more)
  } else if (consultation) {
    const [consulting, more] = consult(next, consultation)
    next = consulting
    effects.push(...more)
  }
  if (!known || next.model !== 'configured' || toolsRunning.length > 0 || !next.replyDue) return [next, effects]
  return [{ ...next, replyDue: false, turn: 'thinking' }, [...effects, ...askForReply]]
}
