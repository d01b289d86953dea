import type { ServerResponse } from 'node:http'
import type { CallNotice, CallSession } from '@llc-phone/core'
import { maskNumbersIn } from './mask.ts'

/** Live notices of all calls, as server-sent events. */
export interface CallFeed {
  publish(call: CallSession, notice: CallNotice): void
  /** Takes over a response and keeps it open until either side closes. */
  subscribe(response: ServerResponse): void
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

/** Drops exceptions from a notice: they may quote anything, and need not be JSON. */
const publicPart = (notice: CallNotice): object =>
  notice.type === 'problem' ? { type: notice.type, code: notice.code, message: notice.message } : notice

/** The readers of `GET /calls/events`. */
export const createCallFeed = (): CallFeed => {
  const readers = new Set<ServerResponse>()
  const send = (chunk: string) => {
    for (const reader of readers) {
      if (reader.writableLength + chunk.length > BACKLOG_LIMIT_BYTES) reader.destroy()
      else reader.write(chunk)
    }
  }
  const heartbeat = setInterval(() => send(': still here\n\n'), HEARTBEAT_MS)
  heartbeat.unref()
  return {
    publish(call, notice) {
      if (readers.size === 0) return
      const { callId, legId: callSid } = call.facts
      const data = JSON.stringify({ callId, callSid, mode: call.mode.name, ...publicPart(notice) })
      if (data.length > MAX_LINE_LENGTH) return
      // Numbers are masked as in `GET /calls/ID`.
      send(`event: ${notice.type}\ndata: ${maskNumbersIn(data)}\n\n`)
    },
    subscribe(response) {
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      })
      response.write(': connected\n\n')
      const [longest] = readers
      if (longest && readers.size >= MAX_READERS) {
        longest.end()
        readers.delete(longest)
      }
      readers.add(response)
      response.on('close', () => readers.delete(response))
      response.on('error', () => readers.delete(response))
    },
    // Nothing is kept yet.
    forget: () => undefined,
    close() {
      clearInterval(heartbeat)
      for (const reader of readers) reader.end()
      readers.clear()
    },
  }
}
