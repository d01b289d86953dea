/** The WebSocket of a stream, as both kinds have it: signed, numbered messages, and an end with a reason. */
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import type { Reach } from './reach.ts'
import type { TimelineEntry } from './types.ts'
import { isTlsFailure, signRequest } from './webhook.ts'

const CONNECT_TIMEOUT_MS = 5000
const CLOSE_TIMEOUT_MS = 2000

/** Why a stream is over. */
export interface StreamEnd {
  reason: 'server-closed' | 'stopped' | 'died' | 'failed'
  code?: number
}

/** What a socket needs to know of its stream. */
export interface MediaSocketOptions {
  /** As the document has it, which is what is signed. */
  url: string
  /** Where it is connected to. */
  socketUrl: string
  accountSid: string
  callSid: string
  streamSid: string
  authToken: string
  reach: Reach
  log(entry: Omit<TimelineEntry, 'atMs'>): void
  /** The stream could not be opened. */
  fail(code: number, message: string): void
}

/** What the stream does with its socket. */
interface Handlers {
  opened(): void
  received(data: string | undefined): void
  /** No more audio from here on; called once or more. */
  leave(): void
}

/** An open socket. */
export interface MediaSocket {
  readonly ended: Promise<StreamEnd>
  readonly isOpen: boolean
  readonly bufferedBytes: number
  send(message: Record<string, unknown>): void
  /** Uses up a number without sending: the gap is how the receiver learns that something was lost. */
  skip(): void
  /** A message outside the numbering. */
  sendBare(message: Record<string, unknown>): void
  /** Ends it as Twilio does: `stop`, then the close frame. */
  stop(): void
  /** Dies without a close frame. */
  kill(): void
}

/** Opens the socket; the end is told by `ended`, which never rejects. */
export function openMediaSocket(options: MediaSocketOptions, handlers: Handlers): MediaSocket {
  const { streamSid, log } = options
  const { promise: ended, resolve: end } = Promise.withResolvers<StreamEnd>()
  const socket = new WebSocket(options.socketUrl, {
    headers: { 'x-twilio-signature': signRequest(options.authToken, options.url) },
    ...options.reach.tlsFor(options.socketUrl),
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
  })
  let ending: StreamEnd | undefined
  let sequence = 0

  const send = (message: Record<string, unknown>): void => {
    if (socket.readyState !== WebSocket.OPEN) return
    sequence++
    socket.send(JSON.stringify({ ...message, sequenceNumber: String(sequence), streamSid }))
  }

  socket.on('open', () => {
    log({ type: 'socket-opened', streamSid, url: options.url })
    handlers.opened()
  })
  socket.on('message', (data, isBinary) => handlers.received(isBinary ? undefined : (data as Buffer).toString()))
  socket.on('unexpected-response', (_request, response) => {
    ending = { reason: 'failed', code: 31920 }
    options.fail(31920, `Stream: WebSocket handshake error: HTTP ${response.statusCode}`)
    response.resume()
    socket.terminate()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (ending || socket.readyState === WebSocket.OPEN) return
    const reason = error.code ?? error.message
    const code = isTlsFailure(reason) ? 31910 : error.code === 'ECONNREFUSED' ? 31902 : 31901
    ending = { reason: 'failed', code }
    options.fail(code, `Stream: ${code === 31910 ? 'TLS error' : 'connection failed'}: ${reason}`)
  })
  socket.on('close', (code) => {
    handlers.leave()
    // 1006: nobody said goodbye. That is a network failure, whichever side it happened on.
    ending ??= code === 1006 ? { reason: 'died', code: 31924 } : { reason: 'server-closed' }
    log({ type: 'socket-closed', streamSid, code, status: ending.reason })
    end(ending)
  })

  return {
    ended,
    get isOpen() {
      return socket.readyState === WebSocket.OPEN
    },
    get bufferedBytes() {
      return socket.bufferedAmount
    },
    send,
    skip: () => void sequence++,
    sendBare: (message) => socket.send(JSON.stringify(message)),
    stop() {
      if (ending) return
      ending = { reason: 'stopped' }
      handlers.leave()
      if (socket.readyState !== WebSocket.OPEN) return socket.terminate()
      log({ type: 'stop', streamSid })
      send({ event: 'stop', stop: { accountSid: options.accountSid, callSid: options.callSid } })
      socket.close(1000)
      // A gateway that never answers the close frame must not keep the call.
      void sleep(CLOSE_TIMEOUT_MS, undefined, { ref: false }).then(() => socket.terminate())
    },
    kill() {
      ending ??= { reason: 'died', code: 31924 }
      socket.terminate()
    },
  }
}
