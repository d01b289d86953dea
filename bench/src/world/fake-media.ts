import { randomBytes } from 'node:crypto'
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js'
import { WebSocket, type RawData } from 'ws'
import { createArrivals, type Arrivals, type Payloads, type Stamp } from './payloads.ts'
import { TICK_MS, type Ticker } from './ticker.ts'

const CHARS_PER_MS = (8 * 4) / 3

/** Twilio's end of one media stream: sends a frame every 20 ms, plays what it hears and echoes marks when they are due. */
export interface FakeMedia {
  readonly arrivals: Arrivals
  readonly framesSent: number
  readonly isOpen: boolean
  /** Stops sending audio; what is on its way still arrives. */
  fallSilent(): void
  /** Says `stop` and closes. */
  hangUp(): void
  /** The socket is gone without a word. */
  cut(): void
  /** Resolves when the socket is closed. */
  readonly closed: Promise<void>
}

export interface FakeMediaOptions {
  /** The number of this call, which its frames carry. */
  readonly index: number
  readonly mediaUrl: string
  readonly authToken: string
  readonly accountSid: string
  readonly callSid: string
  readonly ticker: Ticker
  /** The payloads of our frames. */
  readonly frames: Payloads
  /** The payloads of the model's deltas. */
  readonly deltas: Payloads
  /** A delta of the model's; `startedAt` is when `start` was sent. */
  onMedia(stamp: Stamp, now: number, startedAt: number): void
  /** Any audio at all, also what no model has sent in this form. */
  onAudio?(now: number, startedAt: number): void
}

const after = (text: string, key: string): string => {
  const from = text.indexOf(key) + key.length
  return text.slice(from, text.indexOf('"', from))
}

/** Opens the socket, starts the stream and talks. Rejects when the handshake is refused. */
export const connectMedia = async (options: FakeMediaOptions): Promise<FakeMedia> => {
  const { index, mediaUrl, authToken, accountSid, callSid, ticker, frames } = options
  const streamSid = `MZ${randomBytes(16).toString('hex')}`
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
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))

  let framesSent = 0
  let playedUntil = 0
  let marks: { readonly name: string; readonly dueAt: number }[] = []

  const echo = (name: string): void =>
    socket.send(`{"event":"mark","sequenceNumber":"1","streamSid":"${streamSid}","mark":{"name":"${name}"}}`)

  const onMessage = (data: RawData): void => {
    const now = performance.now()
    const text = (data as Buffer).toString('latin1')
    if (text.startsWith('{"event":"media"')) {
      const payload = after(text, '"payload":"')
      playedUntil = Math.max(playedUntil, now) + payload.length / CHARS_PER_MS
      options.onAudio?.(now, startedAt)
      const stamp = arrivals.take(payload)
      if (stamp) options.onMedia(stamp, now, startedAt)
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
    get isOpen() {
      return socket.readyState !== WebSocket.CLOSED
    },
    fallSilent: stopTalking,
    hangUp() {
      if (socket.readyState === WebSocket.OPEN)
        socket.send(JSON.stringify({ event: 'stop', streamSid, stop: { accountSid, callSid } }))
      stopTalking()
      socket.close()
    },
    cut() {
      stopTalking()
      socket.terminate()
    },
    closed,
  }
}
