import type { Fault } from '../../errors.ts'
import type { HeardPart } from '../../model.ts'
import type { CallState, Step } from '../state.ts'
import { onModelLost } from './connecting.ts'

/** Most tool calls without a word from either side. More are a loop, in which each refusal only brings the next call. */
const MAX_CALLS_PER_TURN = 100

/** Whether the model calls tools without end. */
export const floodsWithCalls = ({ callsInTurn }: CallState): boolean => callsInTurn > MAX_CALLS_PER_TURN

/**
 * The model floods the call: its connection is replaced once, because a fresh one may behave; the second time the caller goes to
 * the fallback.
 */
export const onModelFlooded = (state: CallState, error: Fault): Step =>
  onModelLost({ ...state, floods: state.floods + 1 }, error, state.floods === 0)

export const onCallsFlooded = (state: CallState): Step => {
  const error: Fault = { code: 'model_flooded', message: 'The model calls tools without end.' }
  const [lost, effects] = onModelFlooded(state, error)
  return [lost, [{ type: 'report', error }, ...effects]]
}

/** A reply is longer than anybody listens to: what was sent is played, the model is told how far that goes, and stops. */
export const onAudioAhead = (state: CallState, sent: readonly HeardPart[]): Step => {
  if (!state.replyActive || state.cut) return [state, []]
  const error: Fault = { code: 'model_flooded', message: 'A reply was cut: it was longer than anybody listens to.' }
  return [
    { ...state, cut: true },
    [
      { type: 'report', error },
      { type: 'model.send', command: { type: 'interrupt', heard: sent, cause: 'gateway' } },
      { type: 'playout.awaitEnd' },
    ],
  ]
}
