import { inTime, systemClock, type CallRegistry, type Clock } from '@llc-phone/core'
import type { Logger } from 'pino'
import type { CallLog } from '../watching/call-log.ts'
import { describeCause } from '../watching/describe-cause.ts'

/** What test calls cost on a day (UTC). */
export interface TestSpend {
  /** Whether the limit of today is reached. Rejects when the journal cannot be read. */
  isReached(): Promise<boolean>
  /** Looks again and again while a call is up, and tells once when the limit is reached. Gives the function that ends it. */
  watch(reached: () => void): () => void
}

/** More calls than a day has; what is read is their cost. */
const MOST_READ = 1_000
const JOURNAL_LIMIT_MS = 5_000
/** A minute with a real model costs some cents. */
const LOOK_EVERY_MS = 10_000

/** Adds up the journal and the calls that are up, as far as their model has a price. */
export const createTestSpend = (parts: {
  readonly limitUsd: number
  readonly calls: Pick<CallLog, 'storyOf' | 'recent'>
  readonly registry: Pick<CallRegistry, 'byCallId'>
  readonly log: Pick<Logger, 'warn'>
  /** The test calls of this process that are up. */
  running(): Iterable<string>
  readonly clock?: Clock
}): TestSpend => {
  const { limitUsd, calls, registry, log, running, clock = systemClock } = parts

  const isReached = async (): Promise<boolean> => {
    const midnight = new Date(clock.date())
    midnight.setUTCHours(0, 0, 0, 0)
    const filter = { isTest: true, from: midnight }
    const over = await inTime(clock, JOURNAL_LIMIT_MS, calls.recent(MOST_READ, { filter }))
    const live = [...running()].flatMap((callId) => {
      const call = registry.byCallId(callId)
      return call && call.state.phase !== 'ended' ? [calls.storyOf(call)] : []
    })
    return [...over, ...live].reduce((sum, { costUsd = 0 }) => sum + costUsd, 0) >= limitUsd
  }

  return {
    isReached,
    watch(reached) {
      let isOver = false
      let timer = clock.after(LOOK_EVERY_MS, () => void look())
      const look = async (): Promise<void> => {
        // Without the journal a call goes on: it has a longest duration.
        const is = await isReached().catch((error: unknown) => {
          log.warn(describeCause(error), 'cost of test calls not read')
          return false
        })
        if (isOver) return
        if (is) return reached()
        timer = clock.after(LOOK_EVERY_MS, () => void look())
      }
      return () => {
        isOver = true
        timer.stop()
      }
    },
  }
}
