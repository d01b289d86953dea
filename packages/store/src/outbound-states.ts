/** States of an outbound call; `unknown`: the carrier may or may not have placed it. The last three are final. */
export const outboundStates = [
  'queued',
  'warming',
  'dialling',
  'ringing',
  'answered',
  'unknown',
  'ended',
  'refused',
  'failed',
] as const

/** One of {@link outboundStates}. */
export type OutboundState = (typeof outboundStates)[number]

const finalStates = ['ended', 'refused', 'failed'] as const satisfies readonly OutboundState[]

/** A state that a call never leaves. */
export type FinalState = (typeof finalStates)[number]

/** The final states as an SQL list, written as in the partial index of unfinished calls. */
export const FINAL_STATES_SQL = `('${finalStates.join("', '")}')`

/** Whether a call never leaves this state. */
export const isFinalState = (state: OutboundState): state is FinalState =>
  (finalStates as readonly OutboundState[]).includes(state)

/** Whether the state is reported to the webhook: the call is over, or a person must find out. */
export const isWorthTelling = (state: OutboundState): boolean => isFinalState(state) || state === 'unknown'
