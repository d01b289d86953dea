import type { Fault } from '../../errors.ts'
import { telephoneText } from '../../telephone/telephone.ts'
import { addRing, takeBackRing } from '../allowance.ts'
import { instructionOf, isAskedAgain, isWornOut } from '../instruction.ts'
import type { Departure, Disposition, TransferOutcome } from '../../departure.ts'
import type { Asked, CallEffect } from '../events.ts'
import { leavingBy, throughout, type AwayState, type CallState, type LeavingState, type Step } from '../state.ts'

/** A carrier goes on within a second of being let go; with a caller who is gone it never does. */
export const LET_GO_MS = 5_000
/** The person is rung for 20 s; a call that is still away after this is talking to them. */
const TRANSFER_KEPT_MS = 40_000
/** Recording time and the greeting before it; after this the caller is taken to be gone. */
const VOICEMAIL_KEPT_MS = 240_000
/** Tones take half a second each. */
const KEYS_KEPT_MS = 30_000

/** How often the caller's words take a leaving back; the next goodbye is the last. */
export const MAX_TAKEN_BACK = 1

const keptMs = { transfer: TRANSFER_KEPT_MS, voicemail: VOICEMAIL_KEPT_MS, keys: KEYS_KEPT_MS }

/** Leaves the conversation once the next sentence was heard; keys need no sentence, only that the last one is over. */
export const leave = (state: CallState, departure: Departure): Step<LeavingState> => {
  const silent = departure.kind === 'keys'
  return [
    leavingBy(state, departure, silent ? 'playing' : 'due'),
    [{ type: 'timer.start', timer: 'departure' }, ...(silent ? [{ type: 'playout.awaitEnd' } as const] : [])],
  ]
}

/** What is being heard was sent long ago: it ends by itself, and is not cut off. */
const HEARD_OUT_MS = 3_000

/** The time for the last words is over. */
export const onDeparture = (state: CallState): Step => {
  if (state.phase !== 'leaving') return [state, []]
  if (state.goodbye === 'gone') return end(state, dispositionOf(state.departure))
  if (state.goodbye === 'playing' && state.sounding)
    return [state, [{ type: 'timer.start', timer: 'departure', delayMs: HEARD_OUT_MS }]]
  return depart(state, [])
}

/** Ends the caller's leg. */
export const hangUp: CallEffect = { type: 'line.follow', instruction: { kind: 'hangUp' } }

/** The last words are over: let the carrier take the caller where they are going. */
export const depart = (state: LeavingState, effects: readonly CallEffect[]): Step => [
  { ...state, goodbye: 'gone' },
  [
    ...effects,
    { type: 'line.follow', instruction: instructionOf(state) },
    { type: 'timer.start', timer: 'departure', delayMs: LET_GO_MS },
  ],
]

export const hasLetGo = (state: CallState, kind: Departure['kind']): boolean =>
  state.goodbye === 'gone' && state.departure?.kind === kind

export const fallBack = (state: CallState, error: Fault, effects: readonly CallEffect[]): Step =>
  depart(leavingBy(state, { kind: 'fallback', error }), [...effects, { type: 'tool.abortAll' }])

/** The carrier that has asked connects the audio again, unless it has ended too often; one whose answer was lost is elsewhere. */
const connectAgain = (state: CallState, asked: Asked | undefined): Step => {
  const isConnecting = asked && state.phase !== 'leaving' && !isAskedAgain(state, asked.report)
  if (!isConnecting || !isWornOut(state)) return [state, []]
  const [ended, effects] = end(state, 'fallback')
  const message = 'The audio of this call keeps ending; the caller is handed on.'
  return [ended, [{ type: 'report', error: { code: 'media_silent', message } }, ...effects]]
}

export const onFollowed = (state: CallState, asked: Asked | undefined): Step => {
  if (state.phase !== 'leaving' || state.goodbye !== 'gone') return connectAgain(state, asked)
  const { departure } = state
  const { kind } = departure
  const rung = kind === 'transfer' ? addRing(state.rung, telephoneText(departure)) : state.rung
  const { consultation, ...left } = throughout(state)
  if (kind === 'hangUp') return end(state, 'assistant_hung_up')
  if (kind === 'fallback') return end(state, 'fallback')
  // The person who accepted is waiting in the room: the leg is theirs now.
  if (kind === 'conference')
    return end({ ...left, phase: 'leaving', departure, goodbye: 'gone', goodbyesMissed: 0 }, 'transferred')
  return [
    { ...left, rung, phase: 'away', awayKind: kind, departure, turn: 'listening' },
    [
      { type: 'timer.stop', timer: 'departure' },
      { type: 'timer.start', timer: 'away', delayMs: keptMs[kind] },
      // Nobody must answer a caller who has gone elsewhere.
      ...(consultation
        ? [{ type: 'timer.stop', timer: 'consultation' } as const, { type: 'line.dropPerson' } as const]
        : []),
    ],
  ]
}

/** Why a person could not be reached, as the model is told. */
export const unreached: Readonly<Record<Exclude<TransferOutcome, 'bridged'>, string>> = {
  busy: 'the line is busy',
  no_answer: 'nobody answered',
  failed: 'the call could not be put through',
  declined: 'they cannot take the call now',
}

/** The caller comes back to the assistant, who is told why. */
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
  return comeBack({ ...state, rung }, `The caller could not be connected with ${label}: ${unreached[outcome]}.`)
}

export const onVoicemailEnded = (state: CallState, recorded: boolean, lost: boolean): Step => {
  if (state.phase !== 'away' || state.awayKind !== 'voicemail') return [state, []]
  if (recorded) return end(state, 'voicemail')
  return comeBack(state, lost ? 'The recorded message could not be stored.' : 'Nothing was recorded.')
}

/** What was recorded before the caller hung up is reported a moment after the hang-up. */
const RECORDED_MS = 10_000

export const onCallEnded = (state: CallState, disposition: Disposition): Step => {
  if (state.phase === 'away' && state.awayKind === 'voicemail' && disposition === 'caller_hung_up')
    return [state, [{ type: 'timer.start', timer: 'away', delayMs: RECORDED_MS }]]
  return end(state, hasLetGo(state, 'hangUp') ? 'assistant_hung_up' : disposition)
}

/** Ends of a talk; where a machine has answered, or has let nobody come, there was none. */
const talks: ReadonlySet<Disposition> = new Set(['caller_hung_up', 'assistant_hung_up'])

export const end = (state: CallState, disposition: Disposition): Step => [
  {
    ...throughout(state),
    ...(state.departure ? { departure: state.departure } : {}),
    phase: 'ended',
    mediaAttached: false,
    replyActive: false,
    model: 'closed',
    toolsRunning: [],
    toolsLeft: [],
    disposition:
      (state.machineAnswered || state.screening !== undefined) && talks.has(disposition)
        ? 'answering_machine'
        : disposition,
  },
  // Nobody must answer a call whose caller is gone.
  state.consultation ? [{ type: 'line.dropPerson' }, { type: 'release' }] : [{ type: 'release' }],
]

const dispositionOf = (departure: Departure | undefined): Disposition => {
  if (departure?.kind === 'hangUp') return 'assistant_hung_up'
  return departure?.kind === 'fallback' ? 'fallback' : 'caller_hung_up'
}
