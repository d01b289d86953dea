import { useEffect, useSyncExternalStore } from 'react'
import { api, ApiError } from './client.ts'
import {
  foldEvent,
  foldList,
  forgetSeqs,
  noCalls,
  rowsOf,
  type ListEvent,
  type LiveCall,
  type LiveCalls,
} from './live-calls.ts'

/** How the feed is: since when (ms since 1970) nothing was heard of it, while it is lost. */
export interface FeedState {
  readonly state: 'opening' | 'open' | 'lost' | 'paused'
  readonly lostAt?: number
}

/** An event of one call as `GET /calls/events` sends it, with its id `BOOT.SEQ`. */
export interface CallEvent extends ListEvent {
  readonly id: string
  readonly atMs?: number
  readonly [field: string]: unknown
}

const CLOSED_AFTER_HIDDEN_MS = 60_000
const AGAIN_AFTER_MS = 2_000
/** The gateway sends a sign of life every 15 s, which a page is not told of; opening takes no longer than this. */
const OPEN_WITHIN_MS = 10_000
/** What the feed does not tell (the cost of a call) is read this often while somebody looks. */
const READ_AGAIN_MS = 10_000
const AT_ONCE = 100

let calls: LiveCalls = noCalls
let rows: readonly LiveCall[] = []
let feed: FeedState = { state: 'opening' }
let isListRead = false
let source: EventSource | undefined
let lastId: string | undefined
let again: ReturnType<typeof setTimeout> | undefined
let isFrameAsked = false
let reading: Promise<void> | undefined
const readers = new Set<() => void>()
const listeners = new Map<string, Set<(event: CallEvent) => void>>()
const resets = new Set<() => void>()

/** At most once a frame, however many events come. */
const publish = (): void => {
  if (isFrameAsked) return
  isFrameAsked = true
  requestAnimationFrame(() => {
    isFrameAsked = false
    rows = rowsOf(calls)
    for (const reader of readers) reader()
  })
}

const become = (next: FeedState): void => {
  feed = next
  publish()
}

const bootOf = (id: string): string => id.slice(0, id.lastIndexOf('.'))

const readLive = async (): Promise<void> => {
  const knownBefore = new Set(calls.known.keys())
  const live: LiveCall[] = []
  let after: string | undefined
  do {
    // oxlint-disable-next-line no-await-in-loop -- a page begins where the one before ended
    const { data } = await api.GET('/calls', { params: { query: { limit: AT_ONCE, ...(after ? { after } : {}) } } })
    const page = data!.calls as unknown as LiveCall[]
    const ongoing = page.filter(({ phase }) => phase !== undefined && phase !== 'ended')
    live.push(...ongoing)
    // Live calls come first.
    after = ongoing.length === page.length ? data!.next : undefined
  } while (after)
  calls = foldList(calls, live, knownBefore)
  isListRead = true
  publish()
}

/** Reads the list of live calls anew; one reading at a time. */
const readList = (): Promise<void> =>
  (reading ??= readLive()
    // Says nothing: that the gateway is gone is seen by the feed.
    .catch(() => {})
    .finally(() => {
      reading = undefined
    }))

const onEvent = (message: MessageEvent<string>): void => {
  const event = JSON.parse(message.data) as CallEvent
  if (lastId && bootOf(lastId) !== bootOf(message.lastEventId)) calls = forgetSeqs(calls)
  if (message.lastEventId) lastId = message.lastEventId
  if (event.type === 'reset') {
    calls = forgetSeqs(calls)
    void readList()
    for (const reset of resets) reset()
    return
  }
  const before = calls
  calls = foldEvent(calls, message.lastEventId, event)
  if (calls !== before) publish()
  for (const listener of listeners.get(event.callId) ?? []) listener({ ...event, id: message.lastEventId })
}

const KINDS = [
  'reset',
  'opened',
  'call',
  'ended',
  'phase',
  'greeting',
  'transcript',
  'words',
  'tool',
  'latency',
  'usage',
  'leg',
  'note',
  'act',
  'problem',
  'refresh',
] as const

const lose = (): void => {
  if (feed.state !== 'lost') become({ state: 'lost', lostAt: Date.now() })
}

const close = (): void => {
  clearTimeout(again)
  source?.close()
  source = undefined
}

const addressOf = (): string => {
  const wish = new URLSearchParams({ level: 'list' })
  if (listeners.size > 0) wish.set('detail', [...listeners.keys()].join(','))
  if (lastId) wish.set('since', lastId)
  return `/calls/events?${wish}`
}

const retry = (): void => {
  close()
  lose()
  again = setTimeout(() => {
    // A feed that is refused does not say why: the session may be over.
    void api.GET('/session').then(open, (error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 401) retry()
    })
  }, AGAIN_AFTER_MS)
}

const open = (): void => {
  close()
  const opened = new EventSource(addressOf())
  source = opened
  again = setTimeout(retry, OPEN_WITHIN_MS)
  for (const kind of KINDS) opened.addEventListener(kind, onEvent)
  opened.addEventListener('open', () => {
    clearTimeout(again)
    become({ state: 'open' })
    // With an id, what was missed comes by itself, or `reset`.
    if (!isListRead || !lastId) void readList()
  })
  // Opened again by ourselves, with the last id in the address: the browser would ask without end when it is refused.
  opened.addEventListener('error', retry)
}

let hiding: ReturnType<typeof setTimeout> | undefined

const onVisibility = (): void => {
  clearTimeout(hiding)
  if (document.visibilityState === 'hidden')
    hiding = setTimeout(() => {
      close()
      become({ state: 'paused' })
    }, CLOSED_AFTER_HIDDEN_MS)
  else if (feed.state === 'paused') open()
}

/** Opens the one feed of this tab, until what it returns is called. */
export const startFeed = (): (() => void) => {
  open()
  document.addEventListener('visibilitychange', onVisibility)
  return () => {
    document.removeEventListener('visibilitychange', onVisibility)
    clearTimeout(hiding)
    close()
  }
}

/** Tells every event of a call, from about now on; `reset` says that some were lost, so the story is to be read again. */
export const listenToCall = (callId: string, listener: (event: CallEvent) => void, reset: () => void): (() => void) => {
  const own = listeners.get(callId) ?? new Set()
  const isFirst = own.size === 0
  listeners.set(callId, own.add(listener))
  resets.add(reset)
  if (isFirst && source) open()
  return () => {
    own.delete(listener)
    resets.delete(reset)
    // The feed goes on as it is: the events of this call are dropped here until it is opened again.
    if (own.size === 0) listeners.delete(callId)
  }
}

const subscribe = (reader: () => void) => {
  readers.add(reader)
  return () => void readers.delete(reader)
}

/** The live calls, the newest first; `undefined` until they are known. Rows that do not change stay the same object. */
export const useLiveCalls = (): readonly LiveCall[] | undefined =>
  useSyncExternalStore(subscribe, () => (isListRead ? rows : undefined))

/** How many calls are live; `undefined` until that is known. */
export const useLiveCount = (): number | undefined =>
  useSyncExternalStore(subscribe, () => (isListRead ? rows.length : undefined))

/** Whether the feed is open, and since when it is not. */
export const useFeedState = (): FeedState => useSyncExternalStore(subscribe, () => feed)

/** Reads what the feed does not tell every ten seconds, while a page shows live calls. */
export const useFreshLiveCalls = (): void => {
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && rows.length > 0) void readList()
    }, READ_AGAIN_MS)
    return () => clearInterval(timer)
  }, [])
}
