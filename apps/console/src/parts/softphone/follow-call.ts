import { api } from '../../api/client.ts'
import { listenToCall } from '../../api/feed.ts'
import type { CallNews, StoryView } from './transcript.ts'

/** What is told of the call makes its story worth reading again; not more often than this. */
const READ_EVERY_MS = 250
/** And without news: what was heard of a sentence grows by itself. */
const AT_LEAST_EVERY_MS = 1_000
/** The story is complete a moment after the call has ended. */
const LAST_READS_MS = [200, 1_000, 3_000]

/** The reading of a call while it lasts and a moment longer. */
export interface FollowedCall {
  /** The call is over: reads what is told last, then stops. */
  readonly ended: () => void
  readonly stop: () => void
}

/** Reads the story of a call when the feed tells something of it, and tells what was read. */
export const followCall = (id: string, tell: (news: CallNews) => void): FollowedCall => {
  const last = [...LAST_READS_MS]
  let story: StoryView | undefined
  let leave: (() => void) | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = Infinity
  let isStopped = false
  let isReading = false
  let isEnding = false

  const plan = (inMs: number): void => {
    const at = Date.now() + inMs
    if (isStopped || at >= dueAt) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(() => void read(), inMs)
  }

  const stop = (): void => {
    isStopped = true
    clearTimeout(timer)
    leave?.()
  }

  const goOn = (): void => {
    if (!isEnding) return plan(AT_LEAST_EVERY_MS)
    const inMs = last.shift()
    if (inMs === undefined) stop()
    else plan(inMs)
  }

  const read = async (): Promise<void> => {
    dueAt = Infinity
    if (isReading) return
    isReading = true
    const { data } = await api.GET('/calls/{id}', { params: { path: { id } } }).catch(() => ({ data: undefined }))
    isReading = false
    if (isStopped) return
    story = (data as StoryView | undefined) ?? story
    if (data && story) {
      leave ??= listenToCall(
        story.callId,
        () => plan(READ_EVERY_MS),
        () => plan(0),
      )
      tell({ story, readAtMs: Date.now() })
    }
    goOn()
  }

  plan(0)
  return {
    ended() {
      isEnding = true
      clearTimeout(timer)
      dueAt = Infinity
      goOn()
    },
    stop,
  }
}
