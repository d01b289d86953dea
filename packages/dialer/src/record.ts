import { GatewayError, retried, type Clock } from '@llc-phone/core'
import type { OutboundChange, PlacingLedger } from '@llc-phone/store'
import type { DialerProblem } from './dialer-types.ts'

/** Retry delays for a locked or full database; if it lasts longer, the next process has to look the call up. */
const RETRY_AFTER_MS = [250, 1_000, 4_000, 15_000]

/** Writes the changes of one call to the ledger, in order. */
export const createRecord = (
  callId: string,
  ledger: Pick<PlacingLedger, 'change' | 'noteDialling'>,
  clock: Clock,
  onProblem: (problem: DialerProblem) => void,
  /** Of a call from a shared queue: nothing is written once another process has taken it. */
  epoch?: number,
) => {
  let last: Promise<unknown> = Promise.resolve()

  const write = (change: OutboundChange): Promise<void> =>
    retried(clock, RETRY_AFTER_MS, () => ledger.change(callId, change, epoch)).catch((cause: unknown) =>
      onProblem({ callId, message: 'The state of an outbound call could not be written.', cause }),
    )

  return {
    /** Resolves when all changes are written. */
    settled: (): Promise<unknown> => last,
    /** Writes the change after earlier ones; retries, and never rejects. */
    note(change: OutboundChange): Promise<void> {
      const written = last.then(() => write(change))
      last = written
      return written
    },
    /** Writes that the carrier will be asked, after earlier changes; rejects when it must not be. */
    dialling(): Promise<void> {
      const written = last.then(async () => {
        if (!(await ledger.noteDialling(callId, epoch)))
          throw new GatewayError('call_not_placed', 'The call is over, or another gateway has it now.')
      })
      last = written.catch(() => {})
      return written
    },
  }
}

export type CallRecord = ReturnType<typeof createRecord>
