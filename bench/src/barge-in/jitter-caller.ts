import { randomBytes } from 'node:crypto'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { WebSocket, type RawData } from 'ws'
import type { Random } from '../fuzz/random.ts'
import { ACCOUNT_SID, AUTH_TOKEN } from '../process/gateway-env.ts'
import type { Payloads } from '../world/payloads.ts'
import { postAsTwilio } from '../world/post-as-twilio.ts'
import { TICK_MS, type Ticker } from '../world/ticker.ts'
import { createTruePlayout } from './true-playout.ts'

/** The mean of most echoes. */
const USUAL_LATENESS_MS = 4
const CHARS_PER_MS = (8 * 4) / 3

/** A caller whose marks come late, each by another time. */
export interface JitterCaller {
  hangUp(): Promise<void>
}

export interface JitterCallerOptions {
  readonly origin: string
  readonly index: number
  readonly dialled: string
  /** The way from the gateway to the ear, and back. */
  readonly oneWayMs: number
  /** One echo of ten is late by up to this, the others by a few milliseconds. */
  readonly jitterMs: number
  readonly random: Random
  readonly ticker: Ticker
  readonly frames: Payloads
  readonly deltas: Payloads
  /** A `clear` came at `now`; `heardMs` is how much was played of each delta, by its number, when it reached the ear. */
  onClear(stream: number, heardMs: ReadonlyMap<number, number>, now: number): void
  onBroken(): void
}

const after = (text: string, key: string): string => {
  const from = text.indexOf(key) + key.length
  return text.slice(from, text.indexOf('"', from))
}

/**
 * Rings, talks and plays what it hears. The way of the audio is reckoned, not waited for: what comes in at one time
 * counts as arrived `oneWayMs` later. What goes back is sent that much later.
 */
export const placeJitterCall = async (options: JitterCallerOptions): Promise<JitterCaller> => {
  const { origin, index, dialled, oneWayMs, jitterMs, random, ticker, frames, deltas } = options
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const streamSid = `MZ${randomBytes(16).toString('hex')}`
  const form = {
    CallSid: callSid,
    AccountSid: ACCOUNT_SID,
    From: `+1415555${String(1_000 + index).padStart(4, '0')}`,
    To: dialled,
    Direction: 'inbound',
  }
  const post = (path: string, fields: Record<string, string>): Promise<string> =>
    postAsTwilio(AUTH_TOKEN, `${origin}${path}`, { ...form, ...fields })
  const twiml = await post('/twiml', { CallStatus: 'ringing' })
  const mediaUrl = /<Stream url="([^"]+)"/.exec(twiml)?.[1]
  if (mediaUrl === undefined) throw new Error(`The webhook's answer connects no stream: ${twiml}`)
  const socket = new WebSocket(mediaUrl, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    autoPong: false,
    headers: { 'x-twilio-signature': getExpectedTwilioSignature(AUTH_TOKEN, mediaUrl, {}) },
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => socket.terminate())

  const playout = createTruePlayout()
  let stream = -1
  let framesSent = 0
  let over = false
  let marks: { readonly name: string; dueAt: number }[] = []

  /** Nine of ten echoes are a few milliseconds late, one up to `jitterMs`. */
  const latenessMs = (): number =>
    random.chance(0.1) ? random.share() * jitterMs : -USUAL_LATENESS_MS * Math.log(1 - random.share())
  const isOpen = (): boolean => socket.readyState === WebSocket.OPEN
  const echo = (name: string): void =>
    socket.send(`{"event":"mark","sequenceNumber":"1","streamSid":"${streamSid}","mark":{"name":"${name}"}}`)
  const echoDue = (now: number): void => {
    while (isOpen() && marks.length > 0 && marks[0]!.dueAt <= now) echo(marks.shift()!.name)
  }

  socket.on('message', (data: RawData) => {
    const now = performance.now()
    const arrivedAt = now + oneWayMs
    const text = (data as Buffer).toString('latin1')
    if (text.startsWith('{"event":"media"')) {
      const payload = after(text, '"payload":"')
      const stamp = deltas.read(payload)
      stream = stamp?.stream ?? stream
      playout.add(stamp?.sequence ?? -1, payload.length / CHARS_PER_MS, arrivedAt)
    } else if (text.startsWith('{"event":"mark"')) {
      // Echoes keep their order, however late one is.
      const dueAt = Math.max(playout.endsAt, arrivedAt) + oneWayMs + latenessMs()
      marks.push({ name: after(text, '"name":"'), dueAt: Math.max(dueAt, marks.at(-1)?.dueAt ?? 0) })
    } else if (text.startsWith('{"event":"clear"')) {
      options.onClear(stream, playout.clear(arrivedAt), now)
      for (const mark of marks) mark.dueAt = Math.min(mark.dueAt, arrivedAt + oneWayMs)
    }
  })
  socket.on('ping', (data: Buffer) => void setTimeout(() => isOpen() && socket.pong(data), 2 * oneWayMs))
  socket.on('close', () => {
    stopTalking()
    if (!over) options.onBroken()
  })
  const stopTalking = ticker.add(() => {
    if (!isOpen()) return
    socket.send(
      `{"event":"media","sequenceNumber":"${framesSent + 2}","media":{"track":"inbound","chunk":"${framesSent + 1}",` +
        `"timestamp":"${framesSent * TICK_MS}","payload":"${frames.make(index, framesSent)}"},"streamSid":"${streamSid}"}`,
    )
    framesSent++
  })
  const echoing = setInterval(() => echoDue(performance.now()), 1)

  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 }
  const start = { accountSid: ACCOUNT_SID, streamSid, callSid, tracks: ['inbound'], mediaFormat, customParameters: {} }
  socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
  socket.send(JSON.stringify({ event: 'start', sequenceNumber: '1', start, streamSid }))

  return {
    async hangUp() {
      over = true
      clearInterval(echoing)
      stopTalking()
      if (isOpen())
        socket.send(JSON.stringify({ event: 'stop', streamSid, stop: { accountSid: ACCOUNT_SID, callSid } }))
      socket.close()
      await post('/twilio/status', { CallStatus: 'completed', CallDuration: '30' })
    },
  }
}
