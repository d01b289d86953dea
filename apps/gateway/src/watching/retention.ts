import { GatewayError, nightOf, type Clock, type Timer } from '@llc-phone/core'
import type { EventArchive, Retention } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Recordings } from '../recording/recordings.ts'
import { describeCause } from './describe-cause.ts'
import { labelValues, type Forgettable } from './label-values.ts'
import type { Metrics } from './metrics.ts'

/** For how many days what is kept. */
export interface RetentionDays {
  /** What was said in calls, and messages once they are done. */
  readonly transcripts: number
  /** Logs of calls, and inputs and results of tools. */
  readonly events: number
  /** Sound of calls. */
  readonly recordings: number
}

/** What the job needs. */
export interface RetentionOptions {
  readonly retention: Retention
  readonly events: Pick<EventArchive, 'forget'>
  /** Absent for a database in memory. */
  readonly recordings?: Pick<Recordings, 'forget' | 'mend'> | undefined
  readonly days: RetentionDays
  /** The business's. */
  timeZone(): string
  readonly clock: Clock
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'forgotten'>
}

/** Deletes once a night what was kept long enough. */
export interface RetentionJob {
  /** Begins to look; runs at once when the last night was missed. */
  start(): void
  /** Waits for a step that is being done; the next process does the rest. */
  stop(): Promise<void>
}

const DAY_MS = 86_400_000

/** How often it looks whether a night has begun. */
const LOOK_EVERY_MS = 600_000

/** Counts of callers who got no assistant have nothing of any caller. */
const TURNED_AWAY_DAYS = 365

/** The name of the job in the store. */
export const RETENTION_JOB = 'retention'

const forgetRecordings = async (recordings: Pick<Recordings, 'forget' | 'mend'>, before: Date): Promise<number> => {
  await recordings.mend()
  return recordings.forget(before)
}

/** The job that deletes what was kept long enough, at three in the night of the business. */
export const createRetention = (options: RetentionOptions): RetentionJob => {
  const { retention, events, recordings, days, timeZone, clock, log, metrics } = options
  let timer: Timer | undefined
  let running: Promise<void> | undefined
  let isOver = false

  const run = async (): Promise<void> => {
    const now = clock.date()
    const before = (keptDays: number): Date => new Date(now.getTime() - keptDays * DAY_MS)
    const steps: Readonly<Record<Forgettable, () => Promise<number>>> = {
      words: () => retention.forgetWords(before(days.transcripts)),
      toolData: () => retention.forgetToolData(before(days.events)),
      callLogs: () => events.forget(before(days.events)),
      recordings: () => (recordings ? forgetRecordings(recordings, before(days.recordings)) : Promise.resolve(0)),
      messages: () => retention.forgetMessages(before(days.transcripts)),
      turnedAway: () => retention.forgetTurnedAway(before(TURNED_AWAY_DAYS)),
      erased: () => retention.forgetErased(now),
    }
    const counts: Partial<Record<Forgettable, number>> = {}
    for (const what of labelValues.forgotten) {
      if (isOver) return
      // oxlint-disable-next-line no-await-in-loop -- one after the other, so that calls have the database in between
      const count = await steps[what]()
      counts[what] = count
      metrics.forgotten(what, count)
    }
    await retention.ran(RETENTION_JOB, now)
    log.info(counts, 'what was kept long enough is deleted')
  }

  const look = async (): Promise<void> => {
    try {
      const last = await retention.lastRun(RETENTION_JOB)
      const tonight = nightOf(timeZone(), clock.date())
      if (last === undefined || nightOf(timeZone(), last) < tonight) await run()
    } catch (error) {
      // The store reports its own failures, and the next look tries again.
      if (!(error instanceof GatewayError)) log.error(describeCause(error), 'what was kept long enough is not deleted')
    }
  }

  const begin = (): void => {
    running = look().finally(() => {
      if (!isOver) timer = clock.after(LOOK_EVERY_MS, begin)
    })
  }

  return {
    start: begin,
    async stop() {
      isOver = true
      timer?.stop()
      await running
    },
  }
}
