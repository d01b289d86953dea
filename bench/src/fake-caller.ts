import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { WebSocket, type RawData } from 'ws'
import { createArrivals, type Arrivals, type Payloads, type Stamp } from './payloads.ts'
import { TICK_MS, type Ticker } from './ticker.ts'

/** Between our answer to the webhook and the media stream the phone rings on; the greeting is made meanwhile. */
const CONNECT_AFTER_MS = 500
const CHARS_PER_MS = (8 * 4) / 3

/** One caller: Twilio's half of a call, from the webhook to the last status callback. */
export interface FakeCaller {
  readonly arrivals: Arrivals
  readonly framesSent: number
  /** Stops sending audio; what is on its way still arrives. */
  fallSilent(): void
  hangUp(): Promise<void>
}

export interface FakeCallerOptions {
  readonly index: number
  readonly origin: string
  readonly authToken: string
  /** The number rung. */
  readonly dialled: string
  readonly ticker: Ticker
  /** The payloads of our frames. */
  readonly frames: Payloads
  /** The payloads of the model's deltas. */
  readonly deltas: Payloads
  onMedia(stamp: Stamp, now: number): void
  /** The greeting's first frame, `ms` after `start`; only when the greeting was ready before it. */
  onGreeting(ms: number): void
  onBroken(): void
}

const after = (text: string, key: string): string => {
  const from = text.indexOf(key) + key.length
  return text.slice(from, text.indexOf('"', from))
}

/** Rings, connects the media stream and talks. Rejects when the webhook or the handshake is refused. */
export const placeCall = async (options: FakeCallerOptions): Promise<FakeCaller> => {
  const { index, origin, authToken, ticker, frames } = options
  const callSid = `CA${randomBytes(16).toString('hex')}`
  const accountSid = `AC${'0'.repeat(32)}`
  const streamSid = `MZ${randomBytes(16).toString('hex')}`
  const form = {
    CallSid: callSid,
    AccountSid: accountSid,
    From: `+1415555${String(1000 + index).padStart(4, '0')}`,
    To: options.dialled,
    Direction: 'inbound',
    ApiVersion: '2010-04-01',
  }
  const post = async (path: string, fields: Record<string, string>): Promise<string> => {
    const url = `${origin}${path}`
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-twilio-signature': getExpectedTwilioSignature(authToken, url, fields) },
      body: new URLSearchParams(fields),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`)
    return text
  }

  const twiml = await post('/twiml', { ...form, CallStatus: 'ringing' })
  const mediaUrl = /<Stream url="([^"]+)"/.exec(twiml)?.[1]
  if (mediaUrl === undefined) throw new Error(`The webhook's answer connects no stream: ${twiml}`)
  await wait(CONNECT_AFTER_MS)

  const arrivals = createArrivals(options.deltas)
  const socket = new WebSocket(mediaUrl, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
    headers: { 'x-twilio-signature': getExpectedTwilioSignature(authToken, mediaUrl, {}) },
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', () => {
    if (!over) options.onBroken()
  })

  let over = false
  let framesSent = 0
  let playedUntil = 0
  let greeted = false
  let marks: { readonly name: string; readonly dueAt: number }[] = []

  const echo = (name: string): void =>
    socket.send(`{"event":"mark","sequenceNumber":"1","streamSid":"${streamSid}","mark":{"name":"${name}"}}`)

  const onMessage = (data: RawData): void => {
    const now = performance.now()
    const text = (data as Buffer).toString('latin1')
    if (text.startsWith('{"event":"media"')) {
      const payload = after(text, '"payload":"')
      playedUntil = Math.max(playedUntil, now) + payload.length / CHARS_PER_MS
      const stamp = arrivals.take(payload)
      if (!stamp) return
      if (!greeted && stamp.sentAt < startedAt) options.onGreeting(now - startedAt)
      greeted = true
      options.onMedia(stamp, now)
    } else if (text.startsWith('{"event":"mark"')) {
      marks.push({ name: after(text, '"name":"'), dueAt: Math.max(playedUntil, now) })
    } else if (text.startsWith('{"event":"clear"')) {
      playedUntil = now
      for (const { name } of marks) echo(name)
      marks = []
    }
  }
  socket.on('message', onMessage)

  const stopTalking = ticker.add((now) => {
    socket.send(
      `{"event":"media","sequenceNumber":"${framesSent + 2}","media":{"track":"inbound","chunk":"${framesSent + 1}",` +
        `"timestamp":"${framesSent * TICK_MS}","payload":"${frames.make(index, framesSent)}"},"streamSid":"${streamSid}"}`,
    )
    framesSent++
    while (marks.length > 0 && marks[0]!.dueAt <= now) echo(marks.shift()!.name)
  })
  socket.on('close', stopTalking)

  const mediaFormat = { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 }
  const start = { accountSid, streamSid, callSid, tracks: ['inbound'], mediaFormat, customParameters: {} }
  socket.send('{"event":"connected","protocol":"Call","version":"1.0.0"}')
  socket.send(JSON.stringify({ event: 'start', sequenceNumber: '1', start, streamSid }))
  const startedAt = performance.now()

  return {
    arrivals,
    get framesSent() {
      return framesSent
    },
    fallSilent: stopTalking,
    async hangUp() {
      over = true
      if (socket.readyState === WebSocket.OPEN)
        socket.send(JSON.stringify({ event: 'stop', streamSid, stop: { accountSid, callSid } }))
      socket.close()
      await post('/twilio/status', { ...form, CallStatus: 'completed', CallDuration: '30' })
    },
  }
}
