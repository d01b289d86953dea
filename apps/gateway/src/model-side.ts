import {
  realtimeProvider,
  systemClock,
  withBreaker,
  withPool,
  type GuardedProvider,
  type ModelQuota,
  type PooledProvider,
} from '@llc-phone/core'
import type { Logger } from 'pino'
import type { Env } from './configuration/env.ts'
import { modelServerOf } from './configuration/model-server.ts'
import { createUntakenReport, type KindOfCall } from './configuration/wishes.ts'
import type { Metrics } from './watching/metrics.ts'

/** The model server as the process sees it. */
export interface ModelSide {
  /** For everything that opens a session, and what is known of an outage. */
  readonly provider: GuardedProvider
  /** For calls: the same, with warm sessions. */
  readonly pool: PooledProvider
  /** Logs settings for the model that it does not take; to be called after other settings came into force. */
  reportUntaken(): void
}

interface ModelSideParts {
  readonly log: Logger
  readonly metrics: Metrics
  /** The kinds of calls by the settings in force. */
  kinds(): readonly KindOfCall[]
  onQuota(quota: ModelQuota): void
}

/** Connects the gateway with its model server: the wire, the breaker around it, the pool around that. */
export const createModelSide = (env: Env, { log, metrics, kinds, onQuota }: ModelSideParts): ModelSide => {
  const server = realtimeProvider({
    ...modelServerOf(env),
    onDialect(dialect) {
      log.info({ dialect }, 'the model server speaks another dialect')
      reportUntaken()
    },
    onQuota,
    onLeftOut: (field) => log.warn({ field }, 'the model server refuses a setting: calls go without it'),
  })
  const reportUntaken = createUntakenReport(kinds, server, log)
  reportUntaken()
  const provider = withBreaker({
    clock: systemClock,
    provider: server,
    voice: env.OPENAI_VOICE,
    timeoutMs: env.PREWARM_TIMEOUT_MS,
    onOpen({ code, kind }) {
      metrics.outage(code)
      log.error({ code, kind }, 'the model server is out: new callers go to the fallback route, and nobody is called')
    },
    onClose: (lastedMs) => log.warn({ lastedMs: Math.round(lastedMs) }, 'the model server is back'),
  })
  const pool = withPool({
    clock: systemClock,
    provider,
    most: env.MODEL_POOL,
    isOut: () => provider.outage !== undefined,
    count: (outcome) => metrics.pooled(outcome),
  })
  return { provider, pool, reportUntaken }
}
