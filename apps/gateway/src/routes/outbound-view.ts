import { maskNumber } from '@llc-phone/core'
import type { CallSummary, OutboundCall } from '@llc-phone/store'
import { maskNumbersIn } from '../watching/mask.ts'

const NOTHING = { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }

/** An outbound call of the ledger as operators see it: other people's numbers masked, times in ISO 8601. */
export const outboundView = (call: OutboundCall, reveal = false) => {
  const { state, to, from, mode, scenario, answeredBy, gate, problem, disposition, costUsd } = call
  return {
    state,
    to: reveal ? to : maskNumber(to),
    from,
    mode,
    scenario,
    requestedAt: call.requestedAt.toISOString(),
    dialledAt: call.dialledAt?.toISOString(),
    answeredAt: call.answeredAt?.toISOString(),
    endedAt: call.endedAt?.toISOString(),
    disposition,
    answeredBy,
    gate,
    until: call.until?.toISOString(),
    problem: problem === undefined || reveal ? problem : maskNumbersIn(problem),
    costUsd,
  }
}

/** The summary of an outbound call that never had a session, or has none yet. */
export const summaryOfOutbound = (call: OutboundCall): CallSummary => ({
  callId: call.callId,
  legId: call.legId ?? '',
  mode: call.mode,
  direction: 'outbound',
  caller: call.to,
  dialled: call.from,
  startedAt: call.requestedAt.toISOString(),
  ...(call.endedAt === undefined ? {} : { endedAt: call.endedAt.toISOString() }),
  ...(call.disposition === undefined ? {} : { disposition: call.disposition }),
  ...(call.costUsd === undefined ? {} : { costUsd: call.costUsd }),
  usage: { input: NOTHING, output: { text: 0, audio: 0 } },
})
