import type { GatewayError } from '../../errors.ts'
import type { CallEffect, CallState, Departure, Disposition, Step, TransferOutcome } from '../state.ts'

/** Twilio asks what comes next within a second of the socket's end; a caller who is gone never does. */
export const LET_GO_MS = 5_000
/** The person is rung for 20 s; a call that is still away after this is talking to them. */
const TRANSFER_KEPT_MS = 40_000
/** The last words are over: let Twilio take the caller where they are going. */
export const depart = (state: CallState, effects: readonly CallEffect[]): Step => [
  { ...state, goodbye: 'gone' },
  [
    ...effects,
    state.departure?.kind === 'hangUp' ? { type: 'control.hangUp' } : { type: 'media.close' },
    { type: 'timer.start', timer: 'departure', delayMs: LET_GO_MS },
  ],
]

export const hasLetGo = (state: CallState, kind: Departure['kind']): boolean =>
  state.goodbye === 'gone' && state.departure?.kind === kind

export const fallBack = (state: CallState, error: GatewayError, effects: readonly CallEffect[]): Step =>
  depart({ ...state, phase: 'leaving', departure: { kind: 'fallback', error } }, [
    ...effects,
    { type: 'tool.abortAll' },
  ])

export const onLetGo = (state: CallState): Step => {
  if (state.goodbye !== 'gone' || !state.departure) return [state, []]
  if (state.departure.kind === 'hangUp') return end(state, 'assistant_hung_up')
  if (state.departure.kind === 'fallback') return end(state, 'fallback')
  const { goodbye: _, ...rest } = state
  return [
    { ...rest, phase: 'away', awayKind: 'transfer', turn: 'listening' },
    [
      { type: 'timer.stop', timer: 'departure' },
      { type: 'timer.start', timer: 'away', delayMs: TRANSFER_KEPT_MS },
    ],
  ]
}

export const onTransferEnded = (state: CallState, outcome: TransferOutcome): Step => {
  if (state.phase !== 'away' || state.awayKind !== 'transfer') return [state, []]
  if (outcome === 'bridged') return end(state, 'transferred')
  const label = state.departure?.kind === 'transfer' ? state.departure.label : 'that person'
  const why = { busy: 'the line is busy', no_answer: 'nobody answered', failed: 'the call could not be put through' }
  const { departure: _, ...rest } = state
  return [
    {
      ...rest,
      notes: [
        ...state.notes,
        `The caller could not be connected with ${label}: ${why[outcome]}. The caller is back with you. Say so and offer what else you can do.`,
      ],
    },
    [{ type: 'timer.start', timer: 'away' }],
  ]
}

export const end = (state: CallState, disposition: Disposition): Step => [
  {
    ...state,
    phase: 'ended',
    mediaAttached: false,
    replyActive: false,
    model: 'closed',
    toolsRunning: [],
    disposition,
  },
  [{ type: 'release' }],
]

export const dispositionOf = (departure: Departure | undefined): Disposition => {
  if (departure?.kind === 'hangUp') return 'assistant_hung_up'
  return departure?.kind === 'fallback' ? 'fallback' : 'caller_hung_up'
}
