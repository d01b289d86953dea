import type { RawData, WebSocket } from 'ws'
import { createReplies } from '../world/fake-model-reply.ts'
import type { Payloads } from '../world/payloads.ts'
import type { Ticker } from '../world/ticker.ts'

/** A connection to a model whose transcript is the text that it is asked to say. */
export interface GreetingSession {
  readonly isConfigured: boolean
  readonly isAsked: boolean
}

const QUOTED = /exactly: \\"(.+?)\\"/

/** Serves one connection; it is configured `configuredAfterMs` after its settings have come. */
export const serveGreetingSession = (
  socket: WebSocket,
  stream: number,
  { ticker, deltas, configuredAfterMs }: { ticker: Ticker; deltas: Payloads; configuredAfterMs: number },
): GreetingSession => {
  let events = 0
  let words = ''
  let isConfigured = false
  let isAsked = false
  const sendText = (text: string): void => {
    if (socket.readyState === socket.OPEN) socket.send(text)
  }
  const eventId = (): string => `event_${stream}_${++events}`
  const send = (event: object): void => sendText(JSON.stringify({ event_id: eventId(), ...event }))
  const replies = createReplies(
    stream,
    deltas,
    send,
    (makeText) => sendText(makeText(eventId())),
    () => words,
  )
  const leave = ticker.add(() => {
    if (replies.active) replies.goOn()
  })
  socket.on('close', leave)
  socket.on('message', (data: RawData) => {
    const text = (data as Buffer).toString()
    if (text.startsWith('{"type":"input_audio_buffer.append"')) return
    words = QUOTED.exec(text)?.[1] ?? words
    const { type, session = {} } = JSON.parse(text) as { readonly type: string; readonly session?: object }
    if (type === 'session.update')
      setTimeout(
        () => {
          isConfigured = true
          send({ type: 'session.updated', session })
        },
        isConfigured ? 0 : configuredAfterMs,
      )
    if (type !== 'response.create') return
    isAsked = true
    replies.begin()
  })
  send({ type: 'session.created', session: { id: `sess_${stream}`, object: 'realtime.session', type: 'realtime' } })
  return {
    get isConfigured() {
      return isConfigured
    },
    get isAsked() {
      return isAsked
    },
  }
}
