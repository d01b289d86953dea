import { randomBytes } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { systemClock, type CallNotice, type CallSession, type Clock, type Timer } from '@llc-phone/core'
import { createFeedLog, type FedEvent } from './feed-log.ts'
import { maskNumbersIn } from './mask.ts'

/** What a reader wants of the feed; everything but samples of the relay when nothing is said. */
export interface FeedWish {
  /** The id of the last event that the reader has: those since then come first, or `reset`. */
  readonly lastEventId?: string | undefined
  /** Ids of calls. */
  readonly calls?: readonly string[] | undefined
  /** Kinds of events; `relay` asks for the samples. */
  readonly only?: readonly string[] | undefined
  /** `list`: `opened`, `ended`, and for each call that changes one `call` a second. */
  readonly level?: 'detail' | 'list' | undefined
  /** With `list`: ids of calls of which everything is told as well. */
  readonly detail?: readonly string[] | undefined
}

/** Live news of all calls, as server-sent events. */
export interface CallFeed {
  publish(call: CallSession, notice: CallNotice): void
  /** Takes over a response and keeps it open until either side closes. */
  subscribe(response: ServerResponse, wish?: FeedWish): void
  /** Drops what is kept of these calls for readers who come back. */
  forget(callIds: readonly string[]): void
  close(): void
}

/** A reader that falls this far behind is disconnected; browsers reconnect by themselves. */
const BACKLOG_LIMIT_BYTES = 1_048_576

/** Longer than any notice; a longer one is not sent, because part of a line is no JSON. */
const MAX_LINE_LENGTH = 65_536

/** Most readers; the oldest one is disconnected for a new one, and reconnects by itself. */
const MAX_READERS = 50

/** Keep-alive interval: proxies commonly close a connection that has been silent for a minute. */
const HEARTBEAT_MS = 15_000

/** How long events are kept once the last reader has left: what nobody reads is not made. */
const KEPT_AFTER_MS = 300_000

/** A call in a list changes at most this often. */
const LIST_EVERY_MS = 1_000

/** Calls that are remembered as opened, and for lists: more than a process has. */
const MAX_CALLS = 4_096

const MAX_WORDS = 200

interface Reader {
  readonly response: ServerResponse
  readonly wish: FeedWish
  /** Of a reader of lists: the calls to tell next. */
  readonly changed: Set<string>
  /** A reader who comes back may be sent much at once. */
  readonly limitBytes: number
}

/** What a list shows of a call. */
interface ListedCall {
  readonly callSid: string
  readonly mode: string
  readonly phase: string
  readonly speaker?: string
  readonly words?: string
  readonly problem?: string
  /** The caller hears the assistant. */
  readonly speaking?: boolean
}

/** Drops exceptions from a notice: they may quote anything, and need not be JSON. */
const publicPart = (notice: CallNotice): object =>
  notice.type === 'problem' ? { type: notice.type, code: notice.code, message: notice.message } : notice

const kindOf = (notice: CallNotice): string =>
  notice.type === 'latency' && notice.measure.startsWith('relay_') ? 'relay' : notice.type

/** Numbers are masked as in `GET /calls/ID`: `dialled` is ours. */
const maskValue = (key: string, value: unknown): unknown =>
  typeof value === 'string' && key !== 'dialled' ? maskNumbersIn(value) : value

const textOf = (id: string, type: string, data: object): string => {
  const json = JSON.stringify(data, maskValue)
  return json.length > MAX_LINE_LENGTH ? '' : `id: ${id}\nevent: ${type}\ndata: ${json}\n\n`
}

const headOf = ({ facts, state, instance }: CallSession) => ({
  instance,
  direction: facts.direction,
  caller: facts.otherParty.number,
  dialled: facts.dialled,
  phase: state.phase,
  startedAt: facts.startedAt,
})

const wants = (
  { calls, only, level, detail }: FeedWish,
  { callId, kind }: Pick<FedEvent, 'callId' | 'kind'>,
): boolean => {
  if (calls && !calls.includes(callId)) return false
  if (level === 'list')
    return kind === 'opened' || kind === 'ended' || (kind !== 'relay' && detail?.includes(callId) === true)
  return only ? only.includes(kind) : kind !== 'relay'
}

/** The newest entries of a map stay. */
const bound = (entries: Map<string, unknown> | Set<string>): void => {
  if (entries.size > MAX_CALLS) entries.delete(entries.keys().next().value!)
}

/** The readers of `GET /calls/events`, and the newest events for those who come back. */
export const createCallFeed = (
  clock: Clock = systemClock,
  log = createFeedLog(randomBytes(6).toString('hex')),
): CallFeed => {
  const readers = new Map<ServerResponse, Reader>()
  const opened = new Set<string>()
  const listed = new Map<string, ListedCall>()
  /** The live ones of those, to look at whether they speak. */
  const live = new Map<string, CallSession>()
  let lister: Timer | undefined
  let dropper: Timer | undefined

  const send = ({ response, limitBytes }: Reader, text: string): void => {
    if (text === '') return
    if (response.writableLength + text.length > limitBytes) response.destroy()
    else response.write(text)
  }

  const beat = (): Timer =>
    clock.after(HEARTBEAT_MS, () => {
      // The id moves on even for readers whose filter lets nothing through.
      for (const reader of readers.values()) send(reader, `: still here\nid: ${log.id}\n\n`)
      heartbeat = beat()
    })
  let heartbeat = beat()

  /** Sound begins and ends too often to be told each time. */
  const lookWhoSpeaks = (): void => {
    for (const [callId, { state }] of live) {
      const call = listed.get(callId)
      const speaking = state.sounding
      if (!call || (call.speaking ?? false) === speaking) continue
      listed.set(callId, { ...call, speaking })
      change(callId)
    }
  }

  const hasLists = (): boolean => [...readers.values()].some(({ wish }) => wish.level === 'list')

  /** The text of a call is made once, however many lists have it, and each reader is written to once. */
  const tellLists = (): void => {
    lookWhoSpeaks()
    lister = undefined
    const texts = new Map<string, string>()
    const textOfCall = (callId: string): string => {
      const call = listed.get(callId)
      const text = texts.get(callId) ?? (call ? textOf(log.id, 'call', { callId, ...call, type: 'call' }) : '')
      texts.set(callId, text)
      return text
    }
    for (const reader of readers.values()) {
      send(reader, [...reader.changed].map(textOfCall).join(''))
      reader.changed.clear()
    }
    if (live.size > 0 && hasLists()) lister ??= clock.after(LIST_EVERY_MS, tellLists)
  }

  const change = (callId: string, only?: Reader): void => {
    for (const reader of only ? [only] : readers.values()) {
      const { level, calls } = reader.wish
      if (level === 'list' && (!calls || calls.includes(callId))) reader.changed.add(callId)
    }
    lister ??= clock.after(LIST_EVERY_MS, tellLists)
  }

  const list = (call: CallSession, notice: CallNotice): void => {
    const { callId, legId: callSid } = call.facts
    const before = listed.get(callId)
    listed.set(callId, {
      ...before,
      callSid,
      mode: call.mode.name,
      phase: notice.type === 'phase' ? notice.phase : call.state.phase,
      ...(notice.type === 'transcript' ? { speaker: notice.speaker, words: notice.text.slice(0, MAX_WORDS) } : {}),
      ...(notice.type === 'problem' ? { problem: notice.code } : {}),
    })
    bound(listed)
    if (notice.type === 'phase' && notice.phase === 'ended') live.delete(callId)
    else live.set(callId, call)
    if (['phase', 'transcript', 'problem'].includes(notice.type)) change(callId)
  }

  const tell = (call: CallSession, kind: string, type: string, part: object): void => {
    const { callId, legId: callSid, startedAt } = call.facts
    const atMs = Math.max(0, clock.date().getTime() - startedAt.getTime())
    const mode = call.mode.name
    const event = log.add(callId, kind, (id) => textOf(id, type, { callId, callSid, mode, atMs, ...part }))
    for (const reader of readers.values()) if (wants(reader.wish, event)) send(reader, event.text())
  }

  const leave = (response: ServerResponse): void => {
    readers.delete(response)
    if (readers.size > 0) return
    dropper ??= clock.after(KEPT_AFTER_MS, () => {
      dropper = undefined
      log.drop()
      listed.clear()
      live.clear()
    })
  }

  /** What a reader has missed, as text; a reader of lists is told of each changed call once. */
  const missedBy = (reader: Pick<Reader, 'wish'>, missed: readonly FedEvent[] | undefined): string =>
    missed === undefined
      ? `id: ${log.id}\nevent: reset\ndata: {"type":"reset"}\n\n`
      : missed.map((event) => (wants(reader.wish, event) ? event.text() : '')).join('')

  return {
    publish(call, notice) {
      const { callId } = call.facts
      const isNew = !opened.has(callId)
      opened.add(callId)
      bound(opened)
      const kind = kindOf(notice)
      if (kind === 'relay' && ![...readers.values()].some(({ wish }) => wish.only?.includes('relay'))) return
      if (isNew) tell(call, 'opened', 'opened', { type: 'opened', ...headOf(call) })
      tell(call, kind, notice.type, publicPart(notice))
      if (log.isKeeping) list(call, notice)
      if (notice.type !== 'phase' || notice.phase !== 'ended') return
      const end = { endedAt: clock.date(), disposition: notice.disposition }
      tell(call, 'ended', 'ended', { type: 'ended', ...headOf(call), phase: 'ended', ...end })
    },
    subscribe(response, wish = {}) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      const missed = wish.lastEventId === undefined ? [] : log.since(wish.lastEventId)
      dropper?.stop()
      dropper = undefined
      log.keep()
      const text = `: connected\nid: ${log.id}\n\n`
      const first = missedBy({ wish }, missed)
      const reader = { response, wish, changed: new Set<string>(), limitBytes: BACKLOG_LIMIT_BYTES + first.length }
      // The id of the present comes last, or a reader who is cut off in between would miss the rest.
      response.write(first + text)
      if (missed && wish.level === 'list') for (const { callId } of missed) change(callId, reader)
      const [longest] = readers.keys()
      if (longest && readers.size >= MAX_READERS) {
        longest.end()
        readers.delete(longest)
      }
      readers.set(response, reader)
      response.on('close', () => leave(response))
      response.on('error', () => leave(response))
    },
    forget(callIds) {
      log.forget(callIds)
      for (const callId of callIds) {
        listed.delete(callId)
        live.delete(callId)
      }
    },
    close() {
      heartbeat.stop()
      lister?.stop()
      dropper?.stop()
      for (const response of readers.keys()) response.end()
      readers.clear()
    },
  }
}
