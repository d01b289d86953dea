/** One Realtime session over one socket: checks what the client sends, keeps the conversation, takes the caller's turns and answers them. */
import type { WebSocket } from 'ws'
import type { Ear, Heard } from '../speech/ear.ts'
import { createVad } from '../speech/vad.ts'
import { fromWireAudio } from './audio-formats.ts'
import { createConversation } from './conversation.ts'
import type { Dialogue } from './dialogue.ts'
import type { Dialect } from './dialects.ts'
import { type Faults, type Latency, usualLatency } from './faults.ts'
import { createInputBuffer } from './input-buffer.ts'
import type { FunctionTool, Item, Json, ResponseRequest, SessionConfig, WireEvent } from './protocol.ts'
import { newId } from './protocol.ts'
import { readClientEvent } from './read-event.ts'
import { Refusal } from './refusal.ts'
import { type ActiveResponse, startResponse } from './response.ts'
import { createScript, type FreshInput } from './script.ts'
import { mergeSession } from './session-config.ts'
import { createSessionLog, type SessionLog } from './session-log.ts'
import { createTurnDetector } from './turn-detector.ts'
import { cachedTokens, type InputPiece, inputPieces, usageOf } from './usage.ts'

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
  /** How the socket ended. */
  readonly closed: { code: number; reason: string } | undefined
  /** Faults of this session alone, instead of the server's. */
  setFaults(faults: Faults): void
  /** Ends the socket; 1006 without a closing frame. */
  drop(code: number, reason?: string): void
}

/** What a session shares with its server. */
export interface SessionSetting {
  dialect: Dialect
  model: string
  headers: RealtimeSession['headers']
  dialogues: readonly Dialogue[]
  latency: Partial<Latency>
  keepsAudio: boolean
  faults(): Faults
  violate(text: string): void
  earFor(dialogue: Dialogue): Promise<Ear>
  speak(text: string): Promise<Buffer>
  /** The head (instructions, tools) of inputs seen lately by this server: they are in its cache. */
  seenHeads: Set<string>
}

const FIVE_MINUTES_BYTES = 5 * 60 * 8000
const SESSION_SECONDS = 3600
const MODEL_KEEPS_MS = 1000

/** Runs a session on an open socket until it closes. */
export async function openSession(socket: WebSocket, setting: SessionSetting): Promise<RealtimeSession> {
  const { dialect, model } = setting
  const id = newId('sess')
  const log = createSessionLog(setting.keepsAudio)
  const conversation = createConversation()
  const script = createScript(setting.dialogues)
  const buffer = createInputBuffer()
  const timers = new Set<NodeJS.Timeout>()
  const fresh: FreshInput[] = []
  const answered = new Set<unknown>()
  const heard: (string | undefined)[] = []
  const recording: Buffer[] = []
  const sideResponses = new Set<ActiveResponse>()
  let config = dialect.defaults(id, model, Math.floor(Date.now() / 1000) + SESSION_SECONDS)
  let ownFaults: Faults | undefined
  let closed: RealtimeSession['closed']
  let isCreated = false
  let hasSpoken = false
  let responses = 0
  let failures = 0
  let deltas = 0
  let receivedBytes = 0
  let active: ActiveResponse | undefined
  let turnItemId = ''
  let earlierInput: InputPiece[] = []
  let idleTimer: NodeJS.Timeout | undefined
  let hasAskedIntoSilence = false
  let inbox: string[] = []
  let isBusy = false

  const faults = () => ownFaults ?? setting.faults()
  const latency = (): Latency => ({ ...usualLatency, ...setting.latency, ...faults().latency })
  const tools = () => config.tools.filter((tool): tool is FunctionTool => tool.type === 'function')
  const head = () => config.instructions + JSON.stringify(config.tools)

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

  function send(event: WireEvent) {
    const wire = dialect.encode({ event_id: newId('event'), ...event })
    if (!wire || closed) return
    log.add('server', wire)
    socket.send(JSON.stringify(wire))
    if (event.type !== 'response.output_audio.delta') return
    hasSpoken = true
    const { dropAfterDeltas } = faults()
    if (dropAfterDeltas && ++deltas >= dropAfterDeltas.deltas) drop(dropAfterDeltas.code, 'fault on request')
  }

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
    active?.abandon()
    for (const response of sideResponses) response.abandon()
    for (const timer of timers) clearTimeout(timer)
    timers.clear()
    vad.close()
  }

  // ── the model's turn ──

  function respond(request: ResponseRequest) {
    const isSide = request.conversation === 'none'
    stop(idleTimer)
    const inputs = isSide ? [] : fresh.splice(0)
    const pieces = inputPieces(head(), conversation.entries())
    const wasSeen = setting.seenHeads.has(head())
    const cached = cachedTokens(pieces, earlierInput.length > 0 ? earlierInput : wasSeen ? pieces.slice(0, 1) : [])
    const isFirstResponse = responses++ === 0
    setting.seenHeads.add(head())
    if (!isSide) earlierInput = pieces
    const scene = {
      tools: request.tool_choice === 'none' || config.tool_choice === 'none' ? [] : tools(),
      background: [
        config.instructions,
        ...conversation.entries().map(({ item, said }) => (item.role === 'system' ? said : '')),
      ].join('\n'),
      isFirstResponse,
    }
    const response = startResponse(request, {
      conversation,
      get latency() {
        return latency()
      },
      config: () => config,
      send,
      plan: () => (isSide ? Promise.resolve({ says: [summary()], calls: [] }) : script.plan(inputs, scene)),
      speak: setting.speak,
      failure,
      isMute: () => faults().mute === true,
      called: (callId, name, plan) => script.called(callId, name, plan.exchange),
      usage: (output) => usageOf(pieces, cached, output),
      finished(audioMs, firstAudioAt) {
        sideResponses.delete(response)
        if (response !== active) return
        active = undefined
        const leftMs = firstAudioAt === undefined ? 0 : Math.max(0, firstAudioAt + audioMs - performance.now())
        armIdleTimer(leftMs)
      },
    })
    if (isSide) sideResponses.add(response)
    else active = response
  }

  /** What a summary asked for beside the conversation says. */
  const summary = () =>
    conversation
      .entries()
      .filter(({ item }) => item.type === 'message' && item.role !== 'system')
      .map(({ item, said }) => `${item.role === 'user' ? 'Caller' : 'Assistant'}: ${said.trim() || '(unintelligible)'}`)
      .join('\n')

  function failure(): Json | undefined {
    const { failResponses } = faults()
    if (!failResponses || failures >= (failResponses.times ?? Number.POSITIVE_INFINITY)) return undefined
    failures++
    if (failResponses.error === 'server_error') {
      return {
        type: 'server_error',
        code: null,
        message: 'The server had an error while processing your request. Sorry about that!',
      }
    }
    const message = `Rate limit reached for ${model} in organization org-simulated on tokens per min (TPM): Limit 40000, Used 39500, Requested 900. Please try again in 600ms.`
    return { type: 'invalid_request_error', code: 'rate_limit_exceeded', message }
  }

  /** Once per silence, counted from the end of what the caller hears. */
  function armIdleTimer(playbackLeftMs: number) {
    stop(idleTimer)
    const detection = config.audio.input.turn_detection
    if (detection?.type !== 'server_vad' || detection.idle_timeout_ms === null || hasAskedIntoSilence || closed) return
    const startMs = buffer.receivedMs()
    idleTimer = after(playbackLeftMs + detection.idle_timeout_ms, () => {
      if (active || detector.isSpeaking) return
      hasAskedIntoSilence = true
      const itemId = newId('item')
      buffer.take()
      send({
        type: 'input_audio_buffer.timeout_triggered',
        audio_start_ms: startMs,
        audio_end_ms: buffer.receivedMs(),
        item_id: itemId,
      })
      addUserAudio(itemId, Buffer.alloc(0))
      fresh.push({ kind: 'silence' })
      respond({})
    })
  }

  // ── the caller's turn ──

  function hearFrame(frame: Buffer) {
    buffer.keep(frame)
    const detection = config.audio.input.turn_detection
    const edge = detector.push(frame, detection)
    if (!detection) return
    if (!edge) {
      const paddingMs = detection.type === 'server_vad' ? detection.prefix_padding_ms : 0
      if (!detector.isSpeaking) buffer.forgetBefore(buffer.receivedMs() - Math.max(MODEL_KEEPS_MS, paddingMs))
      return
    }
    if (edge.kind === 'started') {
      stop(idleTimer)
      hasAskedIntoSilence = false
      turnItemId = newId('item')
      send({ type: 'input_audio_buffer.speech_started', audio_start_ms: edge.startMs, item_id: turnItemId })
      if (detection.interrupt_response) active?.cancel('turn_detected')
      return
    }
    send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: edge.endMs, item_id: turnItemId })
    commit(turnItemId, buffer.take(edge.startMs))
    if (detection.create_response && !active) respond({})
  }

  function commit(itemId: string, ulaw: Buffer) {
    const understood = listen(ulaw)
    const entry = addUserAudio(itemId, ulaw)
    const index = heard.push(undefined) - 1
    fresh.push({ kind: 'heard', heard: understood })
    understood.then(
      (result) => {
        heard[index] = result?.phrase
        entry.said = result?.phrase ?? ''
        const { transcription } = config.audio.input
        if (transcription)
          after(latency().transcriptMs, () =>
            sendTranscript(itemId, result?.phrase ?? '(unintelligible)', ulaw.length / 8000),
          )
      },
      (error: unknown) => setting.violate(`The ear failed: ${String(error)}`),
    )
  }

  async function listen(ulaw: Buffer): Promise<Heard | undefined> {
    const ear = await setting.earFor(script.dialogueFor(tools()))
    return ear.hear(ulaw)
  }

  function addUserAudio(itemId: string, ulaw: Buffer) {
    const item: Item = {
      id: itemId,
      object: 'realtime.item',
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_audio', transcript: null }],
    }
    const entry = { item, audioMs: ulaw.length / 8, said: '' }
    const previous = conversation.lastId()
    conversation.append(entry)
    send({ type: 'input_audio_buffer.committed', previous_item_id: previous, item_id: itemId })
    send({ type: 'conversation.item.added', previous_item_id: previous, item })
    send({ type: 'conversation.item.done', previous_item_id: previous, item })
    return entry
  }

  function sendTranscript(itemId: string, transcript: string, seconds: number) {
    const where = { item_id: itemId, content_index: 0 }
    const part = conversation.find(itemId)?.item.content?.[0]
    if (part) part.transcript = transcript
    send({ type: 'conversation.item.input_audio_transcription.delta', ...where, delta: transcript })
    const usage = { type: 'duration', seconds: Math.ceil(seconds) }
    send({ type: 'conversation.item.input_audio_transcription.completed', ...where, transcript, usage })
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
    const next = mergeSession(config, dialect.readSession(event['session'] as Json), hasSpoken)
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
    for (const frame of buffer.add(ulaw)) hearFrame(frame)
  }

  function createItem(event: WireEvent) {
    const source = dialect.readItem(event['item'] as Json)
    const { entry, previousId } = conversation.create(source, event['previous_item_id'] as string | null | undefined)
    const { item } = entry
    send({ type: 'conversation.item.added', previous_item_id: previousId, item })
    send({ type: 'conversation.item.done', previous_item_id: previousId, item })
    if (item.type === 'function_call_output') {
      if (answered.has(item.call_id)) setting.violate(`A second output for ${item.call_id}`)
      answered.add(item.call_id)
      fresh.push({ kind: 'output', callId: item.call_id ?? '', output: item.output ?? '' })
    } else if (item.role === 'user' || item.role === 'system') {
      fresh.push({ kind: 'text', role: item.role, text: entry.said })
    }
  }

  function createResponse(event: WireEvent) {
    const request = dialect.readResponse((event['response'] as Json | undefined) ?? {})
    if (active && request.conversation !== 'none') {
      throw new Refusal(
        'conversation_already_has_active_response',
        `Conversation already has an active response in progress: ${active.id}. Wait until the response is finished before creating a new one.`,
      )
    }
    respond(request)
  }

  function cancelResponse(wanted: unknown) {
    const response = wanted === undefined ? active : [active, ...sideResponses].find((one) => one?.id === wanted)
    if (!response) throw new Refusal('response_cancel_not_active', 'Cancellation failed: no active response found')
    response.cancel('client_cancelled')
  }

  function commitByClient() {
    const bufferedMs = buffer.bufferedMs()
    if (bufferedMs < 100) {
      throw new Refusal(
        'input_audio_buffer_commit_empty',
        `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${bufferedMs.toFixed(2)}ms of audio.`,
      )
    }
    const itemId = detector.isSpeaking ? turnItemId : newId('item')
    detector.reset()
    commit(itemId, buffer.take())
  }

  function handle(event: WireEvent) {
    const itemId = event['item_id'] as string
    switch (event.type) {
      case 'session.update':
        return updateSession(event)
      case 'input_audio_buffer.append':
        return appendAudio(event['audio'] as string)
      case 'input_audio_buffer.commit':
        return commitByClient()
      case 'input_audio_buffer.clear':
        buffer.take()
        detector.reset()
        return send({ type: 'input_audio_buffer.cleared' })
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
        return createResponse(event)
      case 'response.cancel':
        return cancelResponse(event['response_id'])
      default:
        throw new Refusal('invalid_value', `Invalid value: '${event.type}'.`, 'type')
    }
  }

  /** Events are taken one after the other; behind a session.update they wait until it is answered. */
  function work() {
    // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- what `handle` calls changes both
    while (!isBusy && !closed) {
      const text = inbox.shift()
      if (text === undefined) return
      const { event, clientEventId, refusal } = readClientEvent(text, dialect.schemas)
      if (event) log.add('client', event)
      try {
        if (refusal) throw refusal
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

  const vad = await createVad()
  const detector = createTurnDetector(vad)
  socket.on('message', (data, isBinary) => {
    if (!isCreated) setting.violate('A client event came before session.created')
    inbox.push(isBinary ? '' : (data as Buffer).toString())
    work()
  })
  socket.on('close', (code, reason) => end({ code, reason: reason.toString() }))
  socket.on('error', () => end({ code: 1006, reason: '' }))

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
    })
  }
  const { expireAfterMs = SESSION_SECONDS * 1000 } = faults()
  after(expireAfterMs, () => {
    sendError(new Refusal('session_expired', 'Your session hit the maximum duration of 60 minutes.'), null)
    drop(1001, 'session_expired')
  }).unref()

  return {
    id,
    model,
    headers: setting.headers,
    log,
    get config() {
      return config
    },
    get items() {
      return conversation.entries().map(({ item }) => item)
    },
    heard,
    get receivedBytes() {
      return receivedBytes
    },
    heardAudio: () => Buffer.concat(recording),
    get isResponding() {
      return active !== undefined
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
