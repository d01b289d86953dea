import { isUtf8 } from 'node:buffer'
import type { Duplex } from 'node:stream'
import { WebSocket, type RawData } from 'ws'
import { isBase64 } from '../audio.ts'
import { createBudget } from '../budget.ts'
import { GatewayError } from '../errors.ts'
import type { ModelEvent } from '../model.ts'
import { wholeFrames } from '../whole-frame.ts'
import { createDeltaReader } from './delta-frame.ts'
import { dial, type ConnectionOptions } from './dial.ts'
import { createProbe, startHeartbeat, type Heartbeat } from './heartbeat.ts'
import type { ClientEvent, RawMessage, ServerEvent } from './protocol.ts'
import { refusedForLoad } from './quota.ts'
import { readRefusal } from './refused-upgrade.ts'
import { handshakeError, type Failure } from './server-errors.ts'

/** Twenty seconds of audio in the send buffer mean that the server is not reading. */
const BUFFER_LIMIT_BYTES = 262_144
/**
 * What a model may send: a reply of two minutes at once, in pieces of 20 ms with everything that is told beside it. More than
 * that, again and again, is no conversation any more, and reading it would keep other calls waiting.
 */
const MESSAGES = { perSecond: 400, most: 8_000 }
const BYTES = { perSecond: 524_288, most: 8_388_608 }
/** Wall clocks that differ by less are taken for the same: a `Date` header has whole seconds, and was on its way. */
const CLOCKS_DIFFER_MS = 5_000
/** Unreadable messages after which the connection is given up. */
const MAX_GARBLED = 5

/** Options and callbacks of a socket; nothing is called once it was stopped. */
export interface SocketOptions {
  readonly options: ConnectionOptions
  encode(event: ClientEvent): object
  /** Sends an event that every server answers. */
  askAnything(): void
  tell(event: ModelEvent): void
  /** An exception was thrown while a message was handled. */
  defect(cause: unknown): void
  onAudio(raw: RawMessage, receivedAt: number): void
  onEvent(event: ServerEvent): void
  /** The connection has failed. */
  onFailure(failure: Failure): void
  /** The server has closed the connection; `word` is its reason, or empty. */
  onClosed(code: number, word: string): void
}

/** One WebSocket to a model server, with heartbeat and probe. */
export interface ModelSocket {
  /** Sends an event if the socket is open; returns its id. */
  send(event: ClientEvent): string
  /** Sends caller audio: base64 μ-law. */
  append(payload: string): void
  /** Checks that the server does more than answer pings. */
  probe(): void
  /** Counts a message that is not a valid event. */
  garbled(): void
  /** Stops all reports. */
  stop(): void
  terminate(): void
  close(): void
  readonly isOver: boolean
  /** How far the server's wall clock is ahead of ours (ms), by the handshake; 0 when it does not say, or hardly differs. */
  readonly serverAheadMs: number
}

/** Begins the handshake. */
export const openSocket = (to: SocketOptions): ModelSocket => {
  const { options, encode, tell, onFailure } = to
  const { clock, dialect, model } = options
  const socket = dial(options)
  const readDelta = createDeltaReader(dialect.audioDelta)
  let below: Duplex | undefined
  let serverAheadMs = 0
  let sendWhole = (text: string): void => socket.send(text)
  let isOver = false
  let heartbeat: Heartbeat | undefined
  let eventCount = 0
  let garbledCount = 0
  const messages = createBudget(MESSAGES)
  const bytes = createBudget(BYTES)

  const gone = (message: string): void => onFailure({ error: new GatewayError('model_lost', message), retry: true })

  const probe = createProbe({
    clock,
    ask: to.askAnything,
    deaf: () => gone('The model server answers pings and nothing else.'),
  })

  const garbled = (): void => {
    garbledCount++
    tell({ type: 'warning', code: 'model_garbled', message: '' })
    if (garbledCount < MAX_GARBLED) return
    const error = new GatewayError(
      'model_garbled',
      'The model server keeps sending messages that are not valid Realtime events.',
    )
    onFailure({ error, retry: true })
  }

  const flooded = (): void =>
    onFailure({
      error: new GatewayError('model_flooded', 'The model server sends more than a conversation can hold.'),
      retry: true,
    })

  /** `undefined`: not JSON. */
  const parse = (text: Buffer): RawMessage | null | undefined => {
    try {
      // The socket leaves this check to us, because deltas need none: what is recognised by its bytes is ASCII.
      return isUtf8(text) ? (JSON.parse(text.toString()) as RawMessage | null) : undefined
    } catch {
      return undefined
    }
  }

  const readMessage = (data: RawData, isBinary: boolean): void => {
    const receivedAt = clock.now()
    probe.heard(receivedAt)
    heartbeat?.heard(receivedAt)
    if (!messages.take(receivedAt) || !bytes.take(receivedAt, (data as Buffer).length)) return flooded()
    const delta = readDelta(data as Buffer)
    if (delta) return to.onAudio(delta, receivedAt)
    const raw = parse(data as Buffer)
    if (raw === undefined) return garbled()
    if (raw?.type === dialect.audioDelta)
      return typeof raw.delta === 'string' && !isBase64(raw.delta) ? garbled() : to.onAudio(raw, receivedAt)
    if (isBinary || typeof raw?.type !== 'string') return garbled()
    const event = dialect.decode(raw)
    if (event) to.onEvent(event)
  }

  const alive = (): void => heartbeat?.heard(clock.now())
  socket.on('upgrade', (response) => {
    below = response.socket
    const aheadMs = Date.parse(response.headers.date ?? '') - clock.date().getTime()
    if (Math.abs(aheadMs) > CLOCKS_DIFFER_MS) serverAheadMs = aheadMs
  })
  socket.on('open', () => {
    if (isOver) return
    sendWhole = wholeFrames(socket, below, true)
    heartbeat = startHeartbeat({
      clock,
      ping: () => socket.ping(),
      dead: () => gone('The model server has stopped answering pings.'),
    })
    tell({ type: 'opened' })
  })
  socket.on('ping', alive)
  socket.on('pong', alive)
  socket.on('message', (data, isBinary) => {
    if (isOver) return
    try {
      readMessage(data, isBinary)
    } catch (cause) {
      to.defect(cause)
    }
  })
  socket.on('unexpected-response', (_request, response) => {
    const status = response.statusCode ?? 0
    readRefusal(response, clock, (error) => {
      const failure = handshakeError(status, error, model)
      // What may not be retried is not about load: a wrong key, or an account without money.
      if (status === 429 && failure.retry && !options.isSpare)
        options.onQuota?.(refusedForLoad(error, response.headers['retry-after']))
      onFailure(failure)
    })
  })
  socket.on('error', (cause) =>
    onFailure({
      error: new GatewayError('model_unreachable', 'The model server could not be reached.', { cause }),
      retry: true,
    }),
  )
  socket.on('close', (code, reason) => {
    if (!isOver) to.onClosed(code, reason.toString())
  })

  return {
    send(event) {
      const event_id = `gw_${++eventCount}`
      if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(encode({ ...event, event_id })))
      return event_id
    },
    append(payload) {
      if (isOver || socket.readyState !== WebSocket.OPEN) return
      if (socket.bufferedAmount > BUFFER_LIMIT_BYTES)
        return onFailure({
          error: new GatewayError('backlog_exceeded', 'The model server is not taking our audio.'),
          retry: true,
        })
      sendWhole(`{"type":"input_audio_buffer.append","audio":"${payload}"}`)
    },
    probe: probe.ask,
    garbled,
    stop() {
      isOver = true
      heartbeat?.stop()
      probe.stop()
    },
    terminate: () => socket.terminate(),
    close() {
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
      else socket.close(1000)
    },
    get isOver() {
      return isOver
    },
    get serverAheadMs() {
      return serverAheadMs
    },
  }
}
