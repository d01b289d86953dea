import { GatewayError, systemClock, type CallSession, type CallStory, type Clock } from '@llc-phone/core'
import { transfersOf, type CallJournal, type CallSummary, type RecordedCall } from '@llc-phone/store'
import type { Logger } from 'pino'
import { costOf } from './cost.ts'
import { describeCause } from './describe-cause.ts'

/** A call's story with what it cost, from memory or from the journal. */
export type ToldCall = RecordedCall & Partial<Pick<CallStory, 'phase' | 'events' | 'omitted'>>

/** What calls were: written while nobody waits for it, read by operators. */
export interface CallLog {
  begun(call: CallSession): void
  ended(call: CallSession): void
  /** A call of this process as it is now. */
  tell(call: CallSession): ToldCall
  /** A call that this process has forgotten, or another has had. */
  find(callId: string): Promise<RecordedCall | undefined>
  recent(limit: number): Promise<readonly CallSummary[]>
  /** Resolves when everything has been written, or given up. */
  flush(): Promise<void>
}

/** A locked or full disk may be back after these; a call's story is worth waiting for, but not for ever. */
const RETRY_AFTER_MS = [250, 1_000, 5_000]

/** The journal seen from live calls: a failed write is tried again, then only the log knows of it. */
export const createCallLog = (options: {
  readonly journal: CallJournal
  readonly model: string
  readonly log: Logger
  readonly clock?: Clock
}): CallLog => {
  const { journal, model, log, clock = systemClock } = options
  const pending = new Set<Promise<void>>()

  const tried = async (write: () => Promise<void>): Promise<void> => {
    for (const delayMs of RETRY_AFTER_MS) {
      try {
        return await write()
      } catch (error) {
        // The database's thread is gone, or never took the statement: asking again is only of use while it may recover.
        if (!(error instanceof GatewayError)) throw error
        await new Promise<void>((resolve) => clock.after(delayMs, resolve))
      }
    }
    return write()
  }

  const write = (call: CallSession, what: string, work: () => Promise<void>): void => {
    const { callId, callSid } = call.facts
    const writing = tried(work)
      .catch((error: unknown) => log.error({ callId, callSid, what, ...describeCause(error) }, 'journal not written'))
      .finally(() => pending.delete(writing))
    pending.add(writing)
  }

  const billOf = (story: CallStory) => ({ model, costUsd: costOf(model, story.usage) })

  return {
    begun: (call) => write(call, 'begin', () => journal.begin(call.story())),
    ended: (call) =>
      write(call, 'finish', () => {
        const story = call.story()
        return journal.finish(story, billOf(story))
      }),
    tell(call) {
      const story = call.story()
      const { costUsd } = billOf(story)
      return { ...story, transfers: transfersOf(story.events), model, ...(costUsd === undefined ? {} : { costUsd }) }
    },
    find: (callId) => journal.find(callId),
    recent: (limit) => journal.recent(limit),
    async flush() {
      await Promise.allSettled(pending)
    },
  }
}
