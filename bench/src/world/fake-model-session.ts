import type { RawData, WebSocket } from 'ws'
import { createReplies } from './fake-model-reply.ts'
import { createArrivals, type Arrivals, type Payloads, type Stamp } from './payloads.ts'
import type { Ticker } from './ticker.ts'

const TURN_EVERY_MS = 6_000
/** The greeting has been heard by then. */
const FIRST_TURN_MS = 3_500
const SPEECH_MS = 800
const AUDIO_KEY = '"audio":"'
/** How the load names its outbound calls to the model; see outbound-world.ts. */
const CALL_NAME = /bench call (\d+)/

/** How a model takes its time. */
export interface ModelManner {
  /** From the connection to `session.updated`, in milliseconds. */
  readonly startUpMs: number
  /** From the end of speech, or from being asked for it, to a reply, in milliseconds. */
  readonly replyAfterMs: number
  /** First and last frame of the one thing the caller of this stream says. Without it they take a turn every six seconds. */
  speechOf?(stream: number): { readonly first: number; readonly last: number } | undefined
  /** The first session of each call is never configured. */
  readonly stallsFirst?: boolean
}

/** One open connection, as the bench looks at it. */
export interface ModelSocket {
  readonly arrivals: Arrivals
  readonly deltasSent: number
  /** Which outbound call it is for. */
  readonly call: number | undefined
  /** When `session.updated` was sent. */
  readonly configuredAt: number | undefined
  readonly closedAt: number | undefined
}

export interface SessionOptions {
  readonly ticker: Ticker
  /** The payloads of callers' frames. */
  readonly frames: Payloads
  /** The payloads of our deltas. */
  readonly deltas: Payloads
  readonly manner?: ModelManner
  onFrame(stamp: Stamp, now: number): void
}

/** When a session comes about: most of the time goes into connecting and into reading the settings. */
export const startUpOf = (startUpMs: number) => ({
  handshakeMs: startUpMs * 0.35,
  createdMs: startUpMs * 0.1,
  updatedMs: startUpMs * 0.55,
})

/** Serves one connection. `isFirst` tells whether the call with this number has had no session yet. */
export const serveSession = (
  socket: WebSocket,
  stream: number,
  options: SessionOptions,
  isFirst: (call: number) => boolean,
): ModelSocket => {
  const { ticker, frames, deltas, manner } = options
  const { createdMs, updatedMs } = startUpOf(manner?.startUpMs ?? 0)
  const arrivals = createArrivals(frames)
  let events = 0
  let turns = 0
  let live = false
  let nextTurnAt = 0
  let speechEndsAt: number | undefined
  let session: Record<string, unknown> = {}
  let call: number | undefined
  let configuredAt: number | undefined
  let closedAt: number | undefined

  const sendText = (text: string): void => {
    if (socket.readyState === socket.OPEN) socket.send(text)
  }
  const eventId = (): string => `event_${stream}_${++events}`
  const send = (event: object): void => sendText(JSON.stringify({ event_id: eventId(), ...event }))
  const replies = createReplies(stream, deltas, send, (makeText) => sendText(makeText(eventId())))
  const later = (delayMs: number, act: () => void): void => void (delayMs > 0 ? setTimeout(act, delayMs) : act())
  const reply = (): void => later(manner?.replyAfterMs ?? 0, replies.begin)

  const beginSpeech = (): void => {
    turns++
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
    reply()
  }

  const onUpdate = (text: string, given: Record<string, unknown> | undefined): void => {
    session = { ...session, ...given }
    const name = CALL_NAME.exec(text)?.[1]
    const isOfCall = call === undefined && name !== undefined
    if (isOfCall) call = Number(name)
    if (isOfCall && isFirst(call!) && manner?.stallsFirst) return
    const delayMs = configuredAt === undefined ? updatedMs : 0
    later(delayMs, () => {
      configuredAt ??= performance.now()
      send({ type: 'session.updated', session })
    })
  }

  const onCommand = (text: string): void => {
    const command = JSON.parse(text) as {
      type: string
      session?: Record<string, unknown>
      response?: { output_modalities?: readonly string[] }
    }
    if (command.type === 'session.update') onUpdate(text, command.session)
    else if (command.type !== 'response.create' || replies.active) return
    else if (command.response?.output_modalities?.[0] === 'text') later(manner?.replyAfterMs ?? 0, replies.write)
    else reply()
  }

  const onMessage = (data: RawData): void => {
    const text = (data as Buffer).toString('latin1')
    const audio = text.indexOf(AUDIO_KEY)
    if (!text.includes('input_audio_buffer.append') || audio < 0) return onCommand((data as Buffer).toString())
    const now = performance.now()
    const from = audio + AUDIO_KEY.length
    const stamp = arrivals.take(text.slice(from, text.indexOf('"', from)))
    if (stamp) {
      options.onFrame(stamp, now)
      const speech = manner?.speechOf?.(stamp.stream)
      if (stamp.sequence === speech?.first) beginSpeech()
      if (stamp.sequence === speech?.last) endSpeech()
    }
    if (live) return
    live = true
    // Calls take their turns evenly spread, so that every second carries the same load.
    nextTurnAt = manner?.speechOf ? Infinity : now + FIRST_TURN_MS + ((stream * 997) % TURN_EVERY_MS)
  }

  const leave = ticker.add((now) => {
    if (replies.active) replies.goOn()
    else if (speechEndsAt !== undefined && now >= speechEndsAt) endSpeech()
    else if (live && speechEndsAt === undefined && now >= nextTurnAt) {
      nextTurnAt += TURN_EVERY_MS
      speechEndsAt = now + SPEECH_MS
      beginSpeech()
    }
  })
  socket.on('message', onMessage)
  socket.on('close', () => {
    closedAt = performance.now()
    leave()
  })
  later(createdMs, () =>
    send({ type: 'session.created', session: { id: `sess_${stream}`, object: 'realtime.session', type: 'realtime' } }),
  )

  return {
    arrivals,
    get deltasSent() {
      return replies.deltasSent
    },
    get call() {
      return call
    },
    get configuredAt() {
      return configuredAt
    },
    get closedAt() {
      return closedAt
    },
  }
}
