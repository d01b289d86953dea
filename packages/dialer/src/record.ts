import { retried, type Clock } from '@llc-phone/core'
import type { OutboundChange, PlacingLedger } from '@llc-phone/store'
import type { DialerProblem } from './dialer-types.ts'

/** Retry delays for a locked or full database; if it lasts longer, the next process has to look the call up. */
const RETRY_AFTER_MS = [250, 1_000, 4_000, 15_000]

/** Writes the changes of one call to the ledger, in order. */
export const createRecord = (
  callId: string,
  ledger: Pick<PlacingLedger, 'change'>,
  clock: Clock,
  onProblem: (problem: DialerProblem) => void,
) => {
  let last: Promise<unknown> = Promise.resolve()

  const write = (change: OutboundChange): Promise<void> =>
    retried(clock, RETRY_AFTER_MS, () => ledger.change(callId, change)).catch((cause: unknown) =>
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
    /** Writes the change once, after earlier ones; rejects when it fails, so that the next step can depend on it. */
    require(change: OutboundChange): Promise<void> {
      const written = last.then(() => ledger.change(callId, change))
      last = written.catch(() => {})
      return written
    },
  }
}

export type CallRecord = ReturnType<typeof createRecord>
