import type {
  AnsweredBy,
  CallPlan,
  CallRegistry,
  CallSession,
  Carrier,
  Clock,
  E164,
  LegStatus,
  Line,
} from '@llc-phone/core'
import type { ContactBook, DoNotCallList, OutboundCall, PlacingLedger } from '@llc-phone/store'
import type { DialingPolicy } from './policy.ts'

/** A wish to call somebody. */
export interface DialRequest {
  readonly to: E164
  /** Keys that are pressed once the number has answered. */
  readonly extension?: string
  /** A number of ours. */
  readonly from: E164
  readonly callerName?: string
  /** What the ledger calls the mode. */
  readonly modeName: string
  readonly plan: CallPlan
  /** Of all that makes the request: the same key with another hash is a conflict. */
  readonly requestHash: string
  readonly idempotencyKey?: string
}

/** What the carrier's status callback says. */
export interface StatusReport {
  readonly legId: string
  readonly status: LegStatus
  readonly answeredBy?: AnsweredBy
  /** Why it ended, in the network's terms: `SIP 404`. */
  readonly reason?: string
}

/** Something that went wrong on the way, for the log; no personal data. */
export interface DialerProblem {
  readonly callId?: string
  readonly message: string
  readonly cause?: unknown
}

export interface DialerOptions {
  readonly registry: Pick<CallRegistry, 'prepare'>
  readonly ledger: PlacingLedger
  readonly doNotCall: Pick<DoNotCallList, 'find'>
  readonly contacts: Pick<ContactBook, 'find'>
  readonly carrier: Carrier
  /** Who carries the audio of the calls that the carrier places. */
  readonly line: Line
  readonly policy: DialingPolicy
  readonly clock: Clock
  /** How long a call waits for its model (ms); then it is placed all the same and connects when media comes. */
  readonly prewarmTimeoutMs: number
  /** Whether the model is warmed by a first, silent response. */
  readonly primes: boolean
  /** Completions of calls are to be sent to a webhook. */
  readonly webhook?: boolean
  /** Tells every number of ours: calling one makes a loop. The number a call comes from is known to be one. */
  isOurs?(number: E164): boolean
  /** From 0 to 1; for the jitter of waits. */
  random?(): number
  /** Must neither throw nor block. */
  onProblem?(problem: DialerProblem): void
}

/** Places calls: past the gates, at the carrier's pace, with the model warm, and never one call twice. */
export interface Dialer {
  /**
   * Answers when the call is placed or its fate is unknown, and at once with state `queued` when it must wait for
   * another call to end; what resolves is never refused or failed. Rejects with `CallRefused` when a gate is closed, with `queue_full`, `idempotency_conflict`, `draining`,
   * `call_not_placed`, or with the model's error.
   */
  dial(request: DialRequest): Promise<OutboundCall>
  /** Takes back a call that waits for its turn. `false`: there is no such call, or its session must be hung up instead. */
  cancel(callId: string): boolean
  /** The carrier's status callback: any order, any number of times, of calls known or not. */
  statusReported(callId: string, report: StatusReport): void
  /** The session is over; `modelUsd` is what the model took, in US dollars; unknown when absent, and then the reserve counts. */
  ended(session: CallSession, modelUsd?: number): void
  /** Puts an end to what an earlier process has left. Resolves when all of it was looked at once. */
  start(): Promise<void>
  /** Takes no more, refuses the queue, and cancels what is still ringing. Resolves when that is done, after five seconds at most. */
  stop(): Promise<void>
  /** Calls in the queue. */
  readonly waiting: number
}
