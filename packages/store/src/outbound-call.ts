import type { OutboundState } from './outbound-states.ts'
import type { PageOfCalls } from './page.ts'
import type { AnsweredBy, Disposition, E164, Gate } from '@llc-phone/core'

/** What is kept of an outbound call; the rest of the request is not. */
export interface OutboundCall {
  readonly callId: string
  readonly to: E164
  readonly from: E164
  readonly mode: string
  readonly scenario: string
  readonly state: OutboundState
  readonly legId?: string
  readonly requestedAt: Date
  /** When it was reserved, moments before it was dialled. */
  readonly dialledAt?: Date
  readonly answeredAt?: Date
  readonly endedAt?: Date
  readonly disposition?: Disposition
  readonly answeredBy?: AnsweredBy
  /** Of a refused call: the closed gate, and when it opens if time opens it. */
  readonly gate?: Gate
  readonly until?: Date
  /** Of a refused, failed or unknown call, in one sentence. */
  readonly problem?: string
  /** US dollars. */
  readonly costUsd?: number
  /** When the process that serves the call last marked it as alive. */
  readonly seenAt?: Date
}

/** A new request for a call. */
export interface OutboundBeginning extends Pick<
  OutboundCall,
  'callId' | 'to' | 'from' | 'mode' | 'scenario' | 'requestedAt'
> {
  /** Tells one request body from another without keeping it. */
  readonly requestHash: string
  readonly idempotencyKey?: string
  /** Whether its end is reported to a webhook. */
  readonly webhook: boolean
  /** How long it may be dialled, from now on by the database's clock; only of a call that outlives its process while it waits. */
  readonly waitMs?: number
  /** The whole request, encrypted; forgotten when the call is over. */
  readonly plan?: string
}

/** Whether a request is new, a repetition, or conflicts with an earlier one of the same key. */
export type BeginOutcome =
  | { readonly outcome: 'new' }
  | { readonly outcome: 'same'; readonly call: OutboundCall }
  | { readonly outcome: 'conflict' }

/** The limits that a new call is checked against. */
export interface ReserveLimits {
  readonly at: Date
  /** US dollars that the call counts for while its cost is not known. */
  readonly reserveUsd: number
  /** `undefined`: no limit. */
  readonly perDayUsd: number | undefined
  readonly dayStart: Date
  readonly dayEnd: Date
  /** At most `calls` (1 or more) to the number within each period. */
  readonly frequency: readonly { readonly calls: number; readonly withinMs: number }[]
  /** Calls at the same moment, of all processes; absent: each process counts its own. */
  readonly maxConcurrent?: number
  /** The call is reserved only for who took it from the queue last, see `TakenCall`. */
  readonly epoch?: number
}

/** Whether a call was reserved; if not, the limit that refused it. */
export type ReserveOutcome =
  | { readonly granted: true }
  | {
      readonly granted: false
      readonly gate: Extract<Gate, 'do_not_call' | 'in_progress' | 'frequency' | 'spend'>
      readonly until?: Date
    }
  /** `maxConcurrent` calls are under way: its turn comes when one of them is over. */
  | { readonly granted: false; readonly gate: 'concurrency' }

/** The fields of a call that may change. */
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

/** A finished call whose end is not reported yet. */
export interface PendingCompletion extends OutboundCall {
  /** Failed attempts to report it. */
  readonly attempts: number
  readonly nextAttemptAt: Date
}

/** Finished calls to report. A call's end and its pending report are one row, written in one statement. */
export interface CompletionOutbox {
  /** What is due by `until` (default: now), the longest due first. */
  pendingCompletions(until?: Date): Promise<readonly PendingCompletion[]>
  /** As `MessageOutbox.claimDelivery`: until then the report is of this process, as one that is due at that time. */
  claimCompletion(told: Pick<PendingCompletion, 'callId' | 'nextAttemptAt'>, until: Date): Promise<boolean>
  /** Notes the report as delivered; a change of the call since it was read is reported separately. */
  completionDelivered(told: Pick<PendingCompletion, 'callId' | 'nextAttemptAt'>): Promise<void>
  /** Counts the attempt; `null` gives up. A change of the call since it was read is reported separately. */
  completionFailed(told: Pick<PendingCompletion, 'callId' | 'nextAttemptAt'>, nextAttemptAt: Date | null): Promise<void>
}

/** A page of the ledger; of its filter only number and outcome count. */
export interface PageOfOutbound extends PageOfCalls {
  /** Only calls that the journal does not know: those that never had a session. */
  readonly notInJournal?: boolean
  /** Only calls with these ids. */
  readonly only?: readonly string[]
  /** Only calls that were requested then or later. */
  readonly since?: Date | undefined
}

/** A waiting call, taken by one process to be placed. */
export interface TakenCall {
  readonly callId: string
  /** Counts who took it. What an earlier taker writes about it before it was dialled has no effect. */
  readonly epoch: number
  readonly plan: string | undefined
  /** How long it may still be dialled, by the database's clock (ms); zero or less: it is too late. */
  readonly remainingMs: number
}

/** A call that was dialled by another process, and goes on in this one. */
export interface AdoptedCall extends TakenCall {
  readonly plan: string
  readonly legId?: string
  readonly answeredAt?: Date
}

/** Calls that wait for any process. Times are the database's: the clocks of machines differ. */
export interface WaitingLedger {
  /**
   * Makes the call that of this process, unless it was dialled or is over. What an earlier taker has reserved for it is free
   * again.
   */
  take(callId: string, owner: string): Promise<TakenCall | undefined>
  /** Lets a taken call wait again, with nothing reserved. `false`: it was dialled, is over, or somebody else took it. */
  putBack(call: Pick<TakenCall, 'callId' | 'epoch'>): Promise<boolean>
  /** Ends a call that waits and that nobody has reserved; `false`: there is none. */
  takeBack(callId: string, sentence: string): Promise<boolean>
  /** Refuses waiting calls whose time is over. */
  refuseExpired(): Promise<readonly string[]>
  /**
   * Takes over calls that were dialled and whose process has gone silent: one process gets each. A call of unknown state is
   * given to nobody once it was looked up.
   */
  takeSilent(owner: string): Promise<readonly OutboundCall[]>
  /** Makes a call that was dialled that of this process, whose audio the carrier connects to it. Undefined: it is over, or nothing is kept of it. */
  adopt(callId: string, owner: string): Promise<AdoptedCall | undefined>
  /** Whether nobody else has taken the call since. */
  isStillOf(call: Pick<TakenCall, 'callId' | 'epoch'>): Promise<boolean>
  /** Like `OutboundLedger.keepAlive`, by the database's clock. */
  keepAlive(callIds: readonly string[]): Promise<void>
  /** How many calls wait, and for how long the first has (ms). */
  waiting(): Promise<{ readonly calls: number; readonly oldestMs: number }>
}

/** Every requested outbound call. Makes restarts, repeated requests and limits safe. */
export interface OutboundLedger extends CompletionOutbox {
  /**
   * Writes a request before anything is done for it. A key used less than 24 hours before returns the earlier call, or
   * `conflict` if the request differs; an older call loses its key.
   */
  begin(request: OutboundBeginning): Promise<BeginOutcome>
  /**
   * Checks the limits and reserves the call in one transaction, so that two calls at the same moment, even of two
   * processes, cannot both take the last reservation. Sets `dialledAt` and the state `warming`.
   *
   * Only one unfinished call to a number can be reserved. The frequency counts calls that were really placed, that is
   * neither refused nor failed. The spend is the cost of calls dialled since `dayStart`, and the reserve of those whose
   * cost is not known; a call is reserved while that is below `perDayUsd`, so one at most goes over.
   */
  reserve(callId: string, limits: ReserveLimits): Promise<ReserveOutcome>
  /**
   * Changes a call; reports may come in any order: a state never goes back, and a final one never changes. Facts (leg,
   * times, verdict, cost) are written once, even after the end, if they were not known.
   *
   * With `epoch` it has no effect if another process has taken the call since.
   */
  change(callId: string, change: OutboundChange, epoch?: number): Promise<void>
  /**
   * Notes that the carrier will be asked now. `false`: it must not be, since the call is over, another process has taken it,
   * or its time is over.
   */
  noteDialling(callId: string, epoch?: number): Promise<boolean>
  /** Marks these calls as served by a live process, so that no other one ends them as left behind. */
  keepAlive(callIds: readonly string[], at: Date): Promise<void>
  find(callId: string): Promise<OutboundCall | undefined>
  findByLegId(legId: string): Promise<OutboundCall | undefined>
  /** Unfinished calls, of this process and of others; the earliest first. */
  unfinished(): Promise<readonly OutboundCall[]>
  /** Calls that wait in a queue of several processes. */
  readonly queue: WaitingLedger
  /** The latest first. */
  recent(limit: number, page?: PageOfOutbound): Promise<readonly OutboundCall[]>
}

/** The part of the ledger that placing calls needs. */
export type PlacingLedger = Omit<OutboundLedger, keyof CompletionOutbox | 'recent' | 'queue'>
