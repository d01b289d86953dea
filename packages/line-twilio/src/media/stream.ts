import { isUtf8 } from 'node:buffer'
import type { Duplex } from 'node:stream'
import {
  GatewayError,
  isBase64,
  type AcceptLine,
  type Clock,
  type LineConnection,
  type LineListener,
  type Timer,
  wholeFrames,
} from '@llc-phone/core'
import type { RawData, WebSocket } from 'ws'
import { createFloodGuard } from './flood-guard.ts'
import { clearMessage, markMessage, mediaMessage, parseControlFrame, type StartFrame } from './frames.ts'
import { readMediaFrame } from './media-frame.ts'
import { createOddFrames } from './odd-frames.ts'

/** Twilio sends `start` right behind the handshake. */
const START_DEADLINE_MS = 5_000
/** Some legs send nothing during silence; after this long a ping must be answered. */
const QUIET_LIMIT_MS = 10_000
/** Twilio answers pings within tens of milliseconds. */
const PONG_DEADLINE_MS = 3_000
const CHECK_EVERY_MS = 250
/** Time for the other side to answer our close. */
const CLOSE_DEADLINE_MS = 2_000
/** Interval of pings that measure the round trip, which changes seldom. */
const PROBE_EVERY_MS = 10_000
/** More than two minutes of speech, the most that is ever sent at once; beyond it, the network is not taking our audio. */
const BUFFER_LIMIT_BYTES = 2_097_152

/** Twilio writes its numbers as text. */
const millisecondsOf = (timestamp: unknown): number | undefined => {
  const isText = typeof timestamp === 'string' && timestamp.trim() !== ''
  const ms = isText || typeof timestamp === 'number' ? Number(timestamp) : NaN
  return ms >= 0 && ms < Infinity ? ms : undefined
}

/**
 * Takes over an accepted socket; `isOurLeg` decides whether its leg belongs to the call. Until the stream has started,
 * invalid frames close it: 1003 binary, 1007 broken JSON, 1008 protocol errors. Afterwards, while a caller talks, they are
 * ignored up to a limit. An oversized frame is closed with 1009 by the socket itself.
 */
const createMediaStream = (
  socket: WebSocket,
  below: Duplex | undefined,
  isOurLeg: (callSid: string) => boolean,
  clock: Clock,
  listener: LineListener,
): LineConnection => {
  const { audio } = listener
  const sendWhole = wholeFrames(socket, below, false)
  let streamSid: string | undefined
  let stopped = false
  let closed = false
  let lastFrameAt = clock.now()
  let lastMediaAt = clock.now()
  let pingedAt: number | undefined
  /** When the latest unanswered ping was sent. */
  let probedAt: number | undefined
  let probeDueAt = 0
  let closingSince: number | undefined
  const oddFrames = createOddFrames(clock.now, listener.problem, listener.ignored)

  const { mayRead, mayPress } = createFloodGuard(listener, (error) => refuse(1008, error))

  const refuse = (closeCode: number, error: GatewayError): void => {
    listener.problem(error)
    socket.close(closeCode, error.code)
  }

  const passOver = (kind: string, closeCode: number, error: GatewayError): void => {
    if (streamSid === undefined) return refuse(closeCode, error)
    const tooMany = oddFrames.ignore(kind, error)
    if (tooMany) refuse(1008, tooMany)
  }

  const invalid = (message: string, cause?: unknown): GatewayError =>
    new GatewayError('frame_invalid', message, { cause })

  const onStart = (frame: StartFrame): void => {
    // Ignore a second `start`: the stream stays that of its call.
    if (streamSid === frame.streamSid) return
    if (streamSid !== undefined) return passOver('start', 1008, invalid('A media stream started a second time.'))
    const { callSid: theirs, mediaFormat } = frame.start
    if (!isOurLeg(theirs))
      return refuse(
        1008,
        new GatewayError('start_mismatch', 'The media stream named another call than its token was made for.'),
      )
    if (
      mediaFormat &&
      (mediaFormat.encoding !== 'audio/x-mulaw' || mediaFormat.sampleRate !== 8000 || mediaFormat.channels !== 1)
    )
      return refuse(1008, new GatewayError('start_mismatch', 'The media stream is not μ-law at 8 kHz, mono.'))
    streamSid = frame.streamSid
    startTimer.stop()
    lastMediaAt = clock.now()
    listener.started()
    probe()
  }

  const probe = (): void => {
    if (socket.readyState !== socket.OPEN) return
    probedAt = clock.now()
    probeDueAt = probedAt + PROBE_EVERY_MS
    socket.ping()
  }

  const onControl = (raw: { event?: unknown }): void => {
    const frame = parseControlFrame(raw)
    if (!frame) return oddFrames.ignoreUnknown()
    if (frame instanceof Error)
      return passOver(String(raw.event), 1008, invalid('A media stream frame had the wrong shape.', frame))
    if (frame.event === 'connected') return
    if (frame.event === 'start') return onStart(frame)
    if (streamSid === undefined)
      return refuse(1008, new GatewayError('start_missing', 'The media stream sent a frame before its start.'))
    if (frame.event === 'mark') listener.heard(frame.mark.name)
    else if (frame.event === 'dtmf') {
      if (mayPress(lastFrameAt)) listener.key(frame.dtmf.digit)
    } else {
      stopped = true
      socket.close(1000)
    }
  }

  const hear = (payload: string, timestampMs: number): void => {
    lastMediaAt = lastFrameAt
    audio(payload, timestampMs, lastFrameAt)
  }

  const readMessage = (data: RawData, isBinary: boolean): void => {
    if (stopped || socket.readyState !== socket.OPEN) return
    if (isBinary) return passOver('binary', 1003, invalid('A binary frame came on a media stream.'))
    lastFrameAt = clock.now()
    if (!mayRead(lastFrameAt)) return
    const media = streamSid === undefined ? undefined : readMediaFrame(data as Buffer)
    if (media) return hear(media.payload, media.timestampMs)
    if (!isUtf8(data as Buffer)) return passOver('json', 1007, invalid('A media stream frame was not UTF-8.'))
    let frame: { event?: unknown; media?: { payload?: unknown; timestamp?: unknown; track?: unknown } }
    try {
      frame = JSON.parse((data as Buffer).toString()) as typeof frame
    } catch {
      return passOver('json', 1007, invalid('A media stream frame was not JSON.'))
    }
    if (frame?.event !== 'media') {
      if (typeof frame !== 'object' || frame === null)
        return passOver('json', 1007, invalid('A media stream frame was not a JSON object.'))
      return onControl(frame)
    }
    if (streamSid === undefined)
      return refuse(1008, new GatewayError('start_missing', 'The media stream sent audio before its start.'))
    if (frame.media?.track === 'outbound') return
    const payload = frame.media?.payload
    const timestampMs = millisecondsOf(frame.media?.timestamp)
    if (typeof payload !== 'string' || payload === '' || !isBase64(payload) || timestampMs === undefined)
      return passOver('media', 1008, invalid('A media frame had no payload or no timestamp.'))
    hear(payload, timestampMs)
  }

  /** Catches our own exceptions: thrown out of the socket's handler, they would end the process and every call. */
  const onMessage = (data: RawData, isBinary: boolean): void => {
    try {
      readMessage(data, isBinary)
    } catch (cause) {
      passOver('internal', 1011, new GatewayError('internal', 'A media stream frame could not be handled.', { cause }))
    }
  }

  /** Pings a silent socket: only an unanswered ping tells a dead socket from a quiet caller. */
  const check = (): void => {
    const now = clock.now()
    checkTimer = clock.after(CHECK_EVERY_MS, check)
    if (socket.readyState !== socket.OPEN) {
      closingSince ??= now
      if (now - closingSince >= CLOSE_DEADLINE_MS) socket.terminate()
      return
    }
    if (streamSid !== undefined) listener.quiet(now - lastMediaAt)
    if (pingedAt !== undefined && now - pingedAt > PONG_DEADLINE_MS) {
      listener.problem(new GatewayError('media_silent', 'The media stream went silent and did not answer a ping.'))
      return socket.terminate()
    }
    const isQuiet = pingedAt === undefined && now - lastFrameAt > QUIET_LIMIT_MS
    if (isQuiet) pingedAt = now
    if (isQuiet || (streamSid !== undefined && now >= probeDueAt)) probe()
  }

  const send = (message: string): void => {
    if (streamSid === undefined || socket.readyState !== socket.OPEN) return
    if (socket.bufferedAmount > BUFFER_LIMIT_BYTES) {
      listener.problem(
        new GatewayError('backlog_exceeded', 'Twilio is not taking our audio: the media stream was ended.'),
      )
      return socket.terminate()
    }
    sendWhole(message)
  }

  const startTimer: Timer = clock.after(START_DEADLINE_MS, () =>
    refuse(1008, new GatewayError('start_missing', 'The media stream did not start in time.')),
  )
  let checkTimer: Timer = clock.after(CHECK_EVERY_MS, check)

  socket.on('message', onMessage)
  socket.on('pong', () => {
    pingedAt = undefined
    lastFrameAt = clock.now()
    if (probedAt !== undefined) listener.roundTrip(lastFrameAt - probedAt)
    probedAt = undefined
  })
  // An oversized or malformed frame raises this error, followed by `close`; other calls are not affected.
  socket.on('error', (cause) =>
    listener.problem(new GatewayError('frame_invalid', 'The media socket failed.', { cause })),
  )
  socket.on('close', () => {
    if (closed) return
    closed = true
    startTimer.stop()
    checkTimer.stop()
    listener.gone(stopped)
  })

  return {
    play: (payload) => send(mediaMessage(streamSid!, payload)),
    mark: (name) => send(markMessage(streamSid!, name)),
    clear: () => send(clearMessage(streamSid!)),
    // Twilio then asks `<Connect action>` what comes next.
    close: () => socket.close(1000),
  }
}

/** An accepted media socket as a connection that a call can take over, from handshake to close; `below` is the connection it runs over. */
export const acceptMediaStream =
  (socket: WebSocket, clock: Clock, below?: Duplex): AcceptLine =>
  (listener, isOurLeg) =>
    createMediaStream(socket, below, isOurLeg, clock, listener)
