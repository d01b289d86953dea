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
import type { AbandonedCall, LiveJournal, RecordedCall } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Answer, Numbers } from './configuration/numbers.ts'
import type { CallLog } from './watching/call-log.ts'
import { describeCause } from './watching/describe-cause.ts'
import type { AdoptionResult } from './watching/label-values.ts'
import type { Metrics } from './watching/metrics.ts'

/** A call that was taken over so often in half a minute has killed its processes, and may kill this one. */
const DEADLY_ADOPTIONS = 2

/** What taking over the calls of other processes needs. */
export interface AdoptionDeps {
  readonly log: Logger
  readonly registry: CallRegistry
  readonly numbers: Numbers
  readonly calls: Pick<CallLog, 'find'>
  readonly journal: Pick<LiveJournal, 'abandoned' | 'adopt' | 'closeStray'>
  readonly metrics: Pick<Metrics, 'adopted'>
  /** Whether this process has as many calls as it takes. */
  isFull?(): boolean
  /** When the model of the next call may be connected (ms from now). */
  modelInMs?(): number
  /** How long the journal may take (ms): the caller waits in silence. */
  readonly limitMs: number
}

/** Takes over calls of processes that died. */
export interface Adoption {
  /**
   * The call of this leg, in a session of this process; `none` when there is no such call, `failed` when the journal could not
   * tell; else why it does not go on here. Never rejects.
   */
  resume(leg: LostLeg): Promise<CallSession | NotAdopted>
}

/** Why a call does not go on here. */
export type NotAdopted = 'none' | Exclude<AdoptionResult, 'resumed'>

type Adopted = CallSession | Exclude<NotAdopted, 'failed'>

/** Whether a call may be taken over, from what is known of it; its story and its number are looked at later. */
export const whyNotAdopted = (
  { plan, quickAdoptions }: Pick<AbandonedCall, 'plan' | 'quickAdoptions'>,
  isFull: boolean,
): 'unreadable' | 'poisoned' | 'full' | undefined => {
  if (!plan) return 'unreadable'
  if (quickAdoptions >= DEADLY_ADOPTIONS) return 'poisoned'
  return isFull ? 'full' : undefined
}

/** Creates it. */
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

  /** Its caller goes to the fallback: nobody must fetch them back from there. */
  const leave = async <Reason extends string>(call: AbandonedCall, reason: Reason): Promise<Reason> => {
    await journal.closeStray(call, systemClock.date())
    return reason
  }

  const adopt = async (leg: LostLeg, isLate: () => boolean): Promise<Adopted> => {
    const abandoned = await journal.abandoned(leg.legId, systemClock.date())
    const story = abandoned && (await calls.find(abandoned.callId))
    const dialled = tryE164(story?.dialled ?? '')
    // An outbound call is made from a request that is not stored, so it cannot be resumed.
    if (!abandoned || !story || dialled === undefined || story.direction === 'outbound') return 'none'
    const { plan, steps, callId, isOwnerAlive, silentMs, lastedMs } = abandoned
    const reason = whyNotAdopted(abandoned, deps.isFull?.() ?? false)
    if (reason || !plan) return leave(abandoned, reason ?? 'unreadable')
    const answer = answerOf(plan, story)
    if (!answer?.mode) return leave(abandoned, 'mode_gone')
    if (isLate()) return 'none'
    if (!(await journal.adopt(abandoned, systemClock.date()))) return registry.byLegId(leg.legId) ?? 'lost'
    const { turns, tools, transfers, latency, usage } = story
    const remembered: RememberedCall = {
      ...{ plan, steps, turns, tools, transfers, latency, usage, lastedMs },
      silentMs: isOwnerAlive ? 0 : silentMs,
    }
    if (isOwnerAlive) log.warn({ callId, legId: leg.legId }, 'the carrier asked here for a call of a process that lives')
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
      modelInMs: deps.modelInMs?.(),
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
        log.warn({ legId, reason: found }, 'call of another process not resumed')
        return found
      }
      metrics.adopted(entry, 'resumed')
      const { callId } = found.facts
      log.info({ callId, legId, entry }, 'call of an earlier process goes on here')
      return found
    } catch (error) {
      isLate = true
      metrics.adopted(entry, 'failed')
      log.warn({ legId, reason: 'failed', ...describeCause(error) }, 'call of an earlier process not resumed')
      return 'failed'
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
