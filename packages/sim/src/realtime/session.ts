/** One Realtime session over one socket: checks what the client sends, keeps the conversation, takes the caller's turns and answers them. */
import type { WebSocket } from 'ws'
import { createVad } from '../speech/vad.ts'
import { fromWireAudio } from './audio-formats.ts'
import { createCallerTurns } from './caller-turns.ts'
import { sessionOf } from './client-secrets.ts'
import { createConversation } from './conversation.ts'
import { type Faults, type Latency, usualLatency } from './faults.ts'
import { keepAlive } from './keepalive.ts'
import { createItemWriter } from './item-writer.ts'
import { createModelTurns } from './model-turns.ts'
import { type FunctionTool, type Item, type Json, newId, type SessionConfig, type WireEvent } from './protocol.ts'
import { readClientEvent } from './read-event.ts'
import { Refusal, refuseFields } from './refusal.ts'
import { createScript } from './script.ts'
import { otherSession } from './dialects.ts'
import { createOutgoing } from './outgoing.ts'
import { mergeSession } from './session-config.ts'
import type { SessionContext, SessionSetting } from './session-context.ts'
import { createSessionLog, type SessionLog } from './session-log.ts'

/** A live view of one session. */
export interface RealtimeSession {
  readonly id: string
  readonly model: string
  /** Headers of the handshake, without its authorisation. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly log: SessionLog
  /** The effective session in GA names, whatever the dialect. */
  readonly config: SessionConfig
  readonly items: readonly Item[]
  /** What the ear made of each of the caller's turns, in order; undefined when it was not understood. */
  readonly heard: readonly (string | undefined)[]
  /** How many bytes of audio the client sent. */
  readonly receivedBytes: number
  /** The caller's audio as received, 8 kHz μ-law, at most the first five minutes. */
  heardAudio(): Buffer
  readonly isResponding: boolean
  readonly isOpen: boolean
  /** How many client events came before session.created. They are served after it, as of official clients; ours sends none. */
  readonly earlyEvents: number
  /** How the socket ended. */
  readonly closed: { code: number; reason: string } | undefined
  /** Faults of this session alone, instead of the server's. */
  setFaults(faults: Faults): void
  /** Ends the socket; 1006 without a closing frame. */
  drop(code: number, reason?: string): void
}

const FIVE_MINUTES_BYTES = 5 * 60 * 8000
const SESSION_MS = 3_600_000

/** Runs a session on an open socket until it closes. */
export async function openSession(socket: WebSocket, setting: SessionSetting): Promise<RealtimeSession> {
  const { dialect } = setting
  const vad = await createVad()
  const id = newId('sess')
  const log = createSessionLog(setting.keepsAudio)
  const conversation = createConversation()
  const script = createScript(setting.dialogues)
  const timers = new Set<NodeJS.Timeout>()
  const recording: Buffer[] = []
  const { expireAfterMs = SESSION_MS } = setting.faults()
  const expiresAt = Math.floor((Date.now() + expireAfterMs) / 1000)
  let config = setting.initial
    ? sessionOf(dialect, setting.initial, setting.model, expiresAt, id)
    : dialect.defaults(id, setting.model, expiresAt)
  let ownFaults: Faults | undefined
  let closed: RealtimeSession['closed']
  let isCreated = false
  let receivedBytes = 0
  let inbox: (string | undefined)[] = []
  let isBusy = false
  let earlyEvents = 0

  const faults = () => ownFaults ?? setting.faults()
  const latency = (): Latency => ({ ...usualLatency, ...setting.latency, ...faults().latency })
  const tools = () => config.tools.filter((tool): tool is FunctionTool => tool.type === 'function')

  const after = (ms: number, action: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      action()
    }, ms)
    timers.add(timer)
    return timer
  }
  const stop = (timer: NodeJS.Timeout | undefined) => {
    clearTimeout(timer)
    if (timer) timers.delete(timer)
  }

  const outgoing = createOutgoing({ socket, dialect, log, faults, isClosed: () => closed !== undefined, after, drop })
  const { send } = outgoing

  const context: SessionContext = {
    setting,
    conversation,
    script,
    config: () => config,
    tools,
    faults,
    latency,
    isClosed: () => closed !== undefined,
    send,
    after,
    stop,
  }
  const model = createModelTurns(context, (leftMs) => caller.awaitCaller(leftMs))
  const caller = createCallerTurns(context, model, vad)
  const createItem = createItemWriter(context, model)

  function sendError(refusal: Refusal, clientEventId: string | null) {
    send({ type: 'error', error: refusal.toError(clientEventId) })
  }

  function drop(code: number, reason = '') {
    if (code === 1006) socket.terminate()
    else socket.close(code, reason)
    end({ code, reason })
  }

  function end(how: { code: number; reason: string }) {
    if (closed) return
    closed = how
    model.abandon()
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
    vad.close()
  }

  // ── client events ──

  function updateSession(event: WireEvent) {
    // Only a well-formed flat update gets here. One of the nested shape was refused before, with the error that tells its client to
    // change dialect; asking for the header at the handshake would hide that.
    if (dialect.name === 'flat' && setting.headers['openai-beta'] !== 'realtime=v1') {
      const message = "You must provide the 'OpenAI-Beta: realtime=v1' header to access the Realtime API."
      sendError(new Refusal('missing_beta_header', message), null)
      return drop(4000, 'invalid_request_error.missing_beta_header')
    }
    const refusal = faults().refuseUpdate
    if (refusal) throw new Refusal(refusal.code, refusal.message, refusal.param ?? null)
    const next = mergeSession(config, dialect.readSession(event['session'] as Json), outgoing.hasSpoken)
    if (faults().ignoreUpdate) return
    config = next
    // The templates are made while the greeting is spoken.
    setting.earFor(script.dialogueFor(tools())).catch((error: unknown) => setting.violate(`No ear: ${String(error)}`))
    isBusy = true
    after(latency().updatedMs, () => {
      const pcm = { type: 'audio/pcm', rate: 24_000 } as const
      const { input, output } = config.audio
      const wrong = { ...config, audio: { input: { ...input, format: pcm }, output: { ...output, format: pcm } } }
      send({ type: 'session.updated', session: faults().echoWrongFormats ? wrong : config })
      isBusy = false
      work()
    })
  }

  function appendAudio(base64: string) {
    const bytes = Buffer.from(base64, 'base64')
    if (base64.length === 0 || base64.length % 4 !== 0 || bytes.length !== Buffer.byteLength(base64, 'base64')) {
      throw new Refusal('invalid_value', "Invalid 'audio'. Expected base64-encoded audio bytes.", 'audio')
    }
    const ulaw = fromWireAudio(bytes, config.audio.input.format)
    if (setting.keepsAudio && receivedBytes < FIVE_MINUTES_BYTES) recording.push(ulaw)
    receivedBytes += bytes.length
    caller.append(ulaw)
  }

  function handle(event: WireEvent) {
    const itemId = event['item_id'] as string
    switch (event.type) {
      case 'session.update':
        return updateSession(event)
      case 'input_audio_buffer.append':
        return appendAudio(event['audio'] as string)
      case 'input_audio_buffer.commit':
        return caller.commit()
      case 'input_audio_buffer.clear':
        return caller.clear()
      case 'conversation.item.create':
        return createItem(event)
      case 'conversation.item.retrieve': {
        const entry = conversation.find(itemId)
        if (!entry) {
          throw new Refusal(
            'item_retrieve_invalid_item_id',
            `Error retrieving item: the item with id '${itemId}' does not exist.`,
            'item_id',
          )
        }
        return send({ type: 'conversation.item.retrieved', item: entry.item })
      }
      case 'conversation.item.delete':
        conversation.remove(itemId)
        return send({ type: 'conversation.item.deleted', item_id: itemId })
      case 'conversation.item.truncate': {
        const where = {
          item_id: itemId,
          content_index: event['content_index'] as number,
          audio_end_ms: event['audio_end_ms'] as number,
        }
        conversation.truncate(itemId, where.content_index, where.audio_end_ms)
        return send({ type: 'conversation.item.truncated', ...where })
      }
      case 'response.create':
        return model.respondForClient(dialect.readResponse((event['response'] as Json | undefined) ?? {}))
      case 'response.cancel':
        return model.cancel(event['response_id'])
      case 'session.close':
        return drop(1000)
      case 'transcription_session.update':
        throw otherSession('transcription')
      case 'session.input_audio_buffer.append':
        throw otherSession('translation')
      default:
        throw new Refusal('invalid_value', `Invalid value: '${event.type}'.`, 'type')
    }
  }

  /** Events are taken one after the other; before session.created, and behind a session.update, they wait. */
  function work() {
    // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- what `handle` calls changes both
    while (isCreated && !isBusy && !closed) {
      if (inbox.length === 0) return
      const { event, clientEventId, refusal } = readClientEvent(inbox.shift(), dialect.schemas)
      if (event) log.add('client', event)
      try {
        if (refusal) throw refusal
        if (event) refuseFields(faults().refuseFields ?? [], event)
        if (event) handle(event)
      } catch (error) {
        sendError(
          error instanceof Refusal ? error : new Refusal(null, String(error), null, 'server_error'),
          clientEventId,
        )
      }
    }
  }

  // ── the socket ──

  socket.on('message', (data, isBinary) => {
    if (!isCreated) earlyEvents++
    inbox.push(isBinary ? undefined : (data as Buffer).toString())
    work()
  })
  socket.on('close', (code, reason) => end({ code, reason: reason.toString() }))
  socket.on('error', () => end({ code: 1006, reason: '' }))
  keepAlive(socket, context, drop)

  if (!faults().neverCreated) {
    after(latency().createdMs, () => {
      isCreated = true
      send({ type: 'session.created', session: config })
      if (dialect.name === 'flat')
        send({ type: 'conversation.created', conversation: { id: conversation.id, object: 'realtime.conversation' } })
      if (faults().garbage) {
        socket.send('{"type":"response.output_audio.delta","delta":')
        socket.send('{"type":"server.thought","event_id":"event_x","thought":{"deep":[1,2,3]}}')
        socket.send('null')
        socket.send(Buffer.from([0, 1, 2, 3, 255]))
      }
      work()
    })
  }
  after(expireAfterMs, () => {
    sendError(new Refusal('session_expired', 'Your session hit the maximum duration of 60 minutes.'), null)
    drop(1001, 'session_expired')
  }).unref()

  return {
    id,
    model: setting.model,
    headers: setting.headers,
    log,
    get config() {
      return config
    },
    get items() {
      return conversation.entries().map(({ item }) => item)
    },
    heard: caller.heard,
    get receivedBytes() {
      return receivedBytes
    },
    heardAudio: () => Buffer.concat(recording),
    get isResponding() {
      return model.isResponding
    },
    get earlyEvents() {
      return earlyEvents
    },
    get isOpen() {
      return closed === undefined
    },
    get closed() {
      return closed
    },
    setFaults(next) {
      ownFaults = next
    },
    drop,
  }
}
