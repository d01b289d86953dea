import { GatewayError } from '@llc-phone/core'
import { isRefused, verdictIn, type CallExtras, type CallJournal, type RecordedCall } from '@llc-phone/store'
import { type Spool } from '@llc-phone/database'
import type { Logger } from 'pino'
import { describeCause } from './describe-cause.ts'

/** A story with the log of its call, if one is kept, and how many processes had served it. */
export type EndedCall = RecordedCall & Pick<CallExtras, 'log' | 'epoch'>

/** Keeps stories of calls that ended while the database failed. */
export interface Unwritten {
  /** Writes a story, or keeps it until {@link write} can. Never rejects. */
  keep(story: EndedCall): Promise<void>
  /** Writes kept stories, of this process or an earlier one. Rejects when the database still fails. */
  write(): Promise<void>
  /** Deletes the kept stories for which this is true. Resolves to how many there were. */
  forget(isTheirs: (story: EndedCall) => boolean): Promise<number>
  /** Logs which stories are lost with this process's memory. */
  abandon(): void
}

/** Memory for some hundred stories that the spool could not take either; an outage must not use up the memory of live calls. */
const MAX_HELD_BYTES = 16 * 1_024 * 1_024
/** Refused stories that are remembered. */
const MAX_REFUSED = 1_000

/** Reads a story from the spool, also one with the words and field names of an earlier version. */
const storyIn = (value: unknown): EndedCall => {
  const { callSid, ...story } = (value ?? {}) as EndedCall & { readonly callSid?: string }
  const answeredBy = story.answeredBy && verdictIn(story.answeredBy)
  // Earlier versions kept no epoch: whoever has served the call before, this is its end.
  const { epoch = Number.MAX_SAFE_INTEGER } = story
  return {
    ...story,
    epoch,
    ...(callSid === undefined ? {} : { legId: callSid }),
    ...(answeredBy ? { answeredBy } : {}),
  }
}

/** Keeps stories in the spool, and in memory if the spool fails too, as on a full disk. */
export const createUnwritten = (to: {
  readonly journal: Pick<CallJournal, 'finish'>
  readonly spool: Spool | undefined
  readonly log: Logger
}): Unwritten => {
  const { journal, spool, log } = to
  const held = new Map<string, { readonly story: EndedCall; readonly bytes: number; readonly error: unknown }>()
  let heldBytes = 0
  /** Calls with a story that is kept; a newer one takes its place, and must not be written before it. */
  const waiting = new Set<string>()
  /** Stories that a working database has refused, and what is no story: not tried again, so that they do not block others. */
  const refused = new Set<string>()

  const lost = ({ callId, legId }: EndedCall, error: unknown): void =>
    log.error({ callId, legId, what: 'finish', ...describeCause(error) }, 'journal not written')

  const release = (callId: string): void => {
    heldBytes -= held.get(callId)?.bytes ?? 0
    held.delete(callId)
  }

  const hold = (ended: EndedCall, error: unknown): void => {
    const { log: events, ...bare } = ended
    // Logs must leave room for stories.
    const story = heldBytes + (events?.gzip.length ?? 0) > MAX_HELD_BYTES / 2 ? bare : ended
    const bytes = Buffer.byteLength(JSON.stringify(story))
    if (heldBytes + bytes > MAX_HELD_BYTES) return lost(story, error)
    release(story.callId)
    held.set(story.callId, { story, bytes, error })
    heldBytes += bytes
  }

  const postpone = async (story: EndedCall): Promise<void> => {
    const { callId, legId } = story
    waiting.add(callId)
    try {
      if (spool) await spool.add(callId, story)
      else hold(story, undefined)
      log.warn({ callId, legId }, 'journal not written yet: the story is kept until it can be')
    } catch (error) {
      hold(story, error)
    }
  }

  /** Writes the story; `false` if the database refuses this one. Rejects when the database fails. */
  const written = async (story: EndedCall): Promise<boolean> => {
    if (refused.has(story.callId)) return false
    try {
      await journal.finish(story, story)
      waiting.delete(story.callId)
      return true
    } catch (error) {
      if (error instanceof GatewayError && !isRefused(error)) throw error
      refused.add(story.callId)
      waiting.delete(story.callId)
      if (refused.size > MAX_REFUSED) refused.delete(refused.values().next().value!)
      lost(story, error)
      return false
    }
  }

  return {
    async keep(story) {
      if (waiting.has(story.callId)) await postpone(story)
      else await written(story).catch(() => postpone(story))
    },
    async write() {
      for (const [callId, { story }] of held) {
        await written(story)
        release(callId)
      }
      await spool?.drain((value) => written(storyIn(value)))
    },
    async forget(isTheirs) {
      let forgotten = 0
      for (const [callId, { story }] of held) {
        if (!isTheirs(story)) continue
        release(callId)
        forgotten++
      }
      await spool?.drain(async (value) => {
        const isOne = isTheirs(storyIn(value))
        if (isOne) forgotten++
        return isOne
      })
      return forgotten
    },
    abandon() {
      for (const { story, error } of held.values()) lost(story, error)
    },
  }
}
