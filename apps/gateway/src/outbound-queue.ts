import type { SharedDialing } from '@llc-phone/dialer'
import type { OutboundLedger } from '@llc-phone/store'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import type { Logger } from 'pino'
import { callRequest, createCallPlanner, type CallPlannerParts } from './call-request.ts'
import { createKeptRequests } from './kept-request.ts'
import { describeCause } from './watching/describe-cause.ts'
import type { Metrics } from './watching/metrics.ts'

/** The variables of the environment that it needs. */
export interface OutboundQueueEnv {
  readonly DATABASE_URL: string
  readonly TWILIO_ACCOUNT_SID: string
  readonly TWILIO_AUTH_TOKEN: readonly string[]
  readonly INSTANCE_ID?: string | undefined
  readonly FLEET_SECRET?: readonly string[] | undefined
}

interface OutboundQueueParts extends CallPlannerParts {
  readonly store: DrizzleStore
  readonly ledger: Pick<OutboundLedger, 'queue'>
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'slotWaited'>
  /** Whether new calls begin here now. */
  takesWork(): boolean
}

/** The queue that all gateways on a Postgres share; with SQLite there is none, and calls wait in the process. */
export const openOutboundQueue = async (
  env: OutboundQueueEnv,
  parts: OutboundQueueParts,
): Promise<SharedDialing | undefined> => {
  const { store, ledger, log, metrics, takesWork } = parts
  if (store.engine !== 'postgres') return undefined
  // One instance needs no FLEET_SECRET: it has the token of the carrier.
  const kept = createKeptRequests(env.FLEET_SECRET ?? env.TWILIO_AUTH_TOKEN)
  const planned = createCallPlanner(parts)
  const instance = env.INSTANCE_ID ?? 'gateway'
  const { openSharedQueue } = await import('@llc-phone/queue-postgres')
  const queue = await openSharedQueue({
    store,
    url: env.DATABASE_URL,
    instance,
    account: env.TWILIO_ACCOUNT_SID,
    onProblem: (message, cause) => log.warn(describeCause(cause), message),
  })
  return {
    ledger: ledger.queue,
    instance,
    adopts: env.FLEET_SECRET !== undefined,
    places: takesWork,
    queue: {
      ...queue,
      async slotMs(perSecond) {
        const waitMs = await queue.slotMs(perSecond)
        metrics.slotWaited(waitMs)
        return waitMs
      },
    },
    keep: ({ asked }, callId) => kept.seal(asked, callId),
    async restore(text, callId) {
      const asked = kept.open(text, callId)
      if (asked === undefined) return undefined
      // The settings in force now, as for every call that begins now.
      const wanted = await planned(callRequest.parse(asked))
      return { ...wanted, requestHash: '' }
    },
  }
}
