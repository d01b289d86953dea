import type { Clock } from '@llc-phone/core'
import { isFinalState, type OutboundChange, type PlacingLedger } from '@llc-phone/store'
import type { DialerProblem, StatusReport } from './dialer-types.ts'
import { isKeptAlive } from './kept-alive.ts'
import { carrierUsd, dispositionOf } from './outcome.ts'
import { OTHER_LEG } from './outgoing-leg.ts'

export interface LateNewsOptions {
  readonly ledger: Pick<PlacingLedger, 'find' | 'change'>
  readonly clock: Clock
  carrierUsdPerMinute(): number
  /** Other processes look after the calls of one that died. */
  readonly isShared: boolean
  endLeg(callId: string, legId: string): Promise<void>
  problem(problem: DialerProblem): void
}

/** Handles reports about calls without a session here: ended, given up, or another process's. */
export const createLateNews = ({ ledger, clock, isShared, carrierUsdPerMinute, endLeg, problem }: LateNewsOptions) => {
  const noteReport = async (callId: string, { legId, status, answeredBy }: StatusReport): Promise<void> => {
    const known = await ledger.find(callId)
    if (!known || isFinalState(known.state)) return
    if (known.legId !== undefined && known.legId !== legId) return problem({ callId, message: OTHER_LEG })
    const facts: OutboundChange = {
      legId,
      ...(answeredBy ? { answeredBy } : {}),
      ...(status === 'answered' ? { answeredAt: clock.date() } : {}),
    }
    const disposition = dispositionOf(status, known.answeredAt !== undefined)
    if (disposition) return ledger.change(callId, { ...facts, state: 'ended', disposition, endedAt: clock.date() })
    await ledger.change(callId, facts)
    // The call may be live in another process: do not end it.
    if (known.state !== 'unknown' && (isShared || isKeptAlive(known, clock.date()))) return
    await endLeg(callId, legId)
  }

  const noteCost = async (callId: string, modelUsd: number): Promise<void> => {
    const known = await ledger.find(callId)
    if (!known || !isFinalState(known.state) || known.costUsd !== undefined) return
    const endedAt = known.endedAt ?? clock.date()
    await ledger.change(callId, { costUsd: modelUsd + carrierUsd(carrierUsdPerMinute(), known.answeredAt, endedAt) })
  }

  return {
    /** Notes a status report. Never rejects. */
    report: (callId: string, report: StatusReport): Promise<void> =>
      noteReport(callId, report).catch((cause: unknown) =>
        problem({ callId, message: 'A status callback could not be noted.', cause }),
      ),
    /**
     * Notes the model's cost (US dollars) and adds the carrier's, which is known only of ended calls. A cost is noted once.
     * Never rejects.
     */
    cost: (callId: string, modelUsd: number): Promise<void> =>
      noteCost(callId, modelUsd).catch((cause: unknown) =>
        problem({ callId, message: 'The cost of a call could not be noted.', cause }),
      ),
  }
}

export type LateNews = ReturnType<typeof createLateNews>
