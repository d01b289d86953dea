import {
  inTime,
  systemClock,
  tryE164,
  type CallRegistry,
  type CallSession,
  type LostLeg,
  type RememberedCall,
  type ResumePlan,
} from '@llc-phone/core'
import type { LiveJournal, RecordedCall } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Answer, Numbers } from './configuration/numbers.ts'
import type { CallLog } from './watching/call-log.ts'
import { describeCause } from './watching/describe-cause.ts'
import type { AdoptionResult } from './watching/label-values.ts'
import type { Metrics } from './watching/metrics.ts'

/** What taking over the calls of dead processes needs. */
export interface AdoptionDeps {
  readonly log: Logger
  readonly registry: CallRegistry
  readonly numbers: Numbers
  readonly calls: Pick<CallLog, 'find'>
  readonly journal: Pick<LiveJournal, 'abandoned' | 'adopt'>
  readonly metrics: Pick<Metrics, 'adopted'>
  /** How long the journal may take (ms): the caller waits in silence. */
  readonly limitMs: number
}

/** Takes over calls of processes that died. */
export interface Adoption {
  /**
   * The call of this leg, in a session of this process; `none` when there is none to go on with, `unanswered` when the journal
   * could not tell. Never rejects.
   */
  resume(leg: LostLeg): Promise<CallSession | 'none' | 'unanswered'>
}

type Adopted = CallSession | 'none' | Exclude<AdoptionResult, 'resumed' | 'failed'>

/** Creates it. A call whose process lives is left alone. */
export const createAdoption = (deps: AdoptionDeps): Adoption => {
  const { log, registry, numbers, calls, journal, metrics, limitMs } = deps
  /** By leg, because carriers repeat their questions. */
  const underWay = new Map<string, ReturnType<Adoption['resume']>>()

  /** How its number is answered now, if that is still the mode the call began with. */
  const answerOf = (plan: ResumePlan, { mode, dialled }: RecordedCall): Answer | undefined => {
    const answer = numbers.resolve(tryE164(dialled))
    if (answer.name === plan.instance) return answer
    const named = numbers.named(plan.instance)
    return named?.mode?.name === mode ? named : undefined
  }

  const adopt = async (leg: LostLeg, isLate: () => boolean): Promise<Adopted> => {
    const abandoned = await journal.abandoned(leg.legId, systemClock.date())
    const story = abandoned && (await calls.find(abandoned.callId))
    const dialled = tryE164(story?.dialled ?? '')
    // An outbound call is made from a request that is not stored, so it cannot be resumed.
    if (!abandoned || !story || dialled === undefined || story.direction === 'outbound') return 'none'
    const { plan, steps, callId } = abandoned
    if (!plan) return 'unreadable'
    const answer = answerOf(plan, story)
    if (!answer?.mode) return 'mode_gone'
    if (isLate()) return 'none'
    if (!(await journal.adopt(abandoned))) return registry.byLegId(leg.legId) ?? 'lost'
    const { turns, tools, transfers, latency, usage } = story
    const remembered: RememberedCall = { plan, steps, turns, tools, transfers, latency, usage }
    const number = tryE164(story.caller ?? '')
    const call = registry.resume({
      callId,
      legId: leg.legId,
      line: leg.line,
      direction: story.direction,
      otherParty: {
        ...(number === undefined ? {} : { number }),
        ...(plan.name === undefined ? {} : { name: plan.name }),
      },
      dialled,
      startedAt: new Date(story.startedAt),
      mode: answer.mode,
      ...answer.origin,
      ...(answer.fallback ? { fallback: answer.fallback } : {}),
      remembered,
      report: leg.report,
    })
    // The caller is on their way to the fallback.
    if (isLate()) call.end('fallback')
    return call
  }

  const tryTo: Adoption['resume'] = async (leg) => {
    const { legId, entry } = leg
    let isLate = false
    try {
      const found = await inTime(
        systemClock,
        limitMs,
        adopt(leg, () => isLate),
      )
      if (found === 'none') return found
      if (typeof found === 'string') {
        metrics.adopted(entry, found)
        log.warn({ legId, reason: found }, 'call of an earlier process not resumed')
        return 'none'
      }
      metrics.adopted(entry, 'resumed')
      const { callId } = found.facts
      log.info({ callId, legId, entry }, 'call of an earlier process goes on here')
      return found
    } catch (error) {
      isLate = true
      metrics.adopted(entry, 'failed')
      log.warn({ legId, reason: 'failed', ...describeCause(error) }, 'call of an earlier process not resumed')
      return 'unanswered'
    }
  }

  return {
    resume(leg) {
      if (leg.legId === '') return Promise.resolve('none')
      const present = underWay.get(leg.legId)
      if (present) return present
      const work = tryTo(leg).finally(() => underWay.delete(leg.legId))
      underWay.set(leg.legId, work)
      return work
    },
  }
}
