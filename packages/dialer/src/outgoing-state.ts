import type { AnsweredBy, Disposition, GatewayError, LegStatus, PlacingFailure } from '@llc-phone/core'
import type { OutboundChange } from '@llc-phone/store'
import type { StatusReport } from './dialer-types.ts'

/** How the session of a call ended. */
export interface SessionEnd {
  readonly disposition?: Disposition | undefined
  /** When audio started in both directions; absent when it never did. */
  readonly mediaSince?: Date | undefined
  readonly answeredBy?: AnsweredBy | undefined
  /** The leg that carried the audio. */
  readonly legId?: string | undefined
  /** The model's cost in US dollars, if known. */
  readonly modelUsd?: number | undefined
}

/** Phase of a call that this process places. A field that means something in one phase only exists there only. */
export type OutgoingState =
  /** The gates are checked; `hasTurn`: for the second time, after the call was queued. */
  | { readonly phase: 'checking'; readonly hasTurn: boolean }
  /** Queued for a turn. */
  | { readonly phase: 'waiting' }
  /** The ledger counts it towards the limits of the day and of the number. */
  | { readonly phase: 'reserving' }
  /** The model's connection is being warmed. */
  | { readonly phase: 'warming' }
  /** Last steps before the carrier is asked: wait for its pace, write `dialling` to the ledger, check the gates again. */
  | { readonly phase: 'approaching'; readonly attempt: number }
  /** The carrier was asked to place the call: from here on a leg may exist. */
  | { readonly phase: 'placing'; readonly attempt: number; readonly end?: SessionEnd }
  /** The carrier was busy: there is no leg, and it is asked again after a delay. */
  | { readonly phase: 'backingOff'; readonly attempt: number }
  /** The carrier's answer was lost: a leg may exist, and is searched for. */
  | { readonly phase: 'lookingUp'; readonly end?: SessionEnd }
  | PlacedState
  /** There is no leg; the session is being ended. */
  | { readonly phase: 'failing'; readonly error: GatewayError; readonly wasAsked: boolean }
  /** Final. `error`: why the call was not placed; `legId`: the leg it had. */
  | { readonly phase: 'over'; readonly error?: GatewayError; readonly legId?: string }

/** State of a call whose leg exists. */
export interface PlacedState {
  readonly phase: 'placed'
  readonly legId: string
  /** When it has rung for too long (ms of `clock.now()`). */
  readonly overdueAtMs: number
  /** Polling of the leg's status. `asking`: a request is under way; `off`: audio has started, no need to poll. */
  readonly watch: 'on' | 'asking' | 'off'
  readonly answeredAt?: Date
  readonly answeredBy?: AnsweredBy
  /** Why it ended, in the network's terms. */
  readonly reason?: string
  /** The carrier has said that the leg is over. */
  readonly isOverAtCarrier: boolean
}

/** When an event was seen, and since when there was audio, if there was any by then. */
interface Observation {
  readonly at: Date
  readonly mediaSince?: Date | undefined
}

/** Everything that can happen to a call. */
export type OutgoingEvent =
  | { readonly type: 'gatesOpen' }
  /** The queue has granted a turn; `waited`: time has passed since the gates were checked. */
  | { readonly type: 'turnGranted'; readonly waited: boolean }
  | { readonly type: 'reserved' }
  | { readonly type: 'warmed' }
  /** The ledger has recorded `dialling`. */
  | { readonly type: 'noted' }
  /** The call must not be placed: a gate is closed, or the queue, the ledger or the model refuses it. */
  | { readonly type: 'refused'; readonly error: GatewayError; readonly at: Date }
  | { readonly type: 'placed'; readonly legId: string }
  | {
      readonly type: 'placingFailed'
      readonly kind: PlacingFailure
      readonly error: GatewayError
      /** How long the call may still wait (ms). */
      readonly remainingMs: number
      /** From 0 to 1: spreads retries, so that calls do not ask the carrier again all at once. */
      readonly jitter: number
      readonly at: Date
    }
  /** No leg was found; the sentence is for a person. */
  | { readonly type: 'notFound'; readonly sentence: string }
  /** The session is bound to this leg; `report`: the status report that named it. */
  | ({
      readonly type: 'bound'
      readonly legId: string
      readonly overdueAtMs: number
      readonly report?: StatusReport
    } & Observation)
  /** The session is bound to `sessionLegId` and not to this leg. `exists`: the carrier's answer to our request named this leg. */
  | { readonly type: 'mismatched'; readonly legId: string; readonly sessionLegId?: string; readonly exists: boolean }
  /** The carrier's status callback. */
  | ({ readonly type: 'reported'; readonly report: StatusReport } & Observation)
  /** The carrier's answer about the leg's status; `undefined`: it knows no such leg. */
  | ({ readonly type: 'statusSeen'; readonly status: LegStatus | undefined } & Observation)
  | { readonly type: 'statusUnknown' } // it could not be asked
  /** A wait is over: for the carrier's pace, before a retry, or between two polls of the leg's status. */
  | ({ readonly type: 'timerFired'; readonly nowMs: number } & Observation)
  | { readonly type: 'sessionEnded'; readonly end: SessionEnd; readonly at: Date }
  /** It may be placed later, in time: by then a gate is open, or another process has it. `error`: if it cannot wait any more. */
  | { readonly type: 'postponed'; readonly until: Date; readonly error: GatewayError; readonly at: Date }
  /** Cancelled by request; possible until the model is warmed. */
  | { readonly type: 'cancelled'; readonly error: GatewayError; readonly at: Date }
  /** Another process goes on with the call. */
  | { readonly type: 'left' }
  /** The process stops; `error` is the answer for calls that are not placed any more. */
  | ({ readonly type: 'drained'; readonly error: GatewayError } & Observation)

/** What the performer does for a step. */
export type OutgoingEffect =
  | { readonly type: 'passGates' }
  | { readonly type: 'enterQueue' }
  | { readonly type: 'reserve' } // counts the call towards the limits
  | { readonly type: 'warm' } // opens the session
  | { readonly type: 'awaitPace' }
  | { readonly type: 'noteDialling' } // durable before the carrier is asked
  | { readonly type: 'place' }
  | { readonly type: 'lookUp' }
  /** Binds the session to the leg. `exists`: as in `mismatched`. */
  | { readonly type: 'bind'; readonly legId: string; readonly exists: boolean; readonly report?: StatusReport }
  | { readonly type: 'askStatus'; readonly legId: string }
  | { readonly type: 'timer'; readonly delayMs: number } // `timerFired`, unless the call is over by then
  | { readonly type: 'note'; readonly change: OutboundChange }
  /** Writes the call's end to the ledger; with `modelUsd` also its cost. */
  | { readonly type: 'noteEnd'; readonly change: OutboundChange; readonly modelUsd?: number | undefined }
  | { readonly type: 'endSession'; readonly disposition: Disposition } // no effect on one that is over
  | { readonly type: 'endLeg'; readonly legId: string } // no session serves it
  /** Frees the call's turn or its place in the queue. `unused`: the carrier was not asked. */
  | { readonly type: 'leaveQueue'; readonly unused: boolean; readonly error?: GatewayError }
  /** Lets the call wait in the shared queue again; this process is done with it. */
  | { readonly type: 'postpone'; readonly until: Date }
  /** A status report that came after the end. */
  | { readonly type: 'noteLate'; readonly report: StatusReport }
  | { readonly type: 'noteLateCost'; readonly modelUsd: number }
  | { readonly type: 'logProblem'; readonly problem: string }

/** What an event leads to. */
export type OutgoingStep = readonly [OutgoingState, readonly OutgoingEffect[]]

/** The first state of a call, with its effects. */
export const begun: OutgoingStep = [{ phase: 'checking', hasTurn: false }, [{ type: 'passGates' }]]
