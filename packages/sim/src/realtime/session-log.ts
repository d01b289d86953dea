/** What went over one session's socket, both ways, with times: what tests and people look at. */
import type { WireEvent } from './protocol.ts'

/** One event that passed. Audio is replaced by its size, so that a log stays readable and small. */
export interface LogEntry {
  /** Milliseconds on the clock of `performance.now()` of this process. */
  atMs: number
  from: 'client' | 'server'
  event: WireEvent
}

/** Events in the order they passed. */
export interface SessionLog {
  readonly entries: readonly LogEntry[]
  add(from: LogEntry['from'], event: WireEvent): void
  /** Types of the events from one side, in order, without the audio pieces unless asked for. */
  types(from: LogEntry['from'], options?: { withAudio?: boolean }): string[]
  /** The first matching event, past or to come; rejects after `timeoutMs` (default 5000) of waiting. */
  waitFor(
    from: LogEntry['from'],
    match: string | ((event: WireEvent) => boolean),
    timeoutMs?: number,
  ): Promise<WireEvent>
}

const MOST_ENTRIES = 20_000
const isAudio = (type: string) => /audio(_transcript)?\.delta$|text\.delta$|buffer\.append$/.test(type)

/** An empty log; without `keepsAudio` single pieces of audio leave no entry. */
export function createSessionLog(keepsAudio: boolean): SessionLog {
  const entries: LogEntry[] = []
  const watchers = new Set<(entry: LogEntry) => void>()

  return {
    entries,
    add(from, event) {
      if (!keepsAudio && isAudio(event.type)) return
      const entry: LogEntry = { atMs: performance.now(), from, event: shorten(event) }
      entries.push(entry)
      if (entries.length > MOST_ENTRIES) entries.splice(0, MOST_ENTRIES / 4)
      for (const watcher of watchers) watcher(entry)
    },
    types: (from, { withAudio = false } = {}) =>
      entries
        .filter((entry) => entry.from === from && (withAudio || !isAudio(entry.event.type)))
        .map(({ event }) => event.type),
    waitFor(from, match, timeoutMs = 5000) {
      const fits = (entry: LogEntry) =>
        entry.from === from && (typeof match === 'string' ? entry.event.type === match : match(entry.event))
      const past = entries.find(fits)
      if (past) return Promise.resolve(past.event)
      return new Promise((resolve, reject) => {
        const watcher = (entry: LogEntry) => {
          if (!fits(entry)) return
          clearTimeout(timer)
          watchers.delete(watcher)
          resolve(entry.event)
        }
        const timer = setTimeout(() => {
          watchers.delete(watcher)
          reject(
            new Error(`No ${from} event ${typeof match === 'string' ? match : 'that matches'} within ${timeoutMs} ms`),
          )
        }, timeoutMs)
        watchers.add(watcher)
      })
    },
  }
}

/** The event as the log keeps it: a copy, with audio replaced by its size. */
function shorten(event: WireEvent): WireEvent {
  const isDelta = event.type.endsWith('audio.delta')
  if (!isDelta && event.type !== 'input_audio_buffer.append') return structuredClone(event)
  const key = isDelta ? 'delta' : 'audio'
  const base64 = event[key]
  return { ...event, [key]: typeof base64 === 'string' ? `(${Buffer.byteLength(base64, 'base64')} bytes)` : base64 }
}
