import type { Fault } from '../errors.ts'
import type { HeardPart } from '../model.ts'
import type { CallEvent, TimerName } from './events.ts'
import type { CallState, Step } from './state.ts'
import { onReopened } from './steps/restarted.ts'
import { onMediaAttached, onMediaDetached, onStreamOffered } from './steps/media.ts'
import { onDigitPressed, submitDigits } from './steps/keys.ts'
import { onBargeInConfirmed, onCallerQuiet, onSpeechMissed, onSpeechStarted, onSpeechStopped } from './steps/speech.ts'
import { beginGreeting, onGreetingFound, playGreeting } from './steps/greeting.ts'
import {
  onConfigureRefused,
  onGreetingMissing,
  onPlayedOut,
  onReplyAudible,
  onReplyEnded,
  onReplyStarted,
  onRetryReply,
} from './steps/conversation.ts'
import { onAnsweredBy } from './steps/answered-by.ts'
import { onPersonAccepted, onPersonGone } from './steps/consultation.ts'
import {
  end,
  onCallEnded,
  onDeparture,
  hangUp,
  onHandOnAsked,
  onFollowed,
  onTransferEnded,
  onVoicemailEnded,
} from './steps/leaving.ts'
import {
  closeSpare,
  onModelConfigured,
  onModelLost,
  onOpened,
  onSpareLost,
  onSpareReady,
  openModel,
} from './steps/connecting.ts'
import { onAudioAhead, onModelFlooded } from './steps/flood.ts'
import { onDeadAir, onOwed, findOwed, playPhrase, watchOwed } from './steps/owed.ts'
import { onLimit, onLimitWarning, onOpener, onSilence, watchLimit, watchSilence } from './steps/patience.ts'
import { onNoteGiven, onTransferAsked } from './steps/operator.ts'
import { onScreening } from './steps/screening.ts'
import { beginSession, noteTokens, onRefresh, onRefreshLate, watchRefresh } from './steps/refresh.ts'
import { onToolCalled, onToolSettled } from './steps/tools.ts'

/** Whether an event is ignored unless a model is configured: events of a connection that was given up may still arrive. */
const needsModel: Readonly<Record<CallEvent['type'], boolean>> = {
  opened: false,
  modelConfigured: false,
  greetingFound: false,
  modelReplaced: true,
  greetingMissing: true,
  modelLost: false,
  mediaAttached: false,
  mediaDetached: false,
  speechStarted: true,
  speechStopped: true,
  replyStarted: true,
  replyAudible: true,
  replyDelivered: true,
  audioAhead: true,
  replyEnded: true,
  configureRefused: true,
  reconfigured: true,
  spareReady: false,
  spareLost: false,
  soundStarted: false,
  soundEnded: false,
  playedOut: false,
  callerQuiet: false,
  speechMissed: false,
  streamOffered: false,
  toolCalled: true,
  toolSettled: false,
  digitPressed: false,
  bargeInConfirmed: false,
  transferEnded: false,
  voicemailEnded: false,
  answeredBy: false,
  personAccepted: false,
  personGone: false,
  followed: false,
  callEnded: false,
  handOnAsked: false,
  noteGiven: false,
  transferAsked: false,
  hangUpAsked: false,
  timerFired: false,
}

/** Decides what a call does about an event: pure, without sockets, clocks or audio. */
export const reduce = (state: CallState, event: CallEvent): Step => {
  if (state.phase === 'ended') return [state, []]
  // Events of a closed model connection may still arrive; ignore them.
  if (needsModel[event.type] && state.model !== 'configured') return [state, []]
  return watchRefresh(watchOwed(watchSilence(watchLimit(playGreeting(step(state, event))))))
}

const step = (state: CallState, event: CallEvent): Step => {
  switch (event.type) {
    case 'opened':
      return event.settings.resumes ? onReopened(state, event.settings.resumes) : onOpened(state)
    case 'modelConfigured': {
      if (state.model === 'closed') return [state, []]
      const [alone, effects] = closeSpare(state)
      const [configured, more] = onModelConfigured(alone, event.expiresInMs)
      return [configured, [...effects, ...more]]
    }
    case 'modelReplaced':
      return beginSession(state, event.expiresInMs)
    case 'spareReady':
      return onSpareReady(state, event.asked, findOwed(state) === 'reply')
    case 'spareLost':
      return onSpareLost(state)
    case 'configureRefused':
      return onConfigureRefused(state)
    case 'reconfigured':
      return [{ ...state, asksEachTurn: false }, []]
    case 'greetingFound':
      return onGreetingFound(state)
    case 'greetingMissing':
      return onGreetingMissing(state)
    case 'modelLost':
      return event.error.code === 'model_flooded'
        ? onModelFlooded(state, event.error)
        : onModelLost(state, event.error, event.retry)
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
    case 'replyAudible':
      return onReplyAudible(state)
    case 'replyDelivered':
      return [{ ...state, delivered: state.replyActive }, []]
    case 'audioAhead':
      return onAudioAhead(state, event.sent)
    case 'replyEnded':
      return onReplyEnded(noteTokens(state, event.inputTokens), event)
    case 'soundStarted':
      return [beginGreeting({ ...state, sounding: true }), []]
    case 'soundEnded':
      return [{ ...state, sounding: false, bridging: false }, []]
    case 'callerQuiet': {
      const [ended, effects] = onCallerQuiet(state)
      // The caller has waited long enough already: play a phrase at once.
      const [said, more] = findOwed(ended) ? playPhrase(ended) : ([ended, []] as const)
      return [said, [...effects, ...more]]
    }
    case 'speechMissed':
      return onSpeechMissed(state)
    case 'streamOffered':
      return onStreamOffered(state)
    case 'playedOut':
      return onPlayedOut(state)
    case 'toolCalled':
      return onToolCalled(state, event)
    case 'toolSettled':
      return onToolSettled(state, event)
    case 'digitPressed':
      return onDigitPressed(state, event.digit, event.heard)
    case 'transferEnded':
      return onTransferEnded(state, event.outcome)
    case 'voicemailEnded':
      return onVoicemailEnded(state, event.recorded, event.lost ?? false)
    case 'answeredBy':
      return onAnsweredBy(state, event.verdict, event.heard)
    case 'personAccepted':
      return onPersonAccepted(state, event.room)
    case 'personGone':
      return onPersonGone(state, event.outcome)
    case 'bargeInConfirmed':
      return onBargeInConfirmed(state, event.heard)
    case 'followed':
      return onFollowed(state, event.asked)
    case 'callEnded':
      return onCallEnded(state, event.disposition)
    case 'handOnAsked':
      return onHandOnAsked(state)
    case 'noteGiven':
      return onNoteGiven(state, event.text, event.saysIt)
    case 'transferAsked':
      return onTransferAsked(state, event)
    case 'hangUpAsked': {
      const [ended, effects] = end(state, event.by === 'operator' ? 'operator_hung_up' : 'drained')
      return [ended, [hangUp, ...effects]]
    }
    case 'timerFired':
      return onTimer(state, event.timer, event.heard ?? [])
  }
}

const onTimer = (state: CallState, timer: TimerName, heard: readonly HeardPart[]): Step => {
  switch (timer) {
    case 'model': {
      if (state.model !== 'opening') return [state, []]
      const error: Fault = { code: 'model_timeout', message: 'The model was not ready in time.' }
      const [lost, effects] = onModelLost(state, error, true)
      return [lost, [{ type: 'report', error }, ...effects]]
    }
    case 'reopen':
      return state.model === 'closed' ? openModel(state) : [state, []]
    case 'unclaimed':
      return state.mediaAttached || state.phase === 'away' ? [state, []] : end(state, 'never_connected')
    case 'away':
      if (state.phase !== 'away') return [state, []]
      // A failed transfer removes its departure; if it is still there, the caller is talking with the person.
      return end(state, state.awayKind === 'transfer' && state.departure ? 'transferred' : 'caller_hung_up')
    case 'departure':
      return onDeparture(state)
    case 'keypad':
      return submitDigits(state, [])
    case 'retryReply':
      return onRetryReply(state)
    case 'owed':
      return onOwed(state, heard)
    case 'deadAir':
      return onDeadAir(state)
    case 'consultation':
      return onPersonGone(state, 'no_answer')
    case 'opener':
      return onOpener(state)
    case 'screening':
      return onScreening(state)
    case 'refresh':
      return onRefresh(state)
    case 'refreshLate':
      return onRefreshLate(state)
    case 'silence':
      return onSilence(state)
    case 'limitWarning':
      return onLimitWarning(state)
    case 'limit':
      return onLimit(state)
  }
}
