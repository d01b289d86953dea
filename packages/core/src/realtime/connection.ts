import { WebSocket, type RawData } from 'ws'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { HeardPart, ModelCommand, ModelConnection, ModelListener, SessionConfig } from '../model.ts'
import type { Dialect } from './dialect.ts'
import { classify, handshakeError, lostError } from './errors.ts'
import type { ClientEvent, ServerEvent, WireError, WireItem, WireResponse } from './protocol.ts'
import { startPriming, type Priming } from './priming.ts'
import { createResponseQueue } from './response-queue.ts'
import { outcomeOf, problemOf, tokenUsage } from './translate.ts'

/** The handshake itself; the call has its own deadline for the whole way to a configured session. */
const HANDSHAKE_TIMEOUT_MS = 8_000
/** Twenty seconds of speech waiting means that the server is not reading. */
const BUFFER_LIMIT_BYTES = 262_144
/** A server that keeps sending what is not its protocol is not going to hold a conversation. */
const MAX_GARBLED = 5
/** Retrieved items and long deltas are large; nothing we ask for comes near this. */
const MAX_MESSAGE_BYTES = 4_194_304
/** The model may write 4,096 tokens; what is cut here is no JSON any more, and the model is told so. */
const MAX_ARGUMENTS_CHARS = 65_536
const MAX_NAME_CHARS = 512

export interface ConnectionOptions {
  readonly url: string
  readonly apiKey: string
  readonly model: string
  readonly dialect: Dialect
  readonly config: Promise<SessionConfig> | SessionConfig
  readonly listener: ModelListener
  readonly clock: Clock
  /** Called instead of `lost` when the server speaks another dialect and the session is not configured yet. */
  onShapeRefused?(error: WireError): boolean
}

/**
 * Opens one Realtime session: `session.created`, our `session.update`, `session.updated` whose echo is checked, and only
 * then `configured`. A server that refuses the update leaves the socket open on its defaults, so nothing is sent before.
 */
export const openConnection = (options: ConnectionOptions): ModelConnection => {
  const { dialect, listener } = options
  const url = new URL(options.url)
  url.searchParams.set('model', options.model)
  const socket = new WebSocket(url, {
    headers: { ...dialect.headers, authorization: `Bearer ${options.apiKey}` },
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
  })

  let over = false
  let created = false
  let configured = false
  let interruptsItself = false
  let primes = false
  let priming: Priming | undefined
  // A turn that was noise: the item and the answer that the server makes of it are both unwanted.
  let dismissing = false
  const dismissed = new Set<string>()
  let eventCount = 0
  let garbled = 0
  let configureEventId: string | undefined
  let replyEventId: string | undefined
  let lastError: WireError | undefined
  let lastResponseId: string | undefined
  // Deltas of an interrupted response are still on their way; the caller has asked us to be quiet.
  const silenced = new Set<string>()
  const toolCallsSeen = new Set<string>()

  const send = (event: ClientEvent): string => {
    const event_id = `gw_${++eventCount}`
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(dialect.encode({ ...event, event_id })))
    return event_id
  }
  const queue = createResponseQueue(() => {
    replyEventId = send({ type: 'response.create' })
  })

  const lose = (error: GatewayError, retry: boolean): void => {
    if (over) return
    over = true
    priming?.stop()
    socket.terminate()
    listener.event({ type: 'lost', error, retry })
  }

  const configure = (config: Partial<SessionConfig>, first: boolean): void => {
    if (first) primes = config.primes ?? false
    const turns = config.turnDetection
    if (turns) interruptsItself = turns.kind !== 'none' && (turns.interrupts ?? turns.autoReply)
    const id = send({ type: 'session.update', session: dialect.session(config, first) })
    if (first) configureEventId = id
  }

  const onCreated = async (): Promise<void> => {
    created = true
    listener.event({ type: 'created' })
    try {
      const config = await options.config
      if (!over) configure(config, true)
    } catch (cause) {
      lose(new GatewayError('mode_failed', 'The mode could not brief this call.', { cause }), false)
    }
  }

  const onUpdated = (session: Readonly<Record<string, unknown>>): void => {
    if (configured) return
    const wrong = dialect.wrongFormat(session)
    if (wrong)
      return lose(
        new GatewayError('model_wrong_format', `The model server did not accept ${wrong}: it would speak noise.`),
        false,
      )
    configured = true
    if (!primes) return listener.event({ type: 'configured' })
    priming = startPriming({
      clock: options.clock,
      send,
      done: () => listener.event({ type: 'configured' }),
      used: (usage) => listener.event({ type: 'primed', usage: tokenUsage(usage) }),
      overran: () => queue.started(undefined),
      freed: queue.ended,
    })
  }

  const onError = (error: WireError): void => {
    lastError = error
    if (!configured && dialect.isShapeRefusal(error) && options.onShapeRefused?.(error)) {
      over = true
      return socket.terminate()
    }
    if (priming?.refused(error)) return
    const code = error.code ?? error.type ?? 'unknown'
    if (error.event_id && error.event_id === replyEventId) {
      if (error.code === 'conversation_already_has_active_response') queue.refusedAsBusy()
      else {
        queue.refused()
        listener.event({ type: 'replyEnded', outcome: 'failed', reason: code })
      }
    }
    const kind = classify(error)
    if (
      !configured &&
      kind !== 'benign' &&
      (kind !== 'warning' || !error.event_id || error.event_id === configureEventId)
    ) {
      const field = error.param ? ` (${error.param})` : ''
      const refused = new GatewayError('model_refused', `The model server refused the session: ${code}${field}.`)
      return lose(refused, kind === 'retry')
    }
    if (kind === 'fatal')
      return lose(new GatewayError('model_refused', `The model server stopped serving us: ${code}.`), false)
    if (error.code === 'session_expired') {
      const expired = lostError(error, 1001)
      return lose(expired.error, expired.retry)
    }
    if (kind !== 'benign') listener.event({ type: 'warning', code, message: error.param ?? '' })
  }

  const onItem = (item: WireItem, afterItemId: string | null | undefined): void => {
    if (item.type !== 'message' || !item.id || (item.role !== 'user' && item.role !== 'assistant')) return
    const speaker = item.role === 'user' ? 'caller' : 'assistant'
    if (dismissing && speaker === 'caller') {
      dismissed.add(item.id)
      send({ type: 'conversation.item.delete', item_id: item.id })
      return
    }
    listener.event({ type: 'itemPlaced', itemId: item.id, speaker, ...(afterItemId ? { afterItemId } : {}) })
  }

  const onGarbled = (): void => {
    garbled++
    listener.event({ type: 'warning', code: 'model_garbled', message: '' })
    if (garbled >= MAX_GARBLED)
      lose(new GatewayError('model_garbled', 'The model server keeps sending what is not its protocol.'), true)
  }

  const onTranscript = (speaker: 'caller' | 'assistant', itemId: unknown, text: unknown): void => {
    if (typeof itemId !== 'string' || typeof text !== 'string') return onGarbled()
    if (!dismissed.has(itemId)) listener.event({ type: 'transcript', speaker, itemId, text })
  }

  /** A tool call is acted on once, when its item is complete: an interrupted one may hold half of its arguments. */
  const onOutputItem = (item: WireItem): void => {
    const { type, status, call_id: toolCallId, name, arguments: argumentsJson = '{}' } = item
    if (type !== 'function_call' || (status && status !== 'completed')) return
    if (typeof toolCallId !== 'string' || typeof name !== 'string' || typeof argumentsJson !== 'string')
      return onGarbled()
    if (toolCallId.length > MAX_NAME_CHARS || name.length > MAX_NAME_CHARS) return onGarbled()
    if (toolCallsSeen.has(toolCallId)) return
    toolCallsSeen.add(toolCallId)
    listener.event({ type: 'toolCalled', toolCallId, name, argumentsJson: argumentsJson.slice(0, MAX_ARGUMENTS_CHARS) })
  }

  const onResponseCreated = ({ id }: WireResponse): void => {
    queue.started(id)
    if (!dismissing) return listener.event({ type: 'replyStarted' })
    dismissing = false
    if (!id) return
    dismissed.add(id)
    silenced.add(id)
    send({ type: 'response.cancel', response_id: id })
  }

  const onDone = (response: WireResponse): void => {
    queue.ended()
    if (dismissed.has(response.id ?? '')) return
    const problem = problemOf(response)
    listener.event({
      type: 'replyEnded',
      outcome: outcomeOf(response.status),
      ...(response.usage ? { usage: tokenUsage(response.usage) } : {}),
      ...(problem ? { reason: problem } : {}),
    })
  }

  const onEvent = (event: ServerEvent): void => {
    if (priming?.take(event)) return
    switch (event.type) {
      case 'error':
        return onError(event.error ?? {})
      case 'session.created':
        if (!created) void onCreated()
        return
      case 'session.updated':
        return onUpdated(event.session ?? {})
      case 'input_audio_buffer.speech_started':
        dismissing = false
        return listener.event({ type: 'speechStarted' })
      case 'input_audio_buffer.speech_stopped':
        return listener.event({ type: 'speechStopped' })
      case 'conversation.item.added':
        return onItem(event.item ?? {}, event.previous_item_id)
      case 'conversation.item.input_audio_transcription.completed':
        return onTranscript('caller', event.item_id, event.transcript)
      case 'response.output_audio_transcript.done':
        return onTranscript('assistant', event.item_id, event.transcript)
      case 'response.created':
        return onResponseCreated(event.response ?? {})
      case 'response.done':
        return onDone(event.response ?? {})
      case 'response.output_item.done':
        return onOutputItem(event.item ?? {})
      case 'response.output_audio.done':
        return listener.event({ type: 'partEnded', itemId: event.item_id, contentIndex: event.content_index ?? 0 })
      default:
    }
  }

  const readMessage = (data: RawData, isBinary: boolean): void => {
    const receivedAt = options.clock.now()
    let raw: { type: string; delta?: unknown; item_id?: unknown; content_index?: unknown; response_id?: unknown }
    try {
      raw = JSON.parse((data as Buffer).toString()) as typeof raw
    } catch {
      return onGarbled()
    }
    if (raw?.type === dialect.audioDelta) {
      lastResponseId = raw.response_id as string
      if (silenced.has(lastResponseId)) return
      if (typeof raw.delta !== 'string') return onGarbled()
      return listener.audio(raw.delta, String(raw.item_id), Number(raw.content_index) || 0, receivedAt)
    }
    if (isBinary || typeof raw?.type !== 'string') return onGarbled()
    const event = dialect.decode(raw)
    if (event) onEvent(event)
  }

  /** What throws here would leave the socket's handler and end the process, with everybody's calls. */
  const onMessage = (data: RawData, isBinary: boolean): void => {
    if (over) return
    try {
      readMessage(data, isBinary)
    } catch {
      onGarbled()
    }
  }

  /** The server hears speech itself and cancels by itself; anything else it must be told. */
  const interrupt = (heard: readonly HeardPart[], cause: 'speech' | 'gateway'): void => {
    const speaking = queue.activeId ?? (queue.busy ? lastResponseId : undefined)
    queue.forget()
    if (speaking) silenced.add(speaking)
    if (queue.busy && !(cause === 'speech' && interruptsItself))
      send({ type: 'response.cancel', ...(queue.activeId ? { response_id: queue.activeId } : {}) })
    for (const { itemId, contentIndex, heardMs } of heard) {
      if (heardMs === 0 && contentIndex === 0) send({ type: 'conversation.item.delete', item_id: itemId })
      else
        send({
          type: 'conversation.item.truncate',
          item_id: itemId,
          content_index: contentIndex,
          audio_end_ms: heardMs,
        })
    }
  }

  const perform = (command: ModelCommand): void => {
    switch (command.type) {
      case 'configure':
        return configure(command.config, false)
      case 'addMessage': {
        const { role, text } = command
        const content = [{ type: role === 'assistant' ? 'output_text' : 'input_text', text } as const]
        send({ type: 'conversation.item.create', item: { type: 'message', role, content } })
        return
      }
      case 'reply':
        return queue.request()
      case 'toolOutput': {
        const { toolCallId, output } = command
        send({ type: 'conversation.item.create', item: { type: 'function_call_output', call_id: toolCallId, output } })
        return
      }
      case 'interrupt':
        return interrupt(command.heard, command.cause)
      case 'dismissTurn':
        dismissing = true
        return
      case 'endTurn':
        send({ type: 'input_audio_buffer.commit' })
    }
  }

  socket.on('open', () => {
    if (!over) listener.event({ type: 'opened' })
  })
  socket.on('message', onMessage)
  socket.on('unexpected-response', (_request, response) => {
    response.resume()
    const { error, retry } = handshakeError(response.statusCode ?? 0)
    lose(error, retry)
  })
  socket.on('error', (cause) =>
    lose(new GatewayError('model_unreachable', 'The model server could not be reached.', { cause }), true),
  )
  socket.on('close', (code) => {
    const { error, retry } = lostError(lastError, code)
    lose(error, retry)
  })

  return {
    can: { truncate: true },
    send: (command) => {
      if (!over) perform(command)
    },
    appendAudio(payload) {
      if (over || socket.readyState !== WebSocket.OPEN) return
      if (socket.bufferedAmount > BUFFER_LIMIT_BYTES)
        return lose(new GatewayError('backlog_exceeded', 'The model server is not taking our audio.'), true)
      socket.send(`{"type":"input_audio_buffer.append","audio":"${payload}"}`)
    },
    close() {
      over = true
      priming?.stop()
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
      else socket.close(1000)
    },
  }
}
