import type { HeardPart } from '../../model.ts'
import type { CallEffect } from '../events.ts'
import { commonFields, type CallState, type Step } from '../state.ts'
import { endGreeting } from './greeting.ts'
import { end, LET_GO_MS } from './leaving.ts'
import { goLive, isModelDeferred, join, openModel } from './connecting.ts'
import { limitTimers } from './patience.ts'

/** The carrier closed the media stream in an orderly way: if it does nothing within this time, the caller has hung up. */
const GRACEFUL_AWAY_MS = 1_500

/** A carrier connects the media stream within a second or two of being told to. */
export const OFFERED_MS = 10_000

export const onMediaAttached = (state: CallState): Step => {
  const attached: CallState = { ...state, mediaAttached: true, connects: state.connects + 1 }
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
      const back: CallState =
        state.awayKind === 'reconnect' && !state.restarted
          ? {
              ...attached,
              notes: ['The line dropped and is back. Apologise in a few words and go on.', ...state.notes],
            }
          : attached
      return state.model === 'configured' ? goLive(back, effects) : join(back, effects)
    }
    case 'joining':
      // Another stream has replaced the first one: a recorded greeting begins again.
      return [attached.greeting === 'playing' ? { ...attached, greeting: 'recorded' } : attached, effects]
    case 'live':
    case 'leaving':
    case 'ended':
      return [attached, effects]
  }
}

/** The carrier was told where to connect the media stream: the timer that waits for it starts now. */
export const onStreamOffered = (state: CallState): Step => {
  if (state.phase === 'warming' || state.phase === 'ready') {
    const effects: CallEffect[] = state.mediaAttached ? [] : [{ type: 'timer.start', timer: 'unclaimed' }]
    return isModelDeferred(state) ? openModel(state, effects) : [state, effects]
  }
  return [state, state.phase === 'away' ? [{ type: 'timer.start', timer: 'away', delayMs: OFFERED_MS }] : []]
}

export const onMediaDetached = (state: CallState, graceful: boolean, heard: readonly HeardPart[]): Step => {
  const detached: CallState = { ...state, mediaAttached: false, callerSpeaking: false, turn: 'listening' }
  if (detached.phase === 'leaving') {
    if (detached.departure.kind === 'hangUp') return end(detached, 'assistant_hung_up')
    // The carrier follows its instruction; the departure timer covers a caller who has hung up.
    return [{ ...detached, goodbye: 'gone' }, [{ type: 'timer.start', timer: 'departure', delayMs: LET_GO_MS }]]
  }
  if (state.phase !== 'live' && state.phase !== 'joining') return [detached, []]
  const away: CallState = {
    ...commonFields(detached),
    phase: 'away',
    awayKind: 'reconnect',
    cut: state.replyActive,
    greeting: endGreeting(state).greeting,
  }
  const stop: CallEffect[] =
    state.model === 'configured' ? [{ type: 'media.clear' }, interrupt(heard, 'gateway')] : [{ type: 'media.clear' }]
  // The model hears nothing more, and would wait for the end of this turn.
  if (state.callerSpeaking) stop.push({ type: 'model.send', command: { type: 'endTurn' } })
  const wait: CallEffect = graceful
    ? { type: 'timer.start', timer: 'away', delayMs: GRACEFUL_AWAY_MS }
    : { type: 'timer.start', timer: 'away' }
  return [away, [...stop, wait]]
}

const interrupt = (heard: readonly HeardPart[], cause: 'speech' | 'gateway'): CallEffect => ({
  type: 'model.send',
  command: { type: 'interrupt', heard, cause },
})

/** Interrupts the assistant: drops its queued audio first, then corrects the model's conversation. */
export const silenceAssistant = (state: CallState, heard: readonly HeardPart[], cause: 'speech' | 'gateway'): Step => [
  {
    ...state,
    turn: 'listening',
    cut: state.replyActive,
    greeting: endGreeting(state).greeting,
  },
  state.replyActive || heard.length > 0
    ? [{ type: 'media.clear' }, ...(state.model === 'configured' ? [interrupt(heard, cause)] : [])]
    : [],
]
