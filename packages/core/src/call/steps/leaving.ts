import type { Fault } from '../../errors.ts'
import { telephoneText } from '../../telephone/telephone.ts'
import { addRing, takeBackRing } from '../allowance.ts'
import { instructionOf, isAskedAgain, hasReachedConnectLimit } from '../instruction.ts'
import type { Departure, Disposition, TransferOutcome } from '../../departure.ts'
import type { CallEffect, CarrierQuestion } from '../events.ts'
import { startLeaving, commonFields, type AwayState, type CallState, type LeavingState, type Step } from '../state.ts'

/** A carrier follows an instruction within a second; when the caller has hung up it never does. */
export const LET_GO_MS = 5_000
/** The person is rung for 20 s; a caller who is still away after this is talking with them. */
const TRANSFER_KEPT_MS = 40_000
/** Longest recording and the greeting before it; after this the caller is taken to have hung up. */
const VOICEMAIL_KEPT_MS = 240_000
/** 32 keys of half a second each, and time to connect the audio again. */
const KEYS_KEPT_MS = 30_000

/** How often the caller's speech cancels leaving; the goodbye after that is final. */
export const MAX_LEAVINGS_CANCELLED = 1

const awayTimeoutMs = { transfer: TRANSFER_KEPT_MS, voicemail: VOICEMAIL_KEPT_MS, keys: KEYS_KEPT_MS }

/** Leaves the conversation once the next sentence was heard. Sending keys only waits for the present sentence to end. */
export const leaveAfterLastWords = (state: CallState, departure: Departure): Step<LeavingState> => {
  const silent = departure.kind === 'keys'
  return [
    startLeaving(state, departure, silent ? 'playing' : 'due'),
    [{ type: 'timer.start', timer: 'departure' }, ...(silent ? [{ type: 'playout.awaitEnd' } as const] : [])],
  ]
}

/** Extra time for last words that are still playing, so that they are not cut off. */
const HEARD_OUT_MS = 3_000

/** The departure timer has run out. */
export const onDeparture = (state: CallState): Step => {
  if (state.phase !== 'leaving') return [state, []]
  if (state.goodbye === 'gone') return end(state, dispositionOf(state.departure))
  if (state.goodbye === 'playing' && state.sounding)
    return [state, [{ type: 'timer.start', timer: 'departure', delayMs: HEARD_OUT_MS }]]
  return handOver(state, [])
}

/** Ends the caller's leg. */
export const hangUp: CallEffect = { type: 'line.follow', instruction: { kind: 'hangUp' } }

/** The last words were heard: tells the carrier what to do with the caller. */
export const handOver = (state: LeavingState, effects: readonly CallEffect[]): Step => [
  { ...state, goodbye: 'gone' },
  [
    ...effects,
    { type: 'line.follow', instruction: instructionOf(state) },
    { type: 'timer.start', timer: 'departure', delayMs: LET_GO_MS },
  ],
]

export const hasHandedOver = (state: CallState, kind: Departure['kind']): boolean =>
  state.goodbye === 'gone' && state.departure?.kind === kind

export const fallBack = (state: CallState, error: Fault, effects: readonly CallEffect[]): Step =>
  handOver(startLeaving(state, { kind: 'fallback', error }), [...effects, { type: 'tool.abortAll' }])

/** A carrier that asked connects the audio again, unless that was done too often. One that asks for a lost answer does not. */
const connectAgain = (state: CallState, asked: CarrierQuestion | undefined): Step => {
  const isConnecting = asked && state.phase !== 'leaving' && !isAskedAgain(state, asked.report)
  if (!isConnecting || !hasReachedConnectLimit(state)) return [state, []]
  const [ended, effects] = end(state, 'fallback')
  const message =
    'The audio of this call has ended too often and is not connected again; the caller goes to the fallback.'
  return [ended, [{ type: 'report', error: { code: 'media_silent', message } }, ...effects]]
}

export const onFollowed = (state: CallState, asked: CarrierQuestion | undefined): Step => {
  if (state.phase !== 'leaving' || state.goodbye !== 'gone') return connectAgain(state, asked)
  const { departure } = state
  const { kind } = departure
  const rung = kind === 'transfer' ? addRing(state.rung, telephoneText(departure)) : state.rung
  const { consultation, ...left } = commonFields(state)
  if (kind === 'hangUp') return end(state, 'assistant_hung_up')
  if (kind === 'fallback') return end(state, dispositionOf(departure))
  // The person waits in the conference, and the carrier joins the caller's leg: our part is over.
  if (kind === 'conference')
    return end({ ...left, phase: 'leaving', departure, goodbye: 'gone', goodbyesMissed: 0 }, 'transferred')
  return [
    { ...left, rung, phase: 'away', awayKind: kind, departure, turn: 'listening' },
    [
      { type: 'timer.stop', timer: 'departure' },
      { type: 'timer.start', timer: 'away', delayMs: awayTimeoutMs[kind] },
      // Stop ringing the person: the caller has gone elsewhere.
      ...(consultation
        ? [{ type: 'timer.stop', timer: 'consultation' } as const, { type: 'line.dropPerson' } as const]
        : []),
    ],
  ]
}

/** Why a person could not be reached, in words for the model. */
export const transferFailures: Readonly<Record<Exclude<TransferOutcome, 'bridged'>, string>> = {
  busy: 'the line is busy',
  no_answer: 'nobody answered',
  failed: 'the call could not be put through',
  declined: 'they cannot take the call now',
}

/** The caller comes back to the assistant; `why` is what the model is told. */
const comeBack = (state: AwayState, why: string): Step => {
  const { departure: _, ...rest } = state
  const notes = [...state.notes, `${why} The caller is back with you. Say so and offer what else you can do.`]
  return [{ ...rest, notes }, [{ type: 'timer.start', timer: 'away' }]]
}

export const onTransferEnded = (state: CallState, outcome: TransferOutcome): Step => {
  if (state.phase !== 'away' || state.awayKind !== 'transfer') return [state, []]
  if (outcome === 'bridged') return end(state, 'transferred')
  const { departure } = state
  const label = departure?.kind === 'transfer' ? departure.label : 'that person'
  const isNotRung = outcome === 'failed' && departure?.kind === 'transfer'
  const rung = isNotRung ? takeBackRing(state.rung, telephoneText(departure)) : state.rung
  return comeBack({ ...state, rung }, `The caller could not be connected with ${label}: ${transferFailures[outcome]}.`)
}

export const onVoicemailEnded = (state: CallState, recorded: boolean, lost: boolean): Step => {
  if (state.phase !== 'away' || state.awayKind !== 'voicemail') return [state, []]
  if (recorded) return end(state, 'voicemail')
  return comeBack(state, lost ? 'The recorded message could not be stored.' : 'Nothing was recorded.')
}

/** The carrier reports a recording a moment after the hang-up. */
const RECORDED_MS = 10_000

export const onCallEnded = (state: CallState, disposition: Disposition): Step => {
  if (state.phase === 'away' && state.awayKind === 'voicemail' && disposition === 'caller_hung_up')
    return [state, [{ type: 'timer.start', timer: 'away', delayMs: RECORDED_MS }]]
  return end(state, hasHandedOver(state, 'hangUp') ? 'assistant_hung_up' : disposition)
}

/** Ends of a conversation; with a machine, or without the screened person, there was none. */
const conversationEnds: ReadonlySet<Disposition> = new Set(['caller_hung_up', 'assistant_hung_up'])

export const end = (state: CallState, disposition: Disposition): Step => [
  {
    ...commonFields(state),
    ...(state.departure ? { departure: state.departure } : {}),
    phase: 'ended',
    mediaAttached: false,
    replyActive: false,
    model: 'closed',
    toolsRunning: [],
    toolsLeft: [],
    disposition:
      (state.machineAnswered || state.screening !== undefined) && conversationEnds.has(disposition)
        ? 'answering_machine'
        : disposition,
  },
  // Stop ringing the person: the caller is gone. Of a call that another process has, everything is left to that one.
  state.consultation && disposition !== 'cut_off'
    ? [{ type: 'line.dropPerson' }, { type: 'release' }]
    : [{ type: 'release' }],
]

/**
 * This process has to stop. A conversation is handed on to the fallback; what was agreed is carried out now; a caller who is
 * with somebody else, or on the way there, stays: the next process answers for them.
 */
export const onHandOnAsked = (state: CallState): Step => {
  if (state.phase === 'ended') return [state, []]
  if (state.phase === 'away') return end(state, 'drained')
  if (state.phase === 'leaving') return state.goodbye === 'gone' ? [state, []] : handOver(state, [])
  return fallBack(state, { code: 'draining', message: 'This process stops: its last calls are handed on.' }, [])
}

const dispositionOf = (departure: Departure | undefined): Disposition => {
  if (departure?.kind === 'hangUp') return 'assistant_hung_up'
  if (departure?.kind !== 'fallback') return 'caller_hung_up'
  return departure.error.code === 'draining' ? 'drained' : 'fallback'
}
