import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { createArrivals, type Arrivals, type Payloads, type Stamp } from './payloads.ts'
import type { Ticker } from './ticker.ts'

/** One reply: three seconds of speech, delivered ten times faster than it plays, as the real server does. */
const DELTAS_PER_REPLY = 15
const TURN_EVERY_MS = 6_000
/** The greeting has been heard by then. */
const FIRST_TURN_MS = 3_500
const SPEECH_MS = 800

/** One open connection, as the bench looks at it. */
export interface ModelSocket {
  readonly arrivals: Arrivals
  readonly deltasSent: number
}

/** A Realtime server of the `ga` dialect that costs next to nothing: no VAD, no voice, a reply every six seconds. */
export interface FakeModel {
  readonly url: string
  readonly sockets: readonly ModelSocket[]
  close(): void
}

export interface FakeModelOptions {
  readonly ticker: Ticker
  /** The payloads of callers' frames. */
  readonly frames: Payloads
  /** The payloads of our deltas. */
  readonly deltas: Payloads
  onFrame(stamp: Stamp, now: number): void
  onBroken(): void
}

/** Listens on loopback. */
export const startFakeModel = async (options: FakeModelOptions): Promise<FakeModel> => {
  const http = createServer()
  const server = new WebSocketServer({ server: http, perMessageDeflate: false, skipUTF8Validation: true })
  const sockets: ModelSocket[] = []
  let closing = false
  server.on('connection', (socket) => {
    const stream = sockets.length
    sockets.push(serve(socket, stream, options))
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      if (!closing) options.onBroken()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return {
    url: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/v1/realtime`,
    sockets,
    close() {
      closing = true
      for (const socket of server.clients) socket.terminate()
      http.close()
    },
  }
}

const AUDIO_KEY = '"audio":"'

const serve = (socket: WebSocket, stream: number, options: FakeModelOptions): ModelSocket => {
  const { ticker, frames, deltas } = options
  const arrivals = createArrivals(frames)
  let events = 0
  let replies = 0
  let turns = 0
  let deltasSent = 0
  let deltasLeft = 0
  let live = false
  let nextTurnAt = 0
  let speechEndsAt: number | undefined
  let session: Record<string, unknown> = {}

  const eventId = (): string => `event_${stream}_${++events}`
  const send = (event: object): void => socket.send(JSON.stringify({ event_id: eventId(), ...event }))
  const replyIds = () => ({ response_id: `resp_${stream}_${replies}`, item_id: `item_${stream}_a${replies}` })
  const part = { output_index: 0, content_index: 0 }

  const beginReply = (): void => {
    replies++
    deltasLeft = DELTAS_PER_REPLY
    const { response_id, item_id } = replyIds()
    const item = { id: item_id, type: 'message', role: 'assistant', status: 'in_progress', content: [] }
    send({
      type: 'response.created',
      response: { id: response_id, object: 'realtime.response', status: 'in_progress' },
    })
    send({ type: 'response.output_item.added', response_id, output_index: 0, item })
    send({ type: 'conversation.item.added', previous_item_id: null, item })
    send({ type: 'response.content_part.added', response_id, item_id, ...part, part: { type: 'audio' } })
  }

  const continueReply = (): void => {
    const { response_id, item_id } = replyIds()
    send({ type: 'response.output_audio_transcript.delta', response_id, item_id, ...part, delta: ' word' })
    socket.send(
      `{"type":"response.output_audio.delta","event_id":"${eventId()}","response_id":"${response_id}","item_id":"${item_id}",` +
        `"output_index":0,"content_index":0,"delta":"${deltas.make(stream, deltasSent++)}"}`,
    )
    if (--deltasLeft === 0) endReply()
  }

  const endReply = (): void => {
    const { response_id, item_id } = replyIds()
    const transcript = 'Fifteen words that were never spoken.'
    const content = [{ type: 'output_audio', transcript }]
    const item = { id: item_id, type: 'message', role: 'assistant', status: 'completed', content }
    send({ type: 'response.output_audio.done', response_id, item_id, ...part })
    send({ type: 'response.output_audio_transcript.done', response_id, item_id, ...part, transcript })
    send({ type: 'response.content_part.done', response_id, item_id, ...part, part: { type: 'audio', transcript } })
    send({ type: 'response.output_item.done', response_id, output_index: 0, item })
    send({ type: 'conversation.item.done', previous_item_id: null, item })
    const usage = {
      input_token_details: { text_tokens: 400, audio_tokens: 60, cached_tokens: 320 },
      output_token_details: { text_tokens: 20, audio_tokens: 60 },
    }
    send({ type: 'response.done', response: { id: response_id, status: 'completed', output: [item], usage } })
    send({ type: 'rate_limits.updated', rate_limits: [] })
  }

  const beginSpeech = (now: number): void => {
    turns++
    speechEndsAt = now + SPEECH_MS
    send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: `item_${stream}_u${turns}` })
  }

  const endSpeech = (): void => {
    speechEndsAt = undefined
    const item_id = `item_${stream}_u${turns}`
    const item = { id: item_id, type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_audio' }] }
    send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 0, item_id })
    send({ type: 'input_audio_buffer.committed', previous_item_id: null, item_id })
    send({ type: 'conversation.item.added', previous_item_id: null, item })
    send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id,
      content_index: 0,
      transcript: 'Yes, please.',
    })
    beginReply()
  }

  const onCommand = (text: string): void => {
    const command = JSON.parse(text) as { type: string; session?: Record<string, unknown> }
    if (command.type === 'session.update') {
      session = { ...session, ...command.session }
      send({ type: 'session.updated', session })
    } else if (command.type === 'response.create' && deltasLeft === 0) beginReply()
  }

  const onMessage = (data: RawData): void => {
    const text = (data as Buffer).toString('latin1')
    const audio = text.indexOf(AUDIO_KEY)
    if (!text.includes('input_audio_buffer.append') || audio < 0) return onCommand((data as Buffer).toString())
    const now = performance.now()
    const from = audio + AUDIO_KEY.length
    const stamp = arrivals.take(text.slice(from, text.indexOf('"', from)))
    if (stamp) options.onFrame(stamp, now)
    if (live) return
    live = true
    // Calls take their turns evenly spread, so that every second carries the same load.
    nextTurnAt = now + FIRST_TURN_MS + ((stream * 997) % TURN_EVERY_MS)
  }

  const leave = ticker.add((now) => {
    if (deltasLeft > 0) continueReply()
    else if (speechEndsAt !== undefined && now >= speechEndsAt) endSpeech()
    else if (live && speechEndsAt === undefined && now >= nextTurnAt) {
      nextTurnAt += TURN_EVERY_MS
      beginSpeech(now)
    }
  })
  socket.on('message', onMessage)
  socket.on('close', leave)
  send({ type: 'session.created', session: { id: `sess_${stream}`, object: 'realtime.session', type: 'realtime' } })

  return {
    arrivals,
    get deltasSent() {
      return deltasSent
    },
  }
}
