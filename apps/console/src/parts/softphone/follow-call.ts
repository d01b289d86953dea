import { api } from '../../api/client.ts'
import type { CallNews, StoryView } from './transcript.ts'

/** What is told of the call makes its story worth reading again; not more often than this. */
const READ_EVERY_MS = 250
/** And without news: what was heard of a sentence grows by itself. */
const AT_LEAST_EVERY_MS = 1_000
/** The story is complete a moment after the call has ended. */
const LAST_READS_MS = [200, 1_200, 4_000]

const KINDS = ['opened', 'phase', 'transcript', 'tool', 'problem', 'leg', 'ended', 'reset'] as const

/** Reads a call while it lasts and a moment longer, and tells what was read; gives the function that ends it. */
export const followCall = (id: string, tell: (news: CallNews) => void): { ended: () => void; stop: () => void } => {
  let spoken: readonly string[] = []
  let story: StoryView | undefined
  let feed: EventSource | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let dueAt = Infinity
  let isStopped = false
  let isReading = false
  let last = [...LAST_READS_MS]
  let isEnding = false

  const plan = (inMs: number): void => {
    const at = Date.now() + inMs
    if (isStopped || at >= dueAt) return
    clearTimeout(timer)
    dueAt = at
    timer = setTimeout(() => void read(), inMs)
  }

  const next = (): void => {
    if (!isEnding) return plan(AT_LEAST_EVERY_MS)
    const inMs = last.shift()
    if (inMs === undefined) stop()
    else plan(inMs)
  }

  const listen = (callId: string): void => {
    feed = new EventSource(`/calls/events?calls=${encodeURIComponent(callId)}`)
    for (const kind of KINDS)
      feed.addEventListener(kind, ({ data }: MessageEvent<string>) => {
        const { speaker, text } = JSON.parse(data) as { speaker?: string; text?: string }
        if (kind === 'transcript' && speaker === 'assistant' && text) spoken = [...spoken, text]
        plan(READ_EVERY_MS)
      })
  }

  const read = async (): Promise<void> => {
    dueAt = Infinity
    if (isReading) return
    isReading = true
    // Until the carrier has rung, there is no such call: it is asked for again.
    const { data } = await api.GET('/calls/{id}', { params: { path: { id } } }).catch(() => ({ data: undefined }))
    isReading = false
    if (isStopped) return
    story = (data as StoryView | undefined) ?? story
    if (story) {
      if (!feed) listen(story.callId)
      tell({ story, readAtMs: Date.now(), spoken })
    }
    if (story) next()
    else if (isEnding) next()
    else plan(READ_EVERY_MS)
  }

  const stop = (): void => {
    isStopped = true
    clearTimeout(timer)
    feed?.close()
  }

  plan(0)
  return {
    ended() {
      isEnding = true
      plan(last.shift() ?? 0)
    },
    stop,
  }
}
