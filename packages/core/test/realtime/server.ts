import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { systemClock, type Clock } from '../../src/clock.ts'
import type { ModelEvent, SessionConfig } from '../../src/model.ts'
import { realtimeProvider } from '../../src/realtime/provider.ts'
import type { ModelTuning, ModelWishes } from '../../src/tuning.ts'

/** What an operator may have set. */
export const wish = (set: ModelTuning = {}): ModelWishes => ({ set, suits: {}, keywords: [] })

export const config: SessionConfig = {
  instructions: 'Be brief.',
  voice: 'cedar',
  tools: [],
  turnDetection: { kind: 'semantic', eagerness: 'high', autoReply: true },
  wishes: wish({ transcription: 'off' }),
}
const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate()
    server.close()
  }
})

export type Sent = { type: string; event_id: string; session?: Record<string, unknown> } & Record<string, unknown>
export type Script = (socket: WebSocket, sent: Sent[], headers: Record<string, unknown>) => void

/** A server that does what `script` says, and the connection of a client to it. */
export const connect = async (
  script: Script,
  dialect: 'auto' | 'ga' | 'flat' = 'auto',
  changes: Partial<SessionConfig> = {},
  {
    clock = systemClock,
    hear = () => {},
    model = 'm',
    caller,
    sessionLimitMs,
    date,
  }: {
    clock?: Clock
    sessionLimitMs?: number
    hear?: (event: ModelEvent) => void
    model?: string
    caller?: string
    /** What the server's clock says in the handshake; it says nothing without it. */
    date?: Date
  } = {},
  listen: (itemId: string) => void = () => {},
) => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  servers.push(server)
  if (date) server.on('headers', (headers) => headers.push(`Date: ${date.toUTCString()}`))
  const sent: Sent[] = []
  const sockets: WebSocket[] = []
  server.on('connection', (socket, request) => {
    sockets.push(socket)
    socket.on('message', (data) => {
      const event = JSON.parse((data as Buffer).toString()) as Sent
      sent.push(event)
      socket.emit(`got:${event.type}`, event)
    })
    script(socket, sent, request.headers)
  })
  await once(server, 'listening')
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`
  const events: ModelEvent[] = []
  const audio: string[] = []
  const waiting: (() => void)[] = []
  const learnt: string[] = []
  const leftOut: string[] = []
  const provider = realtimeProvider({
    url,
    apiKey: 'sk-test',
    model,
    dialect,
    clock,
    ...(sessionLimitMs === undefined ? {} : { sessionLimitMs }),
    onDialect: (name) => learnt.push(name),
    onLeftOut: (field) => leftOut.push(field),
  })
  const open = () =>
    provider.connect(
      { ...config, ...changes },
      {
        audio(payload, itemId) {
          audio.push(payload)
          listen(itemId)
        },
        event(event) {
          events.push(event)
          for (const wake of waiting.splice(0)) wake()
          hear(event)
        },
      },
      { caller },
    )
  const connection = open()
  const until = async (type: ModelEvent['type']): Promise<ModelEvent> => {
    for (;;) {
      const found = events.find((event) => event.type === type)
      if (found) return found
      await new Promise<void>((resolve) => void waiting.push(resolve))
    }
  }
  return { connection, events, audio, sent, sockets, until, learnt, leftOut, open, provider }
}

/** The server sends an event. */
export const say = (socket: WebSocket, event: object): void => socket.send(JSON.stringify(event))
/** A server that takes every session as it is asked for. */
export const accept: Script = (socket) => {
  say(socket, { type: 'session.created', session: {} })
  socket.on('got:session.update', (event: Sent) => say(socket, { type: 'session.updated', session: event.session }))
}
/** Everything either side has sent has been read by the other. */
export const roundTrip = (socket: WebSocket): Promise<unknown> => {
  socket.ping()
  return once(socket, 'pong')
}

/** A configured session, and short words for both sides of it. */
export const configured = async (
  options: Parameters<typeof connect>[3] = {},
  changes: Partial<SessionConfig> = {},
  dialect: 'ga' | 'flat' = 'ga',
) => {
  const rig = await connect(accept, dialect, changes, options)
  await rig.until('configured')
  const socket = rig.sockets[0]!
  rig.events.length = 0
  rig.sent.length = 0
  return {
    ...rig,
    socket,
    /** The server sends these, and both sides have done what follows from them. */
    async says(...events: object[]) {
      for (const event of events) say(socket, event)
      await roundTrip(socket)
    },
    /** What both sides have sent has been read. */
    settled: () => roundTrip(socket),
    types: () => rig.events.map(({ type }) => type),
    sentTypes: () => rig.sent.map(({ type }) => type),
  }
}

export const created = (id: string): object => ({ type: 'response.created', response: { id } })
export const done = (id: string, more: object = {}): object => ({
  type: 'response.done',
  response: { id, status: 'completed', ...more },
})
export const delta = (response_id: string, item_id = 'i1', payload = 'AAAA'): object => ({
  type: 'response.output_audio.delta',
  response_id,
  item_id,
  content_index: 0,
  delta: payload,
})
export const refuses = (code: string | null, more: object = {}): object => ({
  type: 'error',
  error: { type: 'invalid_request_error', code, message: 'In words.', ...more },
})
