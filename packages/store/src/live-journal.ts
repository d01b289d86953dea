import { type CallChanges, type CallStep, type ResumePlan } from '@llc-phone/core'

/** What a dead process has left of a call, beside its story. */
export interface AbandonedCall {
  readonly callId: string
  /** How many processes have served it. */
  readonly epoch: number
  /** Absent when it cannot be read: it is damaged, or another version has written it. */
  readonly plan?: ResumePlan
  /** Those that can be read. */
  readonly steps: readonly CallStep[]
}

/** The calls that go on now, as another process would need them. */
export interface LiveJournal {
  /**
   * Writes what calls of this process have noted, all of it in one transaction. Resolves to the ids of those that another
   * process has taken over: nothing is written of them.
   */
  write(changes: readonly CallChanges[], at: Date): Promise<readonly string[]>
  /**
   * The call of this leg, if its process is dead and what it left is new enough to go on with. `undefined` also while that
   * process lives.
   */
  abandoned(legId: string, at: Date): Promise<AbandonedCall | undefined>
  /** Takes the call over. `false`: another process was faster, or it was taken over too often. */
  adopt(call: Pick<AbandonedCall, 'callId' | 'epoch'>): Promise<boolean>
  /** How many processes have served a call of this process, this one included. */
  epochOf(callId: string): number
  /** Notes that a call of this process has its media socket. */
  mediaOpened(callId: string): Promise<void>
}
