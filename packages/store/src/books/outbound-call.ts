import type { OutboundState } from './outbound-states.ts'
import type { PageOfCalls } from './page.ts'
import type { AnsweredBy, Disposition, E164, Gate } from '@llc-phone/core'

/** What is known of an outbound call. What was asked for, beyond this, is not kept. */
export interface OutboundCall {
  readonly callId: string
  readonly to: E164
  readonly from: E164
  readonly mode: string
  readonly scenario: string
  readonly state: OutboundState
  readonly legId?: string
  readonly requestedAt: Date
  /** When its place was taken, moments before it was dialled. */
  readonly dialledAt?: Date
  readonly answeredAt?: Date
  readonly endedAt?: Date
  readonly disposition?: Disposition
  readonly answeredBy?: AnsweredBy
  /** Of a refused call: what stood in the way, and until when if time opens it. */
  readonly gate?: Gate
  readonly until?: Date
  /** Of a refused, failed or unknown call, in one sentence. */
  readonly problem?: string
  /** US dollars. */
  readonly costUsd?: number
  /** When the process that is about the call last said that it still is. */
  readonly seenAt?: Date
}

/** A wish to call somebody. */
export interface OutboundBeginning extends Pick<
  OutboundCall,
  'callId' | 'to' | 'from' | 'mode' | 'scenario' | 'requestedAt'
> {
  /** Tells one request body from another without keeping it. */
  readonly requestHash: string
  readonly idempotencyKey?: string
  /** Its end is to be told to somebody. */
  readonly webhook: boolean
}

/** What a request was found to be. */
export type BeginOutcome =
  | { readonly outcome: 'new' }
  | { readonly outcome: 'same'; readonly call: OutboundCall }
  | { readonly outcome: 'conflict' }

/** How much may be called. */
export interface ReserveLimits {
  readonly at: Date
  /** US dollars that the call counts for while its cost is not known. */
  readonly reserveUsd: number
  /** `undefined`: no limit. */
  readonly perDayUsd: number | undefined
  readonly dayStart: Date
  readonly dayEnd: Date
  /** At most so many calls (1 or more) to the number in so long. */
  readonly frequency: readonly { readonly calls: number; readonly withinMs: number }[]
}

/** Whether a call has its place. */
export type ReserveOutcome =
  | { readonly granted: true }
  | {
      readonly granted: false
      readonly gate: Extract<Gate, 'do_not_call' | 'in_progress' | 'frequency' | 'spend'>
      readonly until?: Date
    }

/** What may be noted of a call that has begun. */
export type OutboundChange = Partial<
  Pick<
    OutboundCall,
    | 'state'
    | 'legId'
    | 'answeredAt'
    | 'endedAt'
    | 'disposition'
    | 'answeredBy'
    | 'gate'
    | 'until'
    | 'problem'
    | 'costUsd'
  >
>

/** A finished call whose end is still to be told. */
export interface PendingCompletion extends OutboundCall {
  /** How often it was tried. */
  readonly attempts: number
  readonly nextAttemptAt: Date
}

/** Finished calls to be told of; an end and the wish to tell it are one row, written in one statement. */
export interface CompletionOutbox {
  /** What is due by `until` (default: now), the longest due first. */
  pendingCompletions(until?: Date): Promise<readonly PendingCompletion[]>
  /** What has become of the call since that was read is still to be told. */
  completionDelivered(told: Pick<PendingCompletion, 'callId' | 'nextAttemptAt'>): Promise<void>
  /** Counts the attempt; `null` gives up. What has become of the call since is still to be told. */
  completionFailed(told: Pick<PendingCompletion, 'callId' | 'nextAttemptAt'>, nextAttemptAt: Date | null): Promise<void>
}

/** A page of the ledger. */
export interface PageOfOutbound extends PageOfCalls {
  /** Only calls that the journal does not know: those that never had a session. */
  readonly notInJournal?: boolean
  /** Only these. */
  readonly only?: readonly string[]
}

/** Every outbound call that was asked for: what makes a restart, a repeated request and a cap safe. */
export interface OutboundLedger extends CompletionOutbox {
  /**
   * Notes a request before anything is done for it. A key that was used less than 24 hours before gives the earlier
   * call, or `conflict` when the request was another one; an older call loses its key.
   */
  begin(request: OutboundBeginning): Promise<BeginOutcome>
  /**
   * Counts what limits calls and takes the place in one transaction, so that calls at the same moment, even of two
   * processes, cannot both take the last one. Sets `dialledAt` and the state `warming`.
   *
   * Only one unfinished call to a number has a place. The frequency counts calls that were really placed, that is
   * neither refused nor failed. The spend is what calls dialled since `dayStart` have cost, and the reserve of those
   * whose cost is not known; a call gets its place while that is below `perDayUsd`, so one at most goes over.
   */
  reserve(callId: string, limits: ReserveLimits): Promise<ReserveOutcome>
  /**
   * Notes what has become of a call, in whatever order news come: a state never goes back, and a final one is never
   * left. Facts (CallSid, times, verdict, cost) are noted once, even after the end, when they were not known.
   */
  change(callId: string, change: OutboundChange): Promise<void>
  /** Says that this process is still about these calls, so that no other one ends them as left behind. */
  keepAlive(callIds: readonly string[], at: Date): Promise<void>
  find(callId: string): Promise<OutboundCall | undefined>
  findByLegId(legId: string): Promise<OutboundCall | undefined>
  /** What another process left, or this one has under way; the earliest first. */
  unfinished(): Promise<readonly OutboundCall[]>
  /** The latest first. */
  recent(limit: number, page?: PageOfOutbound): Promise<readonly OutboundCall[]>
}

/** What of the ledger it takes to place calls. */
export type PlacingLedger = Omit<OutboundLedger, keyof CompletionOutbox | 'recent'>
