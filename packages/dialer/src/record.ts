import { retried, type Clock } from '@llc-phone/core'
import type { OutboundChange, PlacingLedger } from '@llc-phone/store'
import type { DialerProblem } from './dialer-types.ts'

/** A database that is locked or full for a moment; longer, and the next process has to find out what has become of it. */
const RETRY_AFTER_MS = [250, 1_000, 4_000, 15_000]

/** Writes what becomes of one call, in order. */
export const createRecord = (
  callId: string,
  ledger: Pick<PlacingLedger, 'change'>,
  clock: Clock,
  onProblem: (problem: DialerProblem) => void,
) => {
  let last: Promise<unknown> = Promise.resolve()

  const write = (change: OutboundChange): Promise<void> =>
    retried(clock, RETRY_AFTER_MS, () => ledger.change(callId, change)).catch((cause: unknown) =>
      onProblem({ callId, message: 'What has become of an outbound call could not be noted.', cause }),
    )

  return {
    /** Resolves when all that was noted is written. */
    settled: (): Promise<unknown> => last,
    /** Notes it after what came before; tries again, and never rejects. */
    note(change: OutboundChange): Promise<void> {
      const written = last.then(() => write(change))
      last = written
      return written
    },
    /** Notes it before anything else is done; rejects when it cannot be. */
    require(change: OutboundChange): Promise<void> {
      const written = last.then(() => ledger.change(callId, change))
      last = written.catch(() => {})
      return written
    },
  }
}

export type CallRecord = ReturnType<typeof createRecord>
