import {
  inTime,
  systemClock,
  tryE164,
  type CallRegistry,
  type CallSession,
  type LostLeg,
  type LostMedia,
  type RememberedCall,
  type ResumePlan,
  type ResumeRequest,
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

/** How long the journal may take to tell whether a call that comes in is new: it nearly always is. */
const VOICE_LIMIT_MS = 300

/** Within so long after an adoption another question is the same one, which came to two instances: the first one answers it. */
const SAME_QUESTION_MS = 1_000

/** A process with a sign within this long has most likely answered the first webhook, which is only repeated here: it answers again. */
const SEEMS_ALIVE_MS = 3_000

/** What taking over the calls of other processes needs. */
export interface AdoptionDeps {
  readonly log: Logger
  readonly registry: CallRegistry
  readonly numbers: Numbers
  readonly calls: Pick<CallLog, 'find'>
  readonly journal: Pick<LiveJournal, 'abandoned' | 'adopt' | 'left' | 'closeStray'>
  readonly metrics: Pick<Metrics, 'adopted'>
  /** A session for a call that another process has placed, and that has just been answered. */
  answered?(callId: string): Promise<CallSession | undefined>
  /**
   * Goes on with a call that another process has placed, by the request that was kept of it; undefined when that cannot be read
   * any more, or its mode is gone. Absent where no requests are kept: such calls cannot be resumed.
   */
  readonly placed?: ((call: PlacedCall) => Promise<CallSession | undefined>) | undefined
  /** Other instances can be asked: the one that was faster answers. */
  readonly asksOthers?: boolean
  /** Whether this process has as many calls as it takes. */
  isFull?(): boolean
  /** When the model of the next call may be connected (ms from now). */
  modelInMs?(): number
  /** How long the journal may take (ms): the caller waits in silence. */
  readonly limitMs: number
}

/** A call that another process has placed and this one has taken over: all that resuming it needs beside its request. */
export interface PlacedCall extends Pick<
  ResumeRequest,
  'callId' | 'legId' | 'line' | 'startedAt' | 'otherParty' | 'dialled' | 'remembered' | 'report' | 'modelInMs'
> {}

/** Takes over calls of processes that died. */
export interface Adoption {
  /**
   * The call of this leg, in a session of this process; `none` when there is no such call, `failed` when the journal could not
   * tell; else why it does not go on here. Never rejects.
   */
  resume(leg: LostLeg): Promise<CallSession | NotAdopted>
  /** The same for a call whose audio is to be connected here; `none` also when its token is not the one that was given out last. */
  resumeMedia(media: LostMedia): Promise<CallSession | NotAdopted>
}

/** A call, by its leg or its id. */
type Wanted = Pick<LostLeg, 'line' | 'entry' | 'report'> & { readonly id: string } & Partial<
    Pick<LostMedia, 'isOfEpoch'>
  >

/** Why a call does not go on here. */
export type NotAdopted = 'none' | Exclude<AdoptionResult, 'resumed'>

type Adopted = CallSession | Exclude<NotAdopted, 'failed'>

/** Whether a call may be taken over, from what is known of it; its story and its number are looked at later. */
export const whyNotAdopted = (
  {
    plan,
    quickAdoptions,
    silentMs,
    adoptedAgoMs = Infinity,
  }: Pick<AbandonedCall, 'plan' | 'quickAdoptions' | 'silentMs' | 'adoptedAgoMs'>,
  {
    entry,
    isFull,
    asksOthers = false,
  }: { readonly entry: string; readonly isFull: boolean; readonly asksOthers?: boolean | undefined },
): 'unreadable' | 'poisoned' | 'full' | 'lost' | undefined => {
  const isRepeated = adoptedAgoMs < SAME_QUESTION_MS || (entry === 'voice' && silentMs < SEEMS_ALIVE_MS)
  if (asksOthers && isRepeated) return 'lost'
  if (!plan) return 'unreadable'
  if (quickAdoptions >= DEADLY_ADOPTIONS) return 'poisoned'
  return isFull ? 'full' : undefined
}

/** Creates it. */
export const createAdoption = (deps: AdoptionDeps): Adoption => {
  const { log, registry, numbers, calls, journal, metrics, limitMs } = deps
  /** By leg or call, because carriers repeat their questions. */
  const underWay = new Map<string, Promise<CallSession | NotAdopted>>()

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

  /** What the other process has written until the call was taken from it; what was read before, if that cannot be read. */
  const latest = async (
    before: Pick<RememberedCall, 'plan' | 'steps' | 'lastedMs' | 'silentMs'>,
    story: RecordedCall,
  ): Promise<RememberedCall> => {
    const [{ plan = before.plan, steps }, now = story] = await Promise.all([
      journal.left(story.callId),
      calls.find(story.callId),
    ]).catch(() => [before, story] as const)
    const { turns, tools, transfers, latency, usage } = now
    return { ...before, plan, steps, turns, tools, transfers, latency, usage }
  }

  const placedAgain = async (call: PlacedCall): Promise<CallSession | undefined> => {
    try {
      return await deps.placed?.(call)
    } catch (error) {
      log.error({ callId: call.callId, ...describeCause(error) }, 'request of a placed call not read')
      return undefined
    }
  }

  const adopt = async (leg: Wanted, isLate: () => boolean): Promise<Adopted> => {
    const abandoned = await journal.abandoned(leg.id, systemClock.date())
    // Nobody has talked in it yet.
    if (!abandoned && leg.isOfEpoch?.(1)) return (await deps.answered?.(leg.id)) ?? 'none'
    const story = abandoned && (await calls.find(abandoned.callId))
    const dialled = tryE164(story?.dialled ?? '')
    const isPlaced = story?.direction === 'outbound'
    if (!abandoned || !story || dialled === undefined || (isPlaced && !deps.placed)) return 'none'
    if (leg.isOfEpoch && !leg.isOfEpoch(abandoned.epoch)) return 'none'
    const { legId } = story
    const { plan, steps, callId, silentMs, lastedMs } = abandoned
    const reason = whyNotAdopted(abandoned, {
      entry: leg.entry,
      isFull: deps.isFull?.() ?? false,
      asksOthers: deps.asksOthers,
    })
    if (reason === 'lost') return reason
    if (reason || !plan) return leave(abandoned, reason ?? 'unreadable')
    const answer = isPlaced ? undefined : answerOf(plan, story)
    if (!isPlaced && !answer?.mode) return leave(abandoned, 'mode_gone')
    if (isLate()) return 'none'
    if (!(await journal.adopt(abandoned, systemClock.date()))) return registry.byLegId(legId) ?? 'lost'
    const remembered = await latest({ plan, steps, lastedMs, silentMs }, story)
    // Its leg has a call of its own by now.
    if (isLate() && leg.entry === 'voice') return leave({ ...abandoned, epoch: abandoned.epoch + 1 }, 'none')
    const number = tryE164(story.caller ?? '')
    const known = {
      callId,
      legId,
      line: leg.line,
      otherParty: {
        ...(number === undefined ? {} : { number }),
        ...(plan.name === undefined ? {} : { name: plan.name }),
      },
      dialled,
      startedAt: new Date(story.startedAt),
      remembered,
      report: leg.report,
      modelInMs: deps.modelInMs?.(),
    }
    const call = answer?.mode
      ? registry.resume({
          ...known,
          direction: 'inbound',
          mode: answer.mode,
          ...answer.origin,
          ...(answer.fallback ? { fallback: answer.fallback } : {}),
        })
      : await placedAgain(known)
    if (!call) return leave({ ...abandoned, epoch: abandoned.epoch + 1 }, 'mode_gone')
    // The caller is on their way to the fallback.
    if (isLate()) call.end('fallback')
    return call
  }

  const tryTo = async (leg: Wanted): Promise<CallSession | NotAdopted> => {
    const { id, entry } = leg
    let isLate = false
    try {
      const found = await inTime(
        systemClock,
        entry === 'voice' ? Math.min(limitMs, VOICE_LIMIT_MS) : limitMs,
        adopt(leg, () => isLate),
      )
      if (found === 'none') return found
      if (typeof found === 'string') {
        metrics.adopted(entry, found)
        log.warn({ id, reason: found }, 'call of another process not resumed')
        return found
      }
      metrics.adopted(entry, 'resumed')
      const { callId } = found.facts
      log.info({ callId, legId: found.facts.legId, entry }, 'call of an earlier process goes on here')
      return found
    } catch (error) {
      isLate = true
      // The call is new, most likely, and the store reports its own failures.
      if (entry === 'voice') return 'failed'
      metrics.adopted(entry, 'failed')
      log.warn({ id, reason: 'failed', ...describeCause(error) }, 'call of another process not resumed')
      return 'failed'
    }
  }

  const once = (leg: Wanted): Promise<CallSession | NotAdopted> => {
    if (leg.id === '') return Promise.resolve('none')
    const present = underWay.get(leg.id)
    if (present) return present
    const work = tryTo(leg).finally(() => underWay.delete(leg.id))
    underWay.set(leg.id, work)
    return work
  }

  return {
    resume: ({ legId, line, entry, report }) => once({ id: legId, line, entry, report }),
    resumeMedia: ({ callId, line, isOfEpoch }) => once({ id: callId, line, entry: 'media', isOfEpoch }),
  }
}
