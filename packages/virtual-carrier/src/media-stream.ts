/** One run of `<Connect><Stream>`: the signed WebSocket, the caller's audio out, the gateway's audio into a real-time playout. */
import { z } from 'zod'
import { FRAME_MS } from './frame-clock.ts'
import type { Line } from './line.ts'
import { openMediaSocket, type MediaSocketOptions, type StreamEnd } from './media-socket.ts'
import { createFarPlayout } from './far-playout.ts'
import { createPlayout } from './playout.ts'
import { startOf, type StreamIdentity } from './stream-start.ts'
import type { MediaFaults, TwilioFaults } from './types.ts'

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

const CONGESTED_BYTES = 1_000_000

/** What a stream needs to know of the call it belongs to. */
export interface StreamOptions extends MediaSocketOptions, StreamIdentity {
  line: Line
  media: () => MediaFaults
  faults: () => TwilioFaults
  /** The gateway sent something wrong, or too much. */
  warn(code: number, message: string): void
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
  const { line, streamSid, log, opening } = options
  let chunk = 0
  let frames = 0
  let heardAudio = false
  let leaveLine: () => void = () => {}

  const echo = (name: string): void => {
    if (!socket.isOpen) return
    log({ type: 'mark-echoed', name, streamSid })
    socket.send({ event: 'mark', mark: { name } })
  }
  const onMark = (name: string, cleared: boolean): void => {
    const { marks } = options.media()
    if (marks === 'lost') return
    const lateMs = marks?.lateMs ?? (cleared ? options.faults().lateClearMarksMs : undefined) ?? 0
    if (lateMs > 0) setTimeout(() => echo(name), lateMs)
    else echo(name)
  }
  const { handset } = line
  const playout = handset ? createFarPlayout(handset.ear, onMark) : createPlayout(onMark)
  const deliver = createDelivery(options.media, opening.firstTimestampMs, (frame, timestampMs) => {
    if (socket.bufferedBytes > CONGESTED_BYTES) {
      socket.skip()
      options.warn(31930, 'Stream buffer overflow: audio towards the gateway was dropped')
      return
    }
    chunk++
    socket.send({
      event: 'media',
      media: {
        track: 'inbound',
        chunk: String(chunk),
        timestamp: String(timestampMs),
        payload: frame.toString('base64'),
      },
    })
  })
  const socket = openMediaSocket(options, { opened, received, leave: () => leaveLine() })

  function opened(): void {
    const { connectedExtra } = options.faults()
    socket.sendBare({ event: 'connected', protocol: 'Call', version: '1.0.0', ...connectedExtra })
    socket.send({ event: 'start', start: startOf(options, ['inbound']) })
    log({ type: 'media-start', streamSid })
    const stopHearing = line.listenTo(playout)
    const stopSending = line.onFrame((frame, speaking) => {
      deliver.frame(frame, opening.firstTimestampMs + FRAME_MS * frames++, speaking)
    })
    leaveLine = () => {
      stopHearing()
      playout.leave?.()
      stopSending()
      deliver.stop()
    }
  }

  function received(text: string | undefined): void {
    if (text === undefined) return options.warn(31950, 'Malformed message: binary frame')
    const raw = parseJson(text)
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
  }

  return {
    streamSid,
    ended: socket.ended,
    press: (digit) => socket.send({ event: 'dtmf', dtmf: { track: 'inbound_track', digit } }),
    stop: socket.stop,
    kill: socket.kill,
  }
}

/** Hands frames on as the network would: gaps in silence, stalls and bursts, jitter; always in order. */
function createDelivery(
  media: () => MediaFaults,
  firstTimestampMs: number,
  send: (frame: Buffer, timestampMs: number) => void,
) {
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
        if ((timestampMs - firstTimestampMs) % bursts.everyMs < bursts.stallMs) return
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
