import { type CallChanges, type CallStep, type ResumePlan } from '@llc-phone/core'

/** A process of another machine without a sign for this long (ms) counts as dead; each gives one a second. */
export const STRAY_AFTER_MS = 5_000

/** What another process has left of a call, beside its story. */
export interface AbandonedCall {
  readonly callId: string
  /** How many processes have served it. */
  readonly epoch: number
  /** Time since the last sign of its process (ms). */
  readonly silentMs: number
  /** How long ago it was last taken over (ms); absent when it never was. */
  readonly adoptedAgoMs?: number
  /** How long the call has lasted (ms), whatever the clocks of the machines say. */
  readonly lastedMs: number
  /** How often in a row it was taken over within half a minute of the last time: the call may be what kills its processes. */
  readonly quickAdoptions: number
  /** Absent when it cannot be read: it is damaged, or another version has written it. */
  readonly plan?: ResumePlan
  /** Those that can be read. */
  readonly steps: readonly CallStep[]
}

/** A call whose process gives no sign of life, and whose carrier has not asked for it. */
export interface StrayCall {
  readonly callId: string
  readonly legId: string
  readonly epoch: number
  readonly dialled: string
  /** The process that served it. */
  readonly owner: string
  /** Time since its last sign (ms). */
  readonly silentMs: number
  /** Absent when it cannot be read. */
  readonly plan?: ResumePlan
}

/** The calls that go on now, as another process would need them. */
export interface LiveJournal {
  /**
   * Writes what calls of this process have noted, all of it in one transaction. Resolves to the ids of those that another
   * process has taken over: nothing is written of them.
   */
  write(changes: readonly CallChanges[], at: Date): Promise<readonly string[]>
  /**
   * The call of this leg or id, if another process has left it and what it left is new enough to go on with. On a database
   * of one machine `undefined` also while that process lives; on one of several machines the carrier's question shows that it
   * cannot reach that process.
   */
  abandoned(id: string, at: Date): Promise<AbandonedCall | undefined>
  /** Reads again what was left of a call that this process has taken over: its process may have written until then. */
  left(callId: string): Promise<Pick<AbandonedCall, 'plan' | 'steps'>>
  /** Takes the call over. `false`: another process was faster, or it was taken over too often. */
  adopt(call: Pick<AbandonedCall, 'callId' | 'epoch'>, at: Date): Promise<boolean>
  /** Notes that this process leaves the call to another one on purpose: the next adoption is not counted as a death. */
  release(callId: string): Promise<void>
  /**
   * Calls of other processes that can be gone on with and have given no sign for {@link STRAY_AFTER_MS}. Each is told to one process, and
   * again after some seconds. On a database of one machine there are none.
   */
  strays(limit: number, at: Date): Promise<readonly StrayCall[]>
  /** Closes a stray call whose leg has ended. `false`: another process has taken it over. */
  closeStray(call: Pick<StrayCall, 'callId' | 'epoch'>, endedAt: Date): Promise<boolean>
  /** How many processes have served a call of this process, this one included. */
  epochOf(callId: string): number
  /** Notes that a call of this process has its media socket. */
  mediaOpened(callId: string): Promise<void>
}
