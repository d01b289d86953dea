import type { CallNotice, CallSession } from '@llc-phone/core'
import type { Logger } from 'pino'
import type { CallFeed } from './call-feed.ts'
import type { CallLog, PricedCall } from './call-log.ts'
import { describeCause } from './describe-cause.ts'
import type { Metrics } from './metrics.ts'
import type { Traces } from './traces.ts'

/** Passes a call's notices to log, metrics and listeners. The log gets one line when a call ends, and one for each problem. */
export const createObserver = (to: {
  readonly log: Logger
  readonly metrics: Metrics
  readonly feed: CallFeed
  readonly calls: Pick<CallLog, 'begun' | 'ended' | 'changed' | 'storyOf'>
  /** Absent while traces are off. */
  readonly traces?: Pick<Traces, 'observe'> | undefined
  /** Calls that are counted nowhere. */
  readonly isTestCall?: (callId: string) => boolean
  /** Called when the session of an outbound call has ended. */
  readonly outboundEnded: (call: CallSession, costUsd: number | undefined) => void
}): ((call: CallSession, notice: CallNotice) => void) => {
  const isTestCall = ({ facts }: CallSession): boolean => to.isTestCall?.(facts.callId) ?? false
  return (call, notice) => {
    // A failure of a metric or a listener must reach neither the call nor the process.
    try {
      if (!isTestCall(call)) to.metrics.observe(call, notice)
      to.feed.publish(call, notice)
      to.traces?.observe(call, notice)
    } catch (error) {
      to.log.error({ callId: call.facts.callId, notice: notice.type, ...describeCause(error) }, 'notice not published')
    }
    const ids = { callId: call.facts.callId, legId: call.facts.legId, mode: call.mode.name }
    if (notice.type === 'problem') to.log.warn({ ...ids, ...describeProblem(notice) }, 'call problem')
    if (notice.type === 'leg') to.calls.changed(call)
    if (notice.type !== 'phase') return
    const wasPlaced = call.facts.direction === 'outbound'
    // An inbound call is in the journal already, since its webhook.
    if (notice.phase === 'live' && wasPlaced) to.calls.begun(call)
    if (notice.phase !== 'ended') return
    const story = to.calls.storyOf(call)
    to.log.info({ ...ids, disposition: notice.disposition, ...summarise(story) }, 'call ended')
    to.calls.ended(call)
    if (story.costUsd !== undefined && !isTestCall(call)) to.metrics.cost(call.mode.name, story.costUsd)
    if (wasPlaced) to.outboundEnded(call, story.costUsd)
  }
}

const describeProblem = ({ code, message, said, cause }: Extract<CallNotice, { type: 'problem' }>): object => {
  const { pii, ...rest } = describeCause(cause)
  const personal = { ...pii, ...(said ? { said } : {}) }
  return { code, reason: message, ...rest, ...(Object.keys(personal).length > 0 ? { pii: personal } : {}) }
}

const summarise = (story: PricedCall, endedAt = story.assistantEndedAt ?? story.endedAt) => ({
  direction: story.direction,
  promptVersion: story.promptVersion,
  durationMs: endedAt === undefined ? undefined : Math.max(0, Date.parse(endedAt) - Date.parse(story.startedAt)),
  turns: story.turns.length,
  tools: story.tools.map(({ name, outcome }) => `${name}:${outcome}`),
  latency: story.latency,
  usage: story.usage,
  cachedShare: story.cachedShare,
  costUsd: story.costUsd,
  costEstimated: story.costEstimated,
})
