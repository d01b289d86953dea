import type { OutboundLedger } from '@llc-phone/store'
import type { Metrics } from './metrics.ts'

/** The outbound ledger, with its outcomes counted and its writes awaited before the database closes. */
export interface WatchedLedger extends OutboundLedger {
  /** Resolves when what was being written has been, or has failed. */
  flush(): Promise<void>
}

/** Outcomes of calls that are told twice must count once; more calls than end within a callback's delay. */
const REMEMBERED = 1_000

/** Counts how outbound calls come out: every one passes here, whether it has had a session or not. */
export const watchLedger = (ledger: OutboundLedger, metrics: Pick<Metrics, 'outboundOver'>): WatchedLedger => {
  const pending = new Set<Promise<unknown>>()
  const counted = new Set<string>()

  const count = (callId: string, result: string, gate?: string): void => {
    if (counted.has(callId)) return
    counted.add(callId)
    if (counted.size > REMEMBERED) counted.delete(counted.values().next().value!)
    metrics.outboundOver(result, gate)
  }

  return {
    ...ledger,
    async change(callId, change) {
      const writing = ledger.change(callId, change)
      pending.add(writing)
      try {
        await writing
      } finally {
        pending.delete(writing)
      }
      const { state, disposition, gate } = change
      if (state === 'ended') count(callId, disposition ?? 'never_connected')
      else if (state === 'refused' || state === 'failed') count(callId, state, gate)
    },
    async flush() {
      await Promise.allSettled(pending)
    },
  }
}
