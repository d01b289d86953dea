import type {
  AnsweredBy,
  CallOrigin,
  CallPlan,
  CallRegistry,
  CallSession,
  Carrier,
  Clock,
  E164,
  LegStatus,
  Line,
} from '@llc-phone/core'
import type { ContactBook, DoNotCallList, OutboundCall, PlacingLedger, WaitingLedger } from '@llc-phone/store'
import type { DialingPolicy } from './policy.ts'
import type { SharedQueue } from './shared-queue.ts'

/** A request to call somebody. */
export interface DialRequest {
  readonly to: E164
  /** Keys to press once the number has answered. */
  readonly extension?: string
  /** A number of ours. */
  readonly from: E164
  readonly calleeName?: string
  /** The mode's name in the ledger. */
  readonly modeName: string
  /** Where in the settings the mode comes from, for the journal. */
  readonly origin?: CallOrigin
  readonly plan: CallPlan
  /** Hash of the whole request: the same `idempotencyKey` with another hash is a conflict. */
  readonly requestHash: string
  readonly idempotencyKey?: string
  /** How long it may wait to be placed (ms); as long as the policy says when absent. */
  readonly maxWaitMs?: number
  /** The request in the words of who asked, for `SharedDialing.keep`. */
  readonly asked?: unknown
}

/** What it takes to place calls together with other gateways. */
export interface SharedDialing {
  readonly queue: SharedQueue
  readonly ledger: WaitingLedger
  /** The name of this process among them. */
  readonly instance: string
  /** Whether another process can go on with a call that is ringing, when it is answered. */
  readonly adopts: boolean
  /** Whether this process places calls now, or only takes requests. */
  places(): boolean
  /** The request as a text that may be stored. */
  keep(request: DialRequest, callId: string): string
  /** The request that was kept; undefined when only another process may be able to read it, rejects when it cannot be placed any more. */
  restore(kept: string, callId: string): Promise<DialRequest | undefined>
}

/** What the carrier's status callback says. */
export interface StatusReport {
  readonly legId: string
  readonly status: LegStatus
  readonly answeredBy?: AnsweredBy
  /** Why it ended, in the network's terms: `SIP 404`. */
  readonly reason?: string
}

/** A fault for the log, without personal data. */
export interface DialerProblem {
  readonly callId?: string
  readonly message: string
  readonly cause?: unknown
}

export interface DialerOptions {
  readonly registry: Pick<CallRegistry, 'prepare' | 'room'>
  readonly ledger: PlacingLedger
  readonly doNotCall: Pick<DoNotCallList, 'find'>
  readonly contacts: Pick<ContactBook, 'find'>
  readonly carrier: Carrier
  /** Who carries the audio of the calls that the carrier places. */
  readonly line: Line
  /** Asked at every step, so that a change holds from the next call on. */
  policy(): DialingPolicy
  readonly clock: Clock
  /** How long a call waits for its model (ms); after that it is placed anyway, and the model connects when media starts. */
  readonly prewarmTimeoutMs: number
  /** Whether the model is warmed by a first, silent response. */
  readonly primes: boolean
  /** Calls wait in a queue of several gateways; absent: in this process, and none outlives it. */
  readonly shared?: SharedDialing
  /** Whether the callee of a call that another process has left is with somebody else, or on the way there: such a call goes on. */
  isWithSomebodyElse?(callId: string): Promise<boolean>
  /** Whether completed calls are reported to a webhook. */
  readonly webhook?: boolean
  /** Whether the number is one of the gateway's: calling it would make a loop. `from` needs no check. */
  isOurNumber?(number: E164): boolean
  /** Whether other calls have shown that no model is to be had: then queued calls wait, and nobody is rung. */
  modelIsOut?(): boolean
  /** From 0 to 1; for the jitter of waits. */
  random?(): number
  /** Must neither throw nor block. */
  onProblem?(problem: DialerProblem): void
}

/** Places calls: after checking the gates, at the carrier's pace, with a warm model, and no call twice. */
export interface Dialer {
  /**
   * Resolves when the call is placed or its state is unknown, and at once with state `queued` when it must wait for
   * another call to end, or for the model server to be back; never with state `refused` or `failed`. Rejects with `CallRefused` when a gate is closed, with
   * `queue_full`, `idempotency_conflict`, `draining`, `call_not_placed`, or with the model's error. With a shared queue every
   * call that is not refused at once is `queued`.
   */
  dial(request: DialRequest): Promise<OutboundCall>
  /**
   * Whether a call may be placed now, as far as it can be told without counting: rejects with `CallRefused`. What is counted
   * (frequency, spend) is decided when it is placed.
   */
  check(request: Pick<DialRequest, 'to' | 'from' | 'plan'>): Promise<void>
  /** Cancels a queued call. `false`: there is no such call, or its session must be hung up instead. */
  cancel(callId: string): Promise<boolean>
  /**
   * A session for a call that another process has placed and whose audio comes here; undefined when there is no such call.
   * Rejects when what was kept of it cannot be read. `resume` makes a session that goes on with a conversation; without it
   * nobody has talked yet.
   */
  adopt(callId: string, resume?: (request: DialRequest) => CallSession): Promise<CallSession | undefined>
  /** Takes a status callback of the carrier: in any order, repeated, also of unknown calls. */
  statusReported(callId: string, report: StatusReport): void
  /** The session has ended here because another process goes on with the call. */
  left(session: CallSession): void
  /** The session has ended. `modelUsd` is the model's cost in US dollars; while it is unknown, the reserve counts. */
  ended(session: CallSession, modelUsd?: number): void
  /** Ends the calls that an earlier process left unfinished. Resolves when each was looked at once. */
  start(): Promise<void>
  /** Takes no more calls, refuses the queued ones and cancels ringing ones. Resolves when done, after five seconds at most. */
  stop(): Promise<void>
  /** Calls in the queue; of a shared one, as it was some seconds ago. */
  readonly waiting: number
  /** How long the first of them has waited (ms). */
  readonly oldestMs: number
}
