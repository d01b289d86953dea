import { WebSocket, type RawData } from 'ws'
import { GatewayError } from '../errors.ts'
import type { ModelEvent } from '../model.ts'
import { dial, type ConnectionOptions } from './dial.ts'
import { createProbe, startHeartbeat, type Heartbeat } from './heartbeat.ts'
import type { ClientEvent, RawMessage, ServerEvent } from './protocol.ts'
import { readRefusal } from './refused-upgrade.ts'
import { handshakeError, type Failure } from './server-errors.ts'

/** Twenty seconds of speech waiting means that the server is not reading. */
const BUFFER_LIMIT_BYTES = 262_144
/** A server that keeps sending what is not its protocol is not going to hold a conversation. */
const MAX_GARBLED = 5

/** What a socket is opened with, and where it reports to; nothing is reported once it was stopped. */
export interface SocketOptions {
  readonly options: ConnectionOptions
  encode(event: ClientEvent): object
  /** Sends something that every server answers. */
  askAnything(): void
  tell(event: ModelEvent): void
  /** Something threw while a message was read. */
  defect(cause: unknown): void
  onAudio(raw: RawMessage, receivedAt: number): void
  onEvent(event: ServerEvent): void
  /** It cannot go on. */
  onFailure(failure: Failure): void
  /** The server has closed it; `word` is its reason, or empty. */
  onClosed(code: number, word: string): void
}

/** One WebSocket to a model's server, and what tells whether anybody is behind it. */
export interface ModelSocket {
  /** Sends an event if the socket is open; returns its id. */
  send(event: ClientEvent): string
  /** Base64 μ-law of the caller's. */
  append(payload: string): void
  /** Finds out whether the server does anything but answer pings. */
  probe(): void
  /** What has come is not the protocol. */
  garbled(): void
  /** Reports nothing any more. */
  stop(): void
  terminate(): void
  close(): void
  readonly isOver: boolean
}

/** Begins the handshake. */
export const openSocket = (to: SocketOptions): ModelSocket => {
  const { options, encode, tell, onFailure } = to
  const { clock, dialect, model } = options
  const socket = dial(options)
  let isOver = false
  let heartbeat: Heartbeat | undefined
  let eventCount = 0
  let garbledCount = 0

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
    const error = new GatewayError('model_garbled', 'The model server keeps sending what is not its protocol.')
    onFailure({ error, retry: true })
  }

  const readMessage = (data: RawData, isBinary: boolean): void => {
    const receivedAt = clock.now()
    probe.heard(receivedAt)
    heartbeat?.heard(receivedAt)
    let raw: RawMessage
    try {
      raw = JSON.parse((data as Buffer).toString()) as RawMessage
    } catch {
      return garbled()
    }
    if (raw?.type === dialect.audioDelta) return to.onAudio(raw, receivedAt)
    if (isBinary || typeof raw?.type !== 'string') return garbled()
    const event = dialect.decode(raw)
    if (event) to.onEvent(event)
  }

  const alive = (): void => heartbeat?.heard(clock.now())
  socket.on('open', () => {
    if (isOver) return
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
    readRefusal(response, clock, (error) => onFailure(handshakeError(status, error, model)))
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
      socket.send(`{"type":"input_audio_buffer.append","audio":"${payload}"}`)
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
  }
}
