import type { AnsweredBy, Disposition, GatewayError, LegStatus, PlacingFailure } from '@llc-phone/core'
import type { OutboundChange } from '@llc-phone/store'
import type { StatusReport } from './dialer-types.ts'

/** How the session of a call has ended. */
export interface SessionEnd {
  readonly disposition?: Disposition | undefined
  /** Since when we and the other side had heard each other; absent when that never was. */
  readonly mediaSince?: Date | undefined
  readonly answeredBy?: AnsweredBy | undefined
  /** Of the leg that its audio came from. */
  readonly legId?: string | undefined
  /** What the model took, in US dollars, if that is known. */
  readonly modelUsd?: number | undefined
}

/** Where a call is that this process is about. What means something only there is known only there. */
export type OutgoingState =
  /** The gates are looked at; `hasTurn`: once more, after it has waited for its turn. */
  | { readonly phase: 'checking'; readonly hasTurn: boolean }
  /** It stands in line. */
  | { readonly phase: 'waiting' }
  /** Its place among the calls of the day and of the number is being taken. */
  | { readonly phase: 'reserving' }
  /** Its model gets ready. */
  | { readonly phase: 'warming' }
  /** The carrier is about to be asked: its pace is kept, the step is written down, and the gates are looked at a last time. */
  | { readonly phase: 'approaching'; readonly attempt: number }
  /** The carrier was asked: from here on a leg may exist. */
  | { readonly phase: 'placing'; readonly attempt: number; readonly end?: SessionEnd }
  /** The carrier was busy, nothing exists, and it is asked again in a while. */
  | { readonly phase: 'backingOff'; readonly attempt: number }
  /** The carrier's answer was lost: a leg may exist, and is looked for. */
  | { readonly phase: 'lookingUp'; readonly end?: SessionEnd }
  | PlacedState
  /** There is no leg, and its session is being ended. */
  | { readonly phase: 'failing'; readonly error: GatewayError; readonly wasAsked: boolean }
  /** Nothing more is done for it. `error`: why it was not placed; `legId`: the leg that it had. */
  | { readonly phase: 'over'; readonly error?: GatewayError; readonly legId?: string }

/** Its leg exists. */
export interface PlacedState {
  readonly phase: 'placed'
  readonly legId: string
  /** When it has rung for too long (ms on the clock that never goes back). */
  readonly overdueAtMs: number
  /** `asking`: the carrier is being asked how the leg is; `off`: there is audio, and nobody needs to ask. */
  readonly watch: 'on' | 'asking' | 'off'
  readonly answeredAt?: Date
  readonly answeredBy?: AnsweredBy
  /** What the network has said about the end. */
  readonly reason?: string
  /** The carrier has said that the leg is over. */
  readonly isOverAtCarrier: boolean
}

/** When something was learnt of a call, and whether there had been audio by then. */
interface Learnt {
  readonly at: Date
  readonly mediaSince?: Date | undefined
}

/** Everything that can happen to a call. */
export type OutgoingEvent =
  | { readonly type: 'gatesOpen' }
  /** It is its turn; `waited`: time has passed since the gates were looked at. */
  | { readonly type: 'turnGranted'; readonly waited: boolean }
  | { readonly type: 'reserved' }
  | { readonly type: 'warmed' }
  /** It is written down that the carrier is about to be asked. */
  | { readonly type: 'noted' }
  /** A gate is closed, the line or the ledger refuses, or the model does not want the call: it must not be placed. */
  | { readonly type: 'refused'; readonly error: GatewayError; readonly at: Date }
  | { readonly type: 'placed'; readonly legId: string }
  | {
      readonly type: 'placingFailed'
      readonly kind: PlacingFailure
      readonly error: GatewayError
      /** How long the call may still wait (ms). */
      readonly remainingMs: number
      /** From 0 to 1: carriers are not asked again by everybody at the same time. */
      readonly jitter: number
      readonly at: Date
    }
  /** Nothing was found; the sentence is for a person. */
  | { readonly type: 'notFound'; readonly sentence: string }
  /** The session has this leg; `report`: what the carrier has told of it along with its id. */
  | ({
      readonly type: 'bound'
      readonly legId: string
      readonly overdueAtMs: number
      readonly report?: StatusReport
    } & Learnt)
  /** The session has another leg than this one; `ours` if it has one. `exists`: it is the carrier's answer to our request. */
  | { readonly type: 'mismatched'; readonly legId: string; readonly ours?: string; readonly exists: boolean }
  /** The carrier's status callback. */
  | ({ readonly type: 'reported'; readonly report: StatusReport } & Learnt)
  /** What the carrier says when it is asked about the leg; `undefined`: it knows none. */
  | ({ readonly type: 'statusSeen'; readonly status: LegStatus | undefined } & Learnt)
  | { readonly type: 'statusUnknown' } // it could not be asked
  /** What was waited for is over: the carrier's pace, a pause, or the time between two looks at a leg. */
  | ({ readonly type: 'timerFired'; readonly nowMs: number } & Learnt)
  | { readonly type: 'sessionEnded'; readonly end: SessionEnd; readonly at: Date }
  /** Taken back, which is possible before its model was asked for. */
  | { readonly type: 'cancelled'; readonly error: GatewayError; readonly at: Date }
  /** The process stops; `error` is what calls are told that are not placed any more. */
  | ({ readonly type: 'drained'; readonly error: GatewayError } & Learnt)

/** What is done about it. */
export type OutgoingEffect =
  | { readonly type: 'passGates' }
  | { readonly type: 'enterLine' }
  | { readonly type: 'reserve' } // counts what limits calls, and takes the place
  | { readonly type: 'warm' } // opens the session
  | { readonly type: 'awaitPace' }
  | { readonly type: 'noteDialling' } // durable before the carrier is asked
  | { readonly type: 'place' }
  | { readonly type: 'lookUp' }
  /** Tells the session which leg it has. `exists`: as in `mismatched`. */
  | { readonly type: 'bind'; readonly legId: string; readonly exists: boolean; readonly report?: StatusReport }
  | { readonly type: 'askStatus'; readonly legId: string }
  | { readonly type: 'timer'; readonly delayMs: number } // `timerFired`, unless the call is over by then
  | { readonly type: 'note'; readonly change: OutboundChange }
  /** The end of the call, for the ledger; with `modelUsd` its cost is noted, too. */
  | { readonly type: 'noteEnd'; readonly change: OutboundChange; readonly modelUsd?: number | undefined }
  | { readonly type: 'endSession'; readonly disposition: Disposition } // no effect on one that is over
  | { readonly type: 'endLeg'; readonly legId: string } // nobody serves it
  /** Makes room for the next call. `unused`: the carrier was not asked. */
  | { readonly type: 'leaveLine'; readonly unused: boolean; readonly error?: GatewayError }
  /** News of a call that is over. */
  | { readonly type: 'noteLate'; readonly report: StatusReport }
  | { readonly type: 'noteLateCost'; readonly modelUsd: number }
  | { readonly type: 'tell'; readonly problem: string } // for the log

/** What an event leads to. */
export type OutgoingStep = readonly [OutgoingState, readonly OutgoingEffect[]]

/** How a call begins, and what is done about that. */
export const begun: OutgoingStep = [{ phase: 'checking', hasTurn: false }, [{ type: 'passGates' }]]
