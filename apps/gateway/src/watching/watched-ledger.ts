import type { OutboundLedger } from '@llc-phone/store'
import type { Metrics } from './metrics.ts'

/** The outbound ledger, with its outcomes counted and its writes awaited before the database closes. */
export interface WatchedLedger extends OutboundLedger {
  /** Resolves when pending writes have succeeded or failed. */
  flush(): Promise<void>
}

/** Calls remembered, so that a repeated outcome counts once; more than end within a callback's delay. */
const REMEMBERED = 1_000

/** Counts the results of outbound calls: every one passes here, with a session or without. */
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
    async change(callId, change, epoch) {
      const writing = ledger.change(callId, change, epoch)
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
    queue: {
      ...ledger.queue,
      async refuseExpired() {
        const refused = await ledger.queue.refuseExpired()
        for (const callId of refused) count(callId, 'refused', 'queue_age')
        return refused
      },
    },
    async flush() {
      await Promise.allSettled(pending)
    },
  }
}
