/** One run of `<Connect><Stream>`: the signed WebSocket, the caller's audio out, the gateway's audio into a real-time playout. */
import { setTimeout as sleep } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { FRAME_MS } from './frame-clock.ts'
import type { Reach } from '../tls/reach.ts'
import type { Line } from './line.ts'
import { createPlayout } from './playout.ts'
import type { MediaFaults, TimelineEntry, TwilioFaults } from './types.ts'
import { isTlsFailure, signRequest } from './webhook.ts'

// Twilio accepts exactly these, without further fields (31951).
const outgoing = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('media'),
    streamSid: z.string(),
    media: z.strictObject({ payload: z.base64().min(1) }),
  }),
  z.strictObject({ event: z.literal('mark'), streamSid: z.string(), mark: z.strictObject({ name: z.string() }) }),
  z.strictObject({ event: z.literal('clear'), streamSid: z.string() }),
])

/** Time on the stream's own clock when the first frame goes out: in captures it is never 0. */
const FIRST_TIMESTAMP_MS = 100
const CONNECT_TIMEOUT_MS = 5000
const CONGESTED_BYTES = 1_000_000

/** Why a stream is over. */
interface StreamEnd {
  reason: 'server-closed' | 'stopped' | 'died' | 'failed'
  code?: number
}

/** What a stream needs to know of the call it belongs to. */
export interface StreamOptions {
  url: string
  accountSid: string
  authToken: string
  reach: Reach
  callSid: string
  streamSid: string
  parameters: Record<string, string>
  line: Line
  media: () => MediaFaults
  faults: () => TwilioFaults
  log(entry: Omit<TimelineEntry, 'atMs'>): void
  /** The gateway sent something wrong, or too much. */
  warn(code: number, message: string): void
  /** The stream could not be opened. */
  fail(code: number, message: string): void
}

/** An open media stream. */
export interface MediaStream {
  readonly streamSid: string
  readonly ended: Promise<StreamEnd>
  press(digit: string): void
  /** Ends it as Twilio does: `stop`, then the close frame. */
  stop(): void
  /** The socket dies without a close frame. */
  kill(): void
}

/** Opens the media socket and starts to stream; the end is told by `ended`, which never rejects. */
export function openMediaStream(options: StreamOptions): MediaStream {
  const { line, streamSid, log } = options
  const { promise: ended, resolve: end } = Promise.withResolvers<StreamEnd>()
  const socket = new WebSocket(options.url, {
    headers: { 'x-twilio-signature': signRequest(options.authToken, options.url) },
    ...options.reach.tlsFor(options.url),
    perMessageDeflate: false,
    handshakeTimeout: CONNECT_TIMEOUT_MS,
  })
  let ending: StreamEnd | undefined
  let sequence = 0
  let chunk = 0
  let frames = 0
  let heardAudio = false
  let leaveLine: () => void = () => {}

  const send = (message: Record<string, unknown>): void => {
    if (socket.readyState !== WebSocket.OPEN) return
    sequence++
    socket.send(JSON.stringify({ ...message, sequenceNumber: String(sequence), streamSid }))
  }
  const echo = (name: string): void => {
    if (socket.readyState !== WebSocket.OPEN) return
    log({ type: 'mark-echoed', name, streamSid })
    send({ event: 'mark', mark: { name } })
  }
  const playout = createPlayout((name, cleared) => {
    const lateMs = options.faults().lateClearMarksMs ?? 0
    if (cleared && lateMs > 0) setTimeout(() => echo(name), lateMs)
    else echo(name)
  })
  const deliver = createDelivery(options.media, (frame, timestampMs) => {
    if (socket.bufferedAmount > CONGESTED_BYTES) {
      // The gap in the numbers is how the receiver learns that audio was lost.
      sequence++
      options.warn(31930, 'Stream buffer overflow: audio towards the gateway was dropped')
      return
    }
    chunk++
    send({
      event: 'media',
      media: {
        track: 'inbound',
        chunk: String(chunk),
        timestamp: String(timestampMs),
        payload: frame.toString('base64'),
      },
    })
  })

  socket.on('open', () => {
    log({ type: 'socket-opened', streamSid, url: options.url })
    const { connectedExtra } = options.faults()
    socket.send(JSON.stringify({ event: 'connected', protocol: 'Call', version: '1.0.0', ...connectedExtra }))
    send({
      event: 'start',
      start: {
        accountSid: options.accountSid,
        streamSid,
        callSid: options.callSid,
        tracks: ['inbound'],
        mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
        // Absent when there are none, as in captures.
        ...(Object.keys(options.parameters).length > 0 && { customParameters: options.parameters }),
      },
    })
    log({ type: 'media-start', streamSid })
    const stopHearing = line.listenTo(playout)
    const stopSending = line.onFrame((frame, speaking) => {
      deliver.frame(frame, FIRST_TIMESTAMP_MS + FRAME_MS * frames++, speaking)
    })
    leaveLine = () => {
      stopHearing()
      stopSending()
      deliver.stop()
    }
  })

  socket.on('message', (data, isBinary) => {
    if (isBinary) return options.warn(31950, 'Malformed message: binary frame')
    const raw = parseJson((data as Buffer).toString())
    if (raw === undefined) return options.warn(31950, 'Malformed message: not JSON')
    const parsed = outgoing.safeParse(raw)
    if (!parsed.success) return options.warn(31951, `Invalid message: ${z.prettifyError(parsed.error)}`)
    const message = parsed.data
    if (message.streamSid !== streamSid) return options.warn(31951, `Invalid message: streamSid ${message.streamSid}`)
    switch (message.event) {
      case 'media': {
        if (!heardAudio) log({ type: 'first-audio', streamSid })
        heardAudio = true
        if (!playout.push(Buffer.from(message.media.payload, 'base64'))) {
          options.warn(31931, 'Stream buffer overflow: audio from the gateway was discarded')
        }
        return
      }
      case 'mark':
        log({ type: 'mark', name: message.mark.name, streamSid })
        return playout.mark(message.mark.name)
      case 'clear': {
        const { cutBytes } = playout.clear()
        return log({ type: 'clear', streamSid, tookMs: cutBytes / 8 })
      }
    }
  })

  socket.on('unexpected-response', (_request, response) => {
    ending = { reason: 'failed', code: 31920 }
    options.fail(31920, `Stream: WebSocket handshake error: HTTP ${response.statusCode}`)
    response.resume()
    socket.terminate()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => {
    if (ending || socket.readyState === WebSocket.OPEN) return
    const reason = error.code ?? error.message
    const code = isTlsFailure(reason) ? 31910 : error.code === 'ECONNREFUSED' ? 31902 : 31901
    ending = { reason: 'failed', code }
    options.fail(code, `Stream: ${code === 31910 ? 'TLS error' : 'connection failed'}: ${reason}`)
  })
  socket.on('close', (code) => {
    leaveLine()
    // 1006: nobody said goodbye. That is a network failure, whichever side it happened on.
    ending ??= code === 1006 ? { reason: 'died', code: 31924 } : { reason: 'server-closed' }
    log({ type: 'socket-closed', streamSid, code, status: ending.reason })
    end(ending)
  })

  return {
    streamSid,
    ended,
    press: (digit) => send({ event: 'dtmf', dtmf: { track: 'inbound_track', digit } }),
    stop() {
      if (ending) return
      ending = { reason: 'stopped' }
      leaveLine()
      if (socket.readyState !== WebSocket.OPEN) return socket.terminate()
      log({ type: 'stop', streamSid })
      send({ event: 'stop', stop: { accountSid: options.accountSid, callSid: options.callSid } })
      socket.close(1000)
      // A gateway that never answers the close frame must not keep the call.
      void sleep(2000, undefined, { ref: false }).then(() => socket.terminate())
    },
    kill() {
      ending ??= { reason: 'died', code: 31924 }
      socket.terminate()
    },
  }
}

/** Hands frames on as the network would: gaps in silence, stalls and bursts, jitter; always in order. */
function createDelivery(media: () => MediaFaults, send: (frame: Buffer, timestampMs: number) => void) {
  const waiting: (() => void)[] = []
  const timers = new Set<NodeJS.Timeout>()
  let held: { frame: Buffer; timestampMs: number }[] = []
  let dueMs = 0
  let seed = 1
  const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
  return {
    frame(frame: Buffer, timestampMs: number, speaking: boolean): void {
      const { gaps, bursts, jitterMs } = media()
      if (gaps && !speaking) return
      if (bursts) {
        held.push({ frame, timestampMs })
        if ((timestampMs - FIRST_TIMESTAMP_MS) % bursts.everyMs < bursts.stallMs) return
        for (const each of held) send(each.frame, each.timestampMs)
        held = []
        return
      }
      if (!jitterMs) return send(frame, timestampMs)
      const nowMs = performance.now()
      dueMs = Math.max(dueMs, nowMs + random() * jitterMs)
      waiting.push(() => send(frame, timestampMs))
      // Timers are whole milliseconds and may change places: each one sends the oldest frame, not its own.
      const timer = setTimeout(() => {
        timers.delete(timer)
        waiting.shift()?.()
      }, dueMs - nowMs)
      timers.add(timer)
    },
    stop(): void {
      for (const timer of timers) clearTimeout(timer)
    },
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
