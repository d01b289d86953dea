/** A plain client of the Realtime stand-in, as small as a test wants it. */
import { WebSocket } from 'ws'
import type { DialectName, Json, WireEvent } from '../src/realtime/protocol.ts'
import { speak } from '@llc-phone/virtual-carrier/voice'
import { ulawSilence } from '@llc-phone/virtual-carrier/ulaw'

export interface Client {
  readonly socket: WebSocket
  /** Everything the server sent, in order. */
  readonly events: WireEvent[]
  /** Frames that were not JSON objects. */
  readonly oddFrames: string[]
  readonly closed: Promise<{ code: number; reason: string }>
  send(event: Json): void
  /** The next event of a type after those already waited for; `type` may be a test. */
  next(type: string | ((event: WireEvent) => boolean), timeoutMs?: number): Promise<WireEvent>
  /** Types in order, repeated deltas once. */
  types(): string[]
  /** Sends audio in 20 ms frames, as fast as it goes. */
  play(ulaw: Buffer): void
  /** Speaks a phrase and then one second of silence. */
  say(phrase: string, silenceMs?: number): Promise<void>
  /** All audio of an item (or of everything), as bytes. */
  audio(itemId?: string): Buffer
}

export const sessions = {
  ga: (more: Json = {}, input: Json = {}, output: Json = {}): Json => ({
    type: 'realtime',
    instructions: 'Answer the telephone. The caller is +14155550123.',
    audio: {
      input: { format: { type: 'audio/pcmu' }, ...input },
      output: { format: { type: 'audio/pcmu' }, ...output },
    },
    ...more,
  }),
  flat: (more: Json = {}): Json => ({
    instructions: 'Answer the telephone. The caller is +14155550123.',
    input_audio_format: 'g711_ulaw',
    output_audio_format: 'g711_ulaw',
    ...more,
  }),
}

interface ConnectOptions {
  dialect?: DialectName
  headers?: Record<string, string>
  model?: string
}

export async function connect(
  url: string,
  { dialect = 'ga', headers, model = 'gpt-realtime-1.5' }: ConnectOptions = {},
) {
  const client = attach(
    `${url}?model=${model}`,
    headers ?? { authorization: 'Bearer key', ...(dialect === 'flat' && { 'OpenAI-Beta': 'realtime=v1' }) },
  )
  await new Promise((resolve, reject) => client.socket.once('open', resolve).once('error', reject))
  return client
}

export async function connectReady(
  url: string,
  session: Json,
  dialect: DialectName = 'ga',
  model?: string,
): Promise<Client> {
  const client = await connect(url, { dialect, ...(model !== undefined && { model }) })
  await client.next('session.created')
  client.send({ type: 'session.update', session })
  await client.next((event) => event.type === 'session.updated' || event.type === 'error')
  return client
}

function attach(url: string, headers: Record<string, string>): Client {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false })
  const events: WireEvent[] = []
  const oddFrames: string[] = []
  let seen = 0
  let look: (() => void) | undefined
  socket.on('message', (data: Buffer, isBinary) => {
    try {
      const event = JSON.parse(data.toString()) as WireEvent
      if (isBinary || typeof event?.type !== 'string') throw new Error('not an event')
      events.push(event)
    } catch {
      oddFrames.push(data.toString('latin1'))
    }
    look?.()
  })
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }))
  })
  const play = (ulaw: Buffer) => {
    for (let at = 0; at < ulaw.length; at += 160) {
      socket.send(JSON.stringify({ type: 'input_audio_buffer.append', audio: ulaw.toString('base64', at, at + 160) }))
    }
  }
  return {
    socket,
    events,
    oddFrames,
    closed,
    play,
    send: (event) => socket.send(JSON.stringify(event)),
    next: (type, timeoutMs = 5000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          look = undefined
          reject(new Error(`No ${String(type)} among ${events.map((event) => event.type).join(' ')}`))
        }, timeoutMs)
        look = () => {
          while (seen < events.length) {
            const event = events[seen++]!
            if (typeof type === 'string' ? event.type !== type : !type(event)) continue
            clearTimeout(timer)
            look = undefined
            resolve(event)
            return
          }
        }
        look()
      }),
    types: () =>
      events
        .map((event) => event.type)
        .filter((type, i, all) => !type.endsWith('.delta') || !all.slice(0, i).includes(type)),
    async say(phrase, silenceMs = 1000) {
      play(await speak(phrase, 'rms'))
      play(ulawSilence(silenceMs))
    },
    audio: (itemId) =>
      Buffer.concat(
        events
          .filter(
            (event) => event.type.endsWith('audio.delta') && (itemId === undefined || event['item_id'] === itemId),
          )
          .map((event) => Buffer.from(event['delta'] as string, 'base64')),
      ),
  }
}
