import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import {
  GatewayError,
  LOG_VERSION,
  retried,
  storableLog,
  systemClock,
  type CallSession,
  type CallStory,
  type Clock,
  type LegNews,
} from '@llc-phone/core'
import {
  type CallJournal,
  type CallSummary,
  type CallTrial,
  type KeptEvents,
  type PageOfCalls,
  type RecordedCall,
} from '@llc-phone/store'
import { type Spool } from '@llc-phone/database'
import type { Logger } from 'pino'
import { billOf, cachedShareOf, estimateIn, type CachedShare, type Estimate } from './cost.ts'
import { describeCause } from './describe-cause.ts'
import { eventsToShow, keptToolData, type ToolDataPolicy } from './tool-data.ts'
import { createUnwritten } from './unwritten.ts'

/** A call's story with its cost, from memory or from the journal. */
export type PricedCall = RecordedCall &
  Estimate &
  CachedShare &
  Partial<Pick<CallStory, 'phase' | 'events' | 'omitted'>>

/** The stories of calls: written in the background, read by operators. */
export interface CallLog {
  /** Starts to mark this process as alive, to close calls that a crash has cut off, and to write stories that were postponed. */
  start(): void
  begun(call: CallSession): void
  ended(call: CallSession): void
  /** After its end a call has changed: a transfer has an outcome, or the caller's leg has ended. */
  changed(call: CallSession): void
  /** What became of a caller whom the assistant has left, of a call that this process does not have. */
  legReported(legId: string, news: LegNews): void
  /** Calls that are over and not in the journal yet. */
  readonly unwritten: ReadonlySet<string>
  /** The current story of a call of this process. */
  storyOf(call: CallSession): PricedCall
  /** A call of the journal: one that this process has forgotten, or another process's. */
  find(callId: string): Promise<(RecordedCall & Estimate & CachedShare) | undefined>
  recent(limit: number, page?: PageOfCalls): Promise<readonly (CallSummary & Estimate & CachedShare)[]>
  /** Deletes stories of this caller, and of these calls, that wait to be written. Resolves to how many there were. */
  forget(number: string, callIds: readonly string[]): Promise<number>
  /** Resolves when everything is written, or stored where the next process finds it. Call it last. */
  flush(): Promise<void>
}

/** Retry delays for writing that a call has begun; its end writes everything again. */
const RETRY_AFTER_MS = [250, 1_000, 5_000]

/** Interval of the mark that this process is alive, as for outbound calls; after twelve seconds without one it counts as dead. */
const BEAT_EVERY_MS = 3_000

const compressed = promisify(gzip)

const flagged = <Call extends CallSummary>(call: Call): Call & Estimate & CachedShare => ({
  ...call,
  ...cachedShareOf(call.usage),
  ...(call.costUsd === undefined ? {} : estimateIn(call.usage)),
})

/** Writes the journal for live calls: a story that cannot be written now is kept until it can be. */
export const createCallLog = (options: {
  readonly journal: CallJournal
  readonly model: string
  readonly log: Logger
  readonly clock?: Clock
  /** Whether logs of calls are kept. */
  readonly keepEvents?: boolean
  /** Keeps stories beyond this process while the database fails. */
  readonly spool?: Spool | undefined
  /** Whether another process has the call now. */
  readonly isLost?: (call: CallSession) => boolean
  /** How much of tool inputs and results is kept and shown; `redacted` when absent. */
  readonly toolData?: ToolDataPolicy
  /** What a call from the console has beside its story. */
  readonly trialOf?: (callId: string) => CallTrial | undefined
}): CallLog => {
  const { journal, model, log, clock = systemClock, spool, keepEvents = false, isLost = () => false } = options
  const { toolData = 'redacted' } = options
  const unwritten = createUnwritten({ journal, spool, log })
  const pending = new Set<Promise<void>>()
  const unwrittenIds = new Set<string>()
  let beating: Promise<void> | undefined
  let isOver = false

  const track = (work: Promise<void>): void => {
    const tracked = work.finally(() => pending.delete(tracked))
    pending.add(tracked)
  }

  const begin = async (call: CallSession): Promise<void> => {
    try {
      await retried(
        clock,
        RETRY_AFTER_MS,
        () => journal.begin(call.story()),
        (error) => error instanceof GatewayError,
      )
    } catch (error) {
      const { callId, legId } = call.facts
      log.error({ callId, legId, what: 'begin', ...describeCause(error) }, 'journal not written')
    }
  }

  const storyOf = (call: CallSession): PricedCall => {
    const story = call.story()
    const tools = keptToolData(story.tools, toolData)
    const events = eventsToShow(story.events, toolData)
    const trial = options.trialOf?.(story.callId)
    return {
      ...story,
      ...(trial ? { trial } : {}),
      tools,
      events,
      model,
      ...cachedShareOf(story.usage),
      ...billOf(model, story.usage),
    }
  }

  /** Never rejects: a log that cannot be stored must not lose the story. */
  const logOf = async (call: CallSession): Promise<KeptEvents | undefined> => {
    const recorded = call.takeEvents()
    if (!keepEvents || recorded.lines.length === 0) return undefined
    const { callId, legId, startedAt } = call.facts
    const { name, promptVersion } = call.mode
    try {
      const text = await storableLog(
        { callId, mode: name, promptVersion, startedAt: startedAt.toISOString() },
        recorded,
      )
      return { version: LOG_VERSION, gzip: (await compressed(text)).toString('base64') }
    } catch (error) {
      log.error({ callId, legId, ...describeCause(error) }, 'log of a call not kept')
      return undefined
    }
  }

  const keep = async (story: RecordedCall, call: CallSession): Promise<void> => {
    const events = await logOf(call)
    const epoch = journal.epochOf(story.callId)
    await unwritten.keep({ ...story, epoch, ...(events ? { log: events } : {}) })
  }

  /** By call: one story after the other, so that an older one never replaces a newer. */
  const writing = new Map<string, Promise<void>>()
  const keepNext = (call: CallSession): void => {
    const { callId } = call.facts
    const { phase: _phase, events: _events, cachedShare: _share, ...story } = storyOf(call)
    const work = (writing.get(callId) ?? Promise.resolve())
      .then(() => keep(story, call))
      .finally(() => {
        if (writing.get(callId) === work) writing.delete(callId)
      })
    writing.set(callId, work)
    unwrittenIds.add(callId)
    track(work.finally(() => unwrittenIds.delete(callId)))
  }

  const noteLeg = async (legId: string, news: LegNews): Promise<void> => {
    const at = clock.date()
    try {
      await retried(
        clock,
        RETRY_AFTER_MS,
        () => journal.legReported(legId, news, at),
        (error) => error instanceof GatewayError,
      )
    } catch (error) {
      log.error({ legId, what: 'leg', ...describeCause(error) }, 'journal not written')
    }
  }

  const beat = async (): Promise<void> => {
    try {
      const cutOff = await journal.tend(clock.date())
      if (cutOff > 0) log.warn({ calls: cutOff }, 'calls of a process that died are closed as cut off')
      await unwritten.write()
    } catch (error) {
      // The store reports its own failures.
      if (!(error instanceof GatewayError)) log.error(describeCause(error), 'journal not tended')
    }
    if (!isOver) clock.after(BEAT_EVERY_MS, startBeat)
  }
  const startBeat = (): void => {
    if (!isOver) beating = beat()
  }

  return {
    start: startBeat,
    begun: (call) => track(begin(call)),
    ended(call) {
      // Another process tells how it ends.
      if (isLost(call)) return
      keepNext(call)
    },
    changed(call) {
      if (!isLost(call)) keepNext(call)
    },
    legReported: (legId, news) => track(noteLeg(legId, news)),
    unwritten: unwrittenIds,
    storyOf,
    async find(callId) {
      const call = await journal.find(callId)
      return call && flagged(call)
    },
    recent: async (limit, page) => (await journal.recent(limit, page)).map(flagged),
    async forget(number, callIds) {
      const ids = new Set(callIds)
      await Promise.allSettled(pending)
      return unwritten.forget(({ caller, callId }) => caller === number || ids.has(callId))
    },
    async flush() {
      isOver = true
      await Promise.allSettled([...pending, beating])
      await unwritten.write().catch(() => {})
      unwritten.abandon()
    },
  }
}
