/** The conversation that every client has: a greeting, an order looked up with a tool, and a long answer that is interrupted. */
import { setDefaultCACertificates, getCACertificates } from 'node:tls'
import {
  createRealtimeServer,
  makeCertificate,
  parseDialogue,
  speak,
  ulawSilence,
  type RealtimeServer,
  type RealtimeServerOptions,
  type RealtimeSession,
} from '@llc-phone/sim'
import { afterEach, expect } from 'vitest'

export const KEY = 'sk-of-the-tests'
export const MODEL = 'gpt-realtime-2.1'
export const INSTRUCTIONS = 'You answer the telephone of a shop. Be brief.'

export const asks = {
  order: 'where is the parcel that I ordered',
  shop: 'tell me the story of your shop',
  thanks: 'thank you that is quite enough',
}
export const says = {
  greeting: 'Hello, this is the order line.',
  announcement: 'One moment, I am looking for your parcel.',
  order: 'Your parcel has left our house and comes on Friday.',
  shop: 'Our shop was opened by two sisters in a small street by the harbour, and it has sold tea, coffee and spices from many countries to the people of the town for more than a hundred years.',
  thanks: 'You are welcome, goodbye.',
}
/** What the tool is called with, and what it finds. */
export const order = { number: '417' }
export const found = { day: 'Friday' }

const dialogue = parseDialogue({
  mode: 'order-line',
  tools: ['find_order'],
  greeting: says.greeting,
  unheard: 'I did not understand that.',
  resumes: 'What else can I do for you?',
  cannot: 'I cannot do that.',
  failed: 'I could not find that.',
  exchanges: [
    {
      hears: [asks.order],
      says: says.announcement,
      calls: { tool: 'find_order', arguments: order },
      // oxlint-disable-next-line unicorn/no-thenable -- the word of the data files; it is never a function
      then: 'Your parcel has left our house and comes on {output.day}.',
    },
    { hears: [asks.shop], says: says.shop },
    { hears: [asks.thanks], says: says.thanks },
  ],
})

// Trusted as an operator would install it: none of the clients is told about it.
const certificate = makeCertificate()
setDefaultCACertificates([...getCACertificates(), certificate.ca])

let server: RealtimeServer | undefined
afterEach(async () => {
  const closing = server
  server = undefined
  await closing?.close()
})

/** A simulated model over TLS; `httpUrl` is the base address that SDKs are given. */
export async function startServer(options: RealtimeServerOptions = {}) {
  // Made before anybody waits for them.
  await Promise.all([...Object.values(asks).map(spoken), ...Object.values(says).map((one) => speak(one, 'slt'))])
  server = await createRealtimeServer({
    apiKey: KEY,
    dialogues: [dialogue],
    // Slow enough that the long answer is still being made when it is interrupted.
    latency: { firstAudioMs: 50, transcriptMs: 30, audioSpeed: 1.5 },
    tls: certificate,
    ...options,
  })
  return { server, wssUrl: server.url, httpUrl: server.url.replace(/^wss:/, 'https:').replace(/\/realtime$/, '') }
}

/** A question as the microphone hears it, with the silence that ends the turn; 8 kHz μ-law. */
export const spoken = async (phrase: string): Promise<Buffer> =>
  Buffer.concat([await speak(phrase, 'rms'), ulawSilence(1000)])

/** Hands audio over in pieces of 100 ms, three times as fast as somebody speaks: the server counts audio, not time. */
export async function inPieces(audio: Buffer, bytesPerMs: number, send: (piece: Buffer) => void): Promise<void> {
  const size = bytesPerMs * 100
  for (let at = 0; at < audio.length; at += size) {
    send(audio.subarray(at, at + size))
    await pause(33)
  }
}

/** As long as a sentence of the model lasts: whoever speaks before has interrupted it. */
export const heardWhole = async (sentence: string): Promise<void> => pause((await speak(sentence, 'slt')).length / 8)

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Waits until it holds; the test's own time limit is the end of patience. */
export async function until<T>(look: () => T | undefined | false): Promise<T> {
  for (;;) {
    const result = look()
    if (result !== undefined && result !== false) return result
    await pause(20)
  }
}

/** What the server has to say of a client that behaved: nothing forbidden, nothing refused but what it counts on, every turn understood. */
export function expectNoComplaint(session: RealtimeSession, expectedErrors: string[] = []): void {
  expect(server?.violations).toEqual([])
  const errors = session.log.entries.filter(({ event }) => event.type === 'error')
  expect(errors.map(({ event }) => (event['error'] as { code: string }).code)).toEqual(expectedErrors)
  expect(session.heard).toEqual([asks.order, asks.shop, asks.thanks])
}

/** The long answer was cut where the client said that it was heard until, and the model does not remember more. */
export function expectInterruption(session: RealtimeSession, heardMs: number): void {
  const cuts = session.log.entries.filter(({ event }) => event.type === 'conversation.item.truncated')
  expect(cuts.map(({ event }) => event['audio_end_ms'])).toEqual([Math.floor(heardMs)])
  const cut = session.items.find(({ id }) => id === cuts[0]?.event['item_id'])
  expect(cut).toMatchObject({ role: 'assistant', status: 'incomplete' })
  expect(cut?.content?.[0]?.transcript).toBeUndefined()
}
