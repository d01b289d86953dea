import type { BeginOutcome, OutboundBeginning, TakenCall } from '@llc-phone/store'

/**
 * Calls that wait for any of several gateways. Waiting calls outlive their process; a call is given to one process at a time,
 * and to another one when that process goes silent, unless it was dialled by then.
 */
export interface SharedQueue {
  /** Writes the request to the ledger and queues the call, both or neither. */
  put(request: OutboundBeginning): Promise<BeginOutcome>
  /** The call that has waited longest, now that of this process; `undefined`: none is due. Rejects when it must not dial. */
  take(): Promise<TakenCall | undefined>
  /** Lets a taken call wait again until then, with nothing reserved; no effect if another process has it by now. */
  postpone(call: TakenCall, until: Date): Promise<void>
  /** Takes the call out of the queue, because it was dialled or is over. */
  done(call: TakenCall): Promise<void>
  /** Takes the next moment at which the carrier may be asked, one of all processes together; says how long to wait for it (ms). */
  slotMs(perSecond: number): Promise<number>
  /** The time by the database's clock: those of machines differ. */
  date(): Date
  /** Tries until it has started, without end. */
  start(): Promise<void>
  /** Leaves what was taken to other processes. */
  stop(): Promise<void>
}
