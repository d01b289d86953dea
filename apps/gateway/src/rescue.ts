import { pause, systemClock, tryE164, type Clock, type Line, type ResumePlan, type Transfer } from '@llc-phone/core'
import type { LiveJournal, StrayCall } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Adoption } from './adoption.ts'
import { createPace } from './pace.ts'
import { describeCause } from './watching/describe-cause.ts'
import type { RescueResult } from './watching/label-values.ts'
import type { Metrics } from './watching/metrics.ts'

/** What fetching stray calls back needs. */
export interface RescueDeps {
  readonly log: Logger
  readonly journal: Pick<LiveJournal, 'strays' | 'closeStray'>
  readonly adoption: Adoption
  /** The line that carries them. */
  readonly line: Line
  readonly metrics: Pick<Metrics, 'rescued'>
  /** Whether this process takes calls of others. */
  mayTake(): boolean
  readonly clock?: Clock
}

/** Fetches calls back whose process has gone silent, and whose carrier has not asked anybody. */
export interface Rescue {
  start(): void
  stop(): Promise<void>
}

const LOOK_EVERY_MS = 1_000
/** Requests to the carrier: five a second. */
const REQUEST_EVERY_MS = 200
/** No more at a time than can be fetched back until the next look: the other processes take the rest. */
const MOST_AT_ONCE = 3
/** Fetching a call back is tried again after this. */
const AGAIN_AFTER_MS = [500, 1_500]

/** Whether the caller is with somebody else, or on the way there: their carrier asks when that is over. */
export const isWithSomebodyElse = ({ plan }: Pick<StrayCall, 'plan'>): boolean =>
  plan?.kept.awayKind !== undefined && plan.kept.awayKind !== 'reconnect'

const PUT_THROUGH: ReadonlySet<string | undefined> = new Set(['transfer', 'voicemail', 'conference'])

/**
 * Whether the callee of a call that was placed is with somebody else, or on the way there. Some minutes after its process has
 * died the plan is gone, and its transfers tell: while a warm one has no outcome, the callee is not on the way yet.
 */
export const isPutThrough = (plan: ResumePlan | undefined, transfers: readonly Transfer[] = []): boolean => {
  if (plan) return PUT_THROUGH.has(plan.kept.departure?.kind)
  const last = transfers.at(-1)
  return last !== undefined && last.outcome === (last.kind === 'warm' ? 'bridged' : undefined)
}

/** Creates it. Where all processes run on one machine there is nothing to do: the journal knows no stray calls. */
export const createRescue = (deps: RescueDeps): Rescue => {
  const { log, journal, adoption, line, metrics, clock = systemClock } = deps
  const pace = createPace(REQUEST_EVERY_MS, clock.now)
  let isOver = false
  let looking: Promise<void> | undefined

  /** Waits for the turn of one more request to the carrier. */
  const turn = async (): Promise<void> => {
    const waitMs = pace()
    if (waitMs > 0) await pause(clock, waitMs)
  }

  const fetchBack = async (legId: string): Promise<void> => {
    for (const waitMs of [...AGAIN_AFTER_MS, undefined]) {
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
      await turn()
      try {
        // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
        return await line.fetchBack?.(legId)
      } catch (error) {
        if (waitMs === undefined) throw error
        // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
        await pause(clock, waitMs)
      }
    }
  }

  const rescue = async (call: StrayCall): Promise<RescueResult> => {
    const { callId, legId, dialled } = call
    if (isWithSomebodyElse(call)) return 'away'
    await turn()
    const leg = await line.look?.(legId)
    if (!leg?.isUp) return (await journal.closeStray(call, leg?.endedAt ?? clock.date())) ? 'closed' : 'lost'
    const found = await adoption.resume({
      legId,
      line,
      direction: 'inbound',
      dialled: tryE164(dialled),
      entry: 'rescue',
      isNamed: true,
    })
    if (found === 'none' || found === 'lost' || found === 'failed') return found === 'failed' ? 'failed' : 'lost'
    // The carrier has asked by itself meanwhile.
    if (typeof found !== 'string' && found.state.mediaAttached) return 'fetched'
    log.warn({ callId, legId, silentMs: call.silentMs }, 'a call whose process has gone silent is fetched back')
    // One that cannot go on goes to the fallback by the same question.
    await fetchBack(legId)
    return 'fetched'
  }

  const look = async (): Promise<void> => {
    const strays = deps.mayTake() ? await journal.strays(MOST_AT_ONCE, clock.date()) : []
    for (const call of strays) {
      if (isOver) return
      try {
        // oxlint-disable-next-line no-await-in-loop -- the carrier is asked at a steady pace
        metrics.rescued(await rescue(call))
      } catch (error) {
        metrics.rescued('failed')
        const { callId, legId } = call
        log.warn(
          { callId, legId, ...describeCause(error) },
          'a call whose process has gone silent was not fetched back',
        )
      }
    }
  }

  const round = async (): Promise<void> => {
    // The store reports its own failures.
    await look().catch(() => {})
    if (!isOver) clock.after(LOOK_EVERY_MS, begin)
  }
  const begin = (): void => {
    if (!isOver) looking = round()
  }

  return {
    start: begin,
    async stop() {
      isOver = true
      await looking
    },
  }
}
