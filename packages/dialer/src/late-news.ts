import type { Clock } from '@llc-phone/core'
import type { OutboundCall, OutboundChange, OutboundLedger } from '@llc-phone/store'
import { dispositionOf, isAnswered } from './carrier-status.ts'
import { carrierUsd } from './cost.ts'
import type { StatusReport } from './dialer-types.ts'
import { isKeptAlive } from './kept-alive.ts'

export interface LateNewsOptions {
  readonly ledger: Pick<OutboundLedger, 'find' | 'change'>
  readonly clock: Clock
  readonly carrierUsdPerMinute: number
  hangUp(callId: string, legId: string): Promise<void>
  /** The news names another call than the ledger knows. */
  mismatched(callId: string): void
}

const isFinal = ({ state }: OutboundCall): boolean => state === 'ended' || state === 'refused' || state === 'failed'

/** What is told about calls that no session of ours serves: that are over, were given up, or are another process's. */
export const createLateNews = ({ ledger, clock, carrierUsdPerMinute, hangUp, mismatched }: LateNewsOptions) => ({
  /** What the carrier says. */
  async report(callId: string, { legId, status, answeredBy }: StatusReport): Promise<void> {
    const known = await ledger.find(callId)
    if (!known || isFinal(known)) return
    if (known.legId !== undefined && known.legId !== legId) return mismatched(callId)
    const facts: OutboundChange = {
      legId,
      ...(answeredBy ? { answeredBy } : {}),
      ...(isAnswered(status) ? { answeredAt: clock.date() } : {}),
    }
    const disposition = dispositionOf(status, known.answeredAt !== undefined)
    if (disposition) return ledger.change(callId, { ...facts, state: 'ended', disposition, endedAt: clock.date() })
    await ledger.change(callId, facts)
    // Callbacks of a call that another process talks on may come to this one.
    if (known.state !== 'unknown' && isKeptAlive(known, clock.date())) return
    await hangUp(callId, legId)
  },
  /** What the model took (US dollars). The carrier's part is known of calls that are over only, and a cost is noted once. */
  async cost(callId: string, modelUsd: number): Promise<void> {
    const known = await ledger.find(callId)
    if (!known || !isFinal(known) || known.costUsd !== undefined) return
    const endedAt = known.endedAt ?? clock.date()
    await ledger.change(callId, { costUsd: modelUsd + carrierUsd(carrierUsdPerMinute, known.answeredAt, endedAt) })
  },
})
