import { WebSocket, type RawData } from 'ws'
import type { Timer } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { ModelConnection } from '../model.ts'
import { saneId } from './bounds.ts'
import { dial, type ConnectionOptions } from './dial.ts'
import {
  classify,
  closeWord,
  codeOf,
  errorIn,
  expired,
  handshakeError,
  lostError,
  readError,
  refusal,
  type Failure,
  type ReadError,
} from './server-errors.ts'
import { fitDialect } from './fitted.ts'
import { createProbe, startHeartbeat, type Heartbeat } from './heartbeat.ts'
import { createMeter } from './meter.ts'
import { perform } from './perform.ts'
import { startPriming, type Priming } from './priming.ts'
import { profileOf } from './profile.ts'
import type { ClientEvent, RawMessage, ServerEvent, WireError } from './protocol.ts'
import { readRefusal } from './refused-upgrade.ts'
import { createReplies } from './replies.ts'
import { createSettings } from './settings.ts'
import { createTell } from './tell.ts'

/** Twenty seconds of speech waiting means that the server is not reading. */
const BUFFER_LIMIT_BYTES = 262_144
/** A server that keeps sending what is not its protocol is not going to hold a conversation. */
const MAX_GARBLED = 5
/** A server that does not know us says why only when it closes. */
const CLOSES_WITHIN_MS = 500

/**
 * Opens one Realtime session: `session.created`, our `session.update`, `session.updated` whose echo is checked, and only
 * then `configured`. A server that refuses the update leaves the socket open on its defaults, so nothing is sent before.
 */
export const openConnection = (options: ConnectionOptions): ModelConnection => {
  const { dialect, listener, clock, leftOut, model } = options
  const socket = dial(options)

  let over = false
  let created = false
  let configured = false
  // The call knows that it may speak.
  let isReady = false
  let primes = false
  let priming: Priming | undefined
  let heartbeat: Heartbeat | undefined
  let eventCount = 0
  let garbled = 0
  // Asked once more without what was refused, and not answered yet.
  let asksAgain = false
  const fitted = fitDialect(dialect, leftOut)
  let transcriber: unknown = dialect.usualTranscriber
  let writesCaller = true
  let lastError: ReadError | undefined
  let refusedUnsaid: Timer | undefined

  const send = (event: ClientEvent): string => {
    const event_id = `gw_${++eventCount}`
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(fitted.encode({ ...event, event_id })))
    return event_id
  }

  const { tell, defect } = createTell(listener)

  const stop = (): void => {
    over = true
    priming?.stop()
    heartbeat?.stop()
    refusedUnsaid?.stop()
    probe.stop()
    replies.stop()
    settings.stop()
  }

  const lose = ({ error, retry }: Failure): void => {
    if (over) return
    stop()
    socket.terminate()
    tell({ type: 'lost', error, retry })
  }

  const onGarbled = (): void => {
    garbled++
    tell({ type: 'warning', code: 'model_garbled', message: '' })
    if (garbled >= MAX_GARBLED)
      lose({
        error: new GatewayError('model_garbled', 'The model server keeps sending what is not its protocol.'),
        retry: true,
      })
  }

  const meter = createMeter(tell)
  const replies = createReplies({
    clock,
    send,
    tell,
    onGarbled,
    meter,
    transcriber: () => transcriber,
    writesCaller: () => writesCaller,
  })
  const settings = createSettings({ clock, dialect, fitted, leftOut, send, tell })
  const probe = createProbe({
    clock,
    ask: () => settings.repeat(),
    deaf: () =>
      lose({ error: new GatewayError('model_lost', 'The model server answers pings and nothing else.'), retry: true }),
  })

  const onCreated = async (): Promise<void> => {
    created = true
    tell({ type: 'created' })
    try {
      const { wishes, primes: asksFirst = false, ...config } = await options.config
      if (over) return
      primes = asksFirst
      const { tuning } = profileOf(model, dialect, wishes)
      if (typeof tuning.transcription === 'object') transcriber = tuning.transcription.model
      writesCaller = tuning.transcription !== 'off'
      settings.begin({ ...config, tuning })
    } catch (cause) {
      lose({ error: new GatewayError('mode_failed', 'The mode could not brief this call.', { cause }), retry: false })
    }
  }

  const onReady = (): void => {
    isReady = true
    tell({ type: 'configured' })
  }

  const onUpdated = (session: Readonly<Record<string, unknown>>): void => {
    transcriber = dialect.transcriber(session) ?? transcriber
    if (configured) return settings.updated(session)
    const wrong = dialect.wrongFormat(session)
    if (wrong) {
      const message = `The model server did not accept ${wrong}: it would speak noise.`
      return lose({ error: new GatewayError('model_wrong_format', message), retry: false })
    }
    configured = true
    settings.updated(session)
    if (!primes) return onReady()
    priming = startPriming({
      clock,
      send,
      done: onReady,
      used(response) {
        leftOut.confirm()
        meter.unheard(meter.response(response))
      },
      leavesOut: fitted.learnOfResponse,
      overran: replies.occupied,
      freed: replies.freed,
    })
  }

  /** The server speaks another dialect, and somebody else takes over from here. */
  const isOtherDialect = (error: ReadError): boolean => {
    if (configured || !dialect.isShapeRefusal(error) || !options.onShapeRefused?.(error)) return false
    stop()
    socket.terminate()
    return true
  }

  /** Before the session is configured every error but a passing one is the end of it. */
  const onEarlyError = (error: ReadError): void => {
    const kind = classify(error)
    if (kind === 'benign') return
    if (kind === 'warning' && error.event_id !== undefined && !settings.isFirst(error.event_id)) return warn(error)
    leftOut.forget()
    const failure = refusal(error, model, 'refused the session')
    if (created || kind !== 'warning') return lose(failure)
    refusedUnsaid ??= clock.after(CLOSES_WITHIN_MS, () => lose(failure))
  }

  const warn = (error: ReadError): void => tell({ type: 'warning', code: codeOf(error), message: error.param ?? '' })

  const onError = (wire: WireError): void => {
    const error = readError(wire)
    lastError = error
    if (isOtherDialect(error) || priming?.refused(error, wire)) return
    asksAgain = settings.leavesOut(error, wire)
    if (asksAgain) return
    if (!configured) return onEarlyError(error)
    if (settings.refused(error)) return
    replies.refused(error)
    const kind = classify(error)
    if (kind === 'fatal') return lose(refusal(error, model, 'stopped serving us'))
    if (error.code === 'session_expired') return lose(expired())
    if (kind !== 'benign') warn(error)
  }

  const onEvent = (event: ServerEvent): void => {
    if (priming?.take(event) || (isReady && replies.take(event))) return
    if (event.type === 'error') return onError(errorIn(event))
    if (event.type === 'session.updated') return onUpdated(event.session ?? {})
    if (event.type === 'session.created' && !created) void onCreated()
  }

  const onDelta = (raw: RawMessage, receivedAt: number): void => {
    const { delta, item_id: itemId, content_index: contentIndex = 0, response_id: responseId } = raw
    if (typeof delta !== 'string' || typeof contentIndex !== 'number' || saneId(itemId) === undefined)
      return onGarbled()
    if (isReady && replies.hears(responseId, itemId as string))
      listener.audio(delta, itemId as string, contentIndex, receivedAt)
  }

  const readMessage = (data: RawData, isBinary: boolean): void => {
    const receivedAt = clock.now()
    probe.heard(receivedAt)
    heartbeat?.heard(receivedAt)
    let raw: RawMessage
    try {
      raw = JSON.parse((data as Buffer).toString()) as RawMessage
    } catch {
      return onGarbled()
    }
    if (raw?.type === dialect.audioDelta) return onDelta(raw, receivedAt)
    if (isBinary || typeof raw?.type !== 'string') return onGarbled()
    const event = dialect.decode(raw)
    if (event) onEvent(event)
  }

  const alive = (): void => heartbeat?.heard(clock.now())
  socket.on('open', () => {
    if (over) return
    heartbeat = startHeartbeat({
      clock,
      ping: () => socket.ping(),
      dead: () =>
        lose({ error: new GatewayError('model_lost', 'The model server has stopped answering pings.'), retry: true }),
    })
    tell({ type: 'opened' })
  })
  socket.on('ping', alive)
  socket.on('pong', alive)
  socket.on('message', (data, isBinary) => {
    if (over) return
    try {
      readMessage(data, isBinary)
    } catch (cause) {
      defect(cause)
    }
  })
  socket.on('unexpected-response', (_request, response) => {
    const status = response.statusCode ?? 0
    readRefusal(response, clock, (error) => lose(handshakeError(status, error, model)))
  })
  socket.on('error', (cause) =>
    lose({
      error: new GatewayError('model_unreachable', 'The model server could not be reached.', { cause }),
      retry: true,
    }),
  )
  socket.on('close', (code, reason) => {
    const word = reason.toString()
    if (over || isOtherDialect(closeWord(word))) return
    if (asksAgain && !configured && options.onClosedOver?.()) return stop()
    const failure = lostError(lastError, code, word, model)
    // Refused without a word for it, then closed without one.
    lose(refusedUnsaid && failure.retry && lastError ? refusal(lastError, model, 'refused the session') : failure)
  })

  return {
    send(command) {
      if (over) return
      if (isReady) return perform(command, { settings, replies, probe, send })
      const message = `${command.type} came before the model was configured, and was not sent.`
      tell({ type: 'warning', code: 'internal', message })
    },
    appendAudio(payload) {
      if (over || socket.readyState !== WebSocket.OPEN) return
      if (socket.bufferedAmount > BUFFER_LIMIT_BYTES)
        return lose({
          error: new GatewayError('backlog_exceeded', 'The model server is not taking our audio.'),
          retry: true,
        })
      socket.send(`{"type":"input_audio_buffer.append","audio":"${payload}"}`)
    },
    close() {
      stop()
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
      else socket.close(1000)
    },
  }
}
