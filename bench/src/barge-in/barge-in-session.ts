import type { RawData, WebSocket } from 'ws'
import type { Random } from '../fuzz/random.ts'
import { createReplies } from '../world/fake-model-reply.ts'
import type { Payloads } from '../world/payloads.ts'
import type { Ticker } from '../world/ticker.ts'

/** The greeting has been heard by then, and may be interrupted no more. */
const FIRST_SPEECH_MS = 4_500
const SPEECH_MS = 500
/** When the caller breaks in after a reply of three seconds has begun: it is all delivered, and not all heard. */
const EARLIEST_MS = 450
const LATEST_MS = 2_700

export interface BargeInSessionOptions {
  readonly ticker: Ticker
  readonly deltas: Payloads
  readonly random: Random
  /** `speech_started` is being sent while a reply is played. */
  onBargeIn(stream: number, now: number): void
  /** The gateway corrects what it believes was heard of a reply, counted from 1. */
  onTruncate(stream: number, reply: number, audioEndMs: number): void
  /** Whether to break in once more. */
  goesOn(): boolean
}

/** A model whose caller breaks into every reply but the greeting. */
export const serveBargeInSession = (socket: WebSocket, stream: number, options: BargeInSessionOptions): void => {
  const { ticker, deltas, random } = options
  let events = 0
  let turns = 0
  let speechAt = Infinity
  let silenceAt = Infinity
  let isFirst = true

  const sendText = (text: string): void => {
    if (socket.readyState === socket.OPEN) socket.send(text)
  }
  const eventId = (): string => `event_${stream}_${++events}`
  const send = (event: object): void => sendText(JSON.stringify({ event_id: eventId(), ...event }))
  const replies = createReplies(stream, deltas, send, (makeText) => sendText(makeText(eventId())))

  const reply = (): void => {
    replies.begin()
    const afterMs = isFirst ? FIRST_SPEECH_MS : EARLIEST_MS + random.share() * (LATEST_MS - EARLIEST_MS)
    speechAt = performance.now() + afterMs
  }
  const beginSpeech = (now: number): void => {
    speechAt = Infinity
    if (!isFirst && !options.goesOn()) return
    if (!isFirst) options.onBargeIn(stream, performance.now())
    isFirst = false
    turns++
    silenceAt = now + SPEECH_MS
    send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id: `item_${stream}_u${turns}` })
  }
  const endSpeech = (): void => {
    silenceAt = Infinity
    const item_id = `item_${stream}_u${turns}`
    const item = { id: item_id, type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_audio' }] }
    send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 0, item_id })
    send({ type: 'input_audio_buffer.committed', previous_item_id: null, item_id })
    send({ type: 'conversation.item.added', previous_item_id: null, item })
    send({
      type: 'conversation.item.input_audio_transcription.completed',
      item_id,
      content_index: 0,
      transcript: 'No, I mean something else.',
    })
    reply()
  }

  const leave = ticker.add((now) => {
    if (replies.active) replies.goOn()
    else if (now >= silenceAt) endSpeech()
    else if (now >= speechAt) beginSpeech(now)
  })
  socket.on('close', leave)
  socket.on('message', (data: RawData) => {
    const text = (data as Buffer).toString()
    if (text.startsWith('{"type":"input_audio_buffer.append"')) return
    const command = JSON.parse(text) as {
      readonly type: string
      readonly session?: object
      readonly item_id?: string
      readonly audio_end_ms?: number
    }
    if (command.type === 'session.update') send({ type: 'session.updated', session: command.session ?? {} })
    else if (command.type === 'response.create' && !replies.active && silenceAt === Infinity) reply()
    else if (command.type === 'conversation.item.truncate') {
      const number = Number(/_a(\d+)$/.exec(command.item_id ?? '')?.[1] ?? Number.NaN)
      options.onTruncate(stream, number, command.audio_end_ms ?? Number.NaN)
    }
  })
  send({ type: 'session.created', session: { id: `sess_${stream}`, object: 'realtime.session', type: 'realtime' } })
}
