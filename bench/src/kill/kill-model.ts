import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'
import type { Payloads } from '../world/payloads.ts'

// A model that takes one message for every caller: the history it is given tells it whether it has done so.
// A gateway that loses a tool call on the way makes it do so again.

const DELTAS_PER_REPLY = 10
const REPLY_MS = DELTAS_PER_REPLY * 200
/** The caller speaks so long after the session is there, and again after each reply. */
const FIRST_TURN_MS = 2_500
const NEXT_TURN_MS = 3_000
const SPEECH_MS = 300

/** The words of a turn that is over this long are on their way to the database. */
const KEPT_AFTER_MS = 500
/** The sessions of a process that was killed close within this. */
const CLOSED_WITHIN_MS = 1_000

/** The model, as the bench looks at it. */
export interface KillModel {
  readonly url: string
  /** Messages it has asked to be taken. */
  readonly asked: number
  /**
   * The turns that were over half a second before a process was killed (`performance.now()`) whose sessions have ended with
   * it, and how many of them no later session was told of.
   */
  turnsBefore(killedAt: number): { readonly turns: number; readonly missing: number }
  close(): void
}

/** A turn of a session, with a name that stands in its words. */
interface Turn {
  readonly name: string
  /** Of `performance.now()`. */
  readonly endedAt: number
  sessionEndedAt: number
}

const TURN_NAMES = /turn-\d+-\d+/g

/** What all sessions share. */
interface KillWorld {
  readonly deltas: Payloads
  readonly turns: Turn[]
  /** The names of turns that sessions were told of. */
  readonly told: Set<string>
  onAsked(): void
}

const serve = (socket: WebSocket, { deltas, turns, told, onAsked }: KillWorld): void => {
  const stream = Math.floor(Math.random() * 60_000)
  let session: object = {}
  let count = 0
  let sent = 0
  let hasTaken = false
  let turn: NodeJS.Timeout | undefined
  const own: Turn[] = []
  const named = (afterMs: number): string => {
    const name = `turn-${stream}-${count}`
    own.push({ name, endedAt: performance.now() + afterMs, sessionEndedAt: Infinity })
    turns.push(own.at(-1)!)
    return name
  }

  const send = (event: object): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify({ event_id: `event_${randomUUID()}`, ...event }))
  }
  const add = (item: object): void => {
    send({ type: 'conversation.item.added', previous_item_id: null, item })
    send({ type: 'conversation.item.done', previous_item_id: null, item })
  }
  const usage = { input_token_details: { text_tokens: 10, audio_tokens: 0, cached_tokens: 0 } }
  const begin = (): string => {
    const response_id = `resp_${stream}_${++count}`
    send({
      type: 'response.created',
      response: { id: response_id, object: 'realtime.response', status: 'in_progress' },
    })
    return response_id
  }
  const finish = (response_id: string, item: object): void => {
    send({ type: 'response.output_item.done', response_id, output_index: 0, item })
    add(item)
    send({ type: 'response.done', response: { id: response_id, status: 'completed', output: [item], usage } })
  }

  const takeMessage = (): void => {
    hasTaken = true
    onAsked()
    const response_id = begin()
    const call_id = `call_${randomUUID()}`
    const given = { caller_name: 'Bench', message: `Please call back about ${randomUUID()}.`, urgency: 'normal' }
    const item = {
      id: `item_${stream}_f${count}`,
      type: 'function_call',
      status: 'completed',
      call_id,
      name: 'take_message',
      arguments: JSON.stringify(given),
    }
    send({ type: 'response.output_item.added', response_id, output_index: 0, item: { ...item, arguments: '' } })
    send({
      type: 'response.function_call_arguments.done',
      response_id,
      item_id: item.id,
      output_index: 0,
      call_id,
      name: item.name,
      arguments: item.arguments,
    })
    finish(response_id, item)
  }

  const speak = (): void => {
    const response_id = begin()
    const item_id = `item_${stream}_a${count}`
    const item = { id: item_id, type: 'message', role: 'assistant', status: 'completed' }
    const at = { response_id, item_id, output_index: 0, content_index: 0 }
    const transcript = `Eight words of ${named(REPLY_MS)} that nobody has spoken.`
    send({ type: 'response.output_item.added', response_id, output_index: 0, item: { ...item, content: [] } })
    send({ type: 'response.content_part.added', ...at, part: { type: 'audio' } })
    for (let n = 0; n < DELTAS_PER_REPLY; n++)
      send({ type: 'response.output_audio.delta', ...at, delta: deltas.make(stream, sent++) })
    send({ type: 'response.output_audio.done', ...at })
    send({ type: 'response.output_audio_transcript.done', ...at, transcript })
    send({ type: 'response.content_part.done', ...at, part: { type: 'audio', transcript } })
    finish(response_id, { ...item, content: [{ type: 'output_audio', transcript }] })
    wait(NEXT_TURN_MS)
  }

  const hear = (): void => {
    const item_id = `item_${stream}_u${++count}`
    send({ type: 'input_audio_buffer.speech_started', audio_start_ms: 0, item_id })
    setTimeout(() => {
      send({ type: 'input_audio_buffer.speech_stopped', audio_end_ms: 0, item_id })
      send({ type: 'input_audio_buffer.committed', previous_item_id: null, item_id })
      add({ id: item_id, type: 'message', role: 'user', status: 'completed', content: [{ type: 'input_audio' }] })
      const type = 'conversation.item.input_audio_transcription.completed'
      send({ type, item_id, content_index: 0, transcript: `Please take a message of ${named(0)}.` })
      if (hasTaken) speak()
      else takeMessage()
    }, SPEECH_MS)
  }
  const wait = (ms: number): void => {
    clearTimeout(turn)
    turn = setTimeout(hear, ms)
  }

  socket.on('message', (data: Buffer) => {
    const command = JSON.parse(data.toString()) as {
      readonly type: string
      readonly session?: object
      readonly item?: { readonly type: string; readonly name?: string; readonly id?: string }
    }
    if (command.type === 'session.update') {
      session = { ...session, ...command.session }
      send({ type: 'session.updated', session })
    } else if (command.type === 'conversation.item.create') {
      const { item } = command
      for (const [name] of data.toString().matchAll(TURN_NAMES)) told.add(name)
      if (item?.type === 'function_call' && item.name === 'take_message') hasTaken = true
      add({ id: `item_${randomUUID().slice(0, 20)}`, status: 'completed', ...item })
    } else if (command.type === 'response.create') {
      speak()
      if (count <= 2) wait(FIRST_TURN_MS)
    }
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    clearTimeout(turn)
    for (const each of own) each.sessionEndedAt = performance.now()
  })
  send({ type: 'session.created', session: { id: `sess_${stream}`, type: 'realtime' } })
}

/** Listens on loopback. */
export const startKillModel = async (deltas: Payloads): Promise<KillModel> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  let asked = 0
  const turns: Turn[] = []
  const told = new Set<string>()
  server.on('connection', (socket) => serve(socket, { deltas, turns, told, onAsked: () => void asked++ }))
  await new Promise<void>((resolve) => server.once('listening', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`,
    get asked() {
      return asked
    },
    turnsBefore(killedAt) {
      const over = turns.filter(
        ({ endedAt, sessionEndedAt }) =>
          endedAt < killedAt - KEPT_AFTER_MS &&
          sessionEndedAt >= killedAt &&
          sessionEndedAt < killedAt + CLOSED_WITHIN_MS,
      )
      return { turns: over.length, missing: over.filter(({ name }) => !told.has(name)).length }
    },
    close() {
      for (const socket of server.clients) socket.terminate()
      server.close()
    },
  }
}
