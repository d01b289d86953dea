import type { WebSocket } from 'ws'
import { createMediaStream, type MediaStream } from '../media/stream.ts'
import type { CallParts } from './parts.ts'

/** OpenAI's own transport feeds silence after this long without audio while the caller speaks: VAD hangs otherwise. */
const QUIET_WHILE_SPEAKING_MS = 750
const SILENCE_FED_MS = 1_000

/** The caller's side of a call: one media socket at a time, and what comes from it translated into the call's events. */
export interface CallerLeg {
  readonly attached: boolean
  /** How many streams there have been. */
  readonly streams: number
  /** Takes over an accepted socket; the present one is closed once the new one has started. */
  attach(socket: WebSocket): void
  /** Treats the socket as gone, though we have not seen it close yet. */
  detach(graceful: boolean): void
  /** Empties Twilio's queue and our own. */
  clear(): void
  /** Connects the caller's ear: what was held goes out in order. */
  flush(): void
  /** Reports `playedOut` once everything sent has been heard. */
  awaitEnd(): void
  /** Reports `bargeInConfirmed` once there was enough speech. */
  weighSpeech(): void
  /** Closes the socket; it is reported gone as any other. */
  close(): void
  /** Closes the socket and lets go of it. */
  release(): void
}

/** Creates the leg; a socket comes later, or never. */
export const createCallerLeg = (parts: CallParts): CallerLeg => {
  const { deps, playout, relay, stopwatch, meter, dispatch, problem } = parts
  let media: MediaStream | undefined
  let streams = 0
  let awaitingEnd = false
  let silenceFedMs = 0

  const attach = (socket: WebSocket): void => {
    const stream: MediaStream = createMediaStream(socket, deps.bind, deps.clock, {
      started() {
        // The call ended between the handshake and this: nobody would ever close it.
        if (parts.state().phase === 'ended') return stream.close()
        media?.close()
        media = stream
        streams++
        const { greeting } = parts.state()
        if (greeting === 'due' || greeting === 'asked') stopwatch.awaitGreeting()
        dispatch({ type: 'mediaAttached' })
        stopwatch.sent(relay.counters.framesOut)
      },
      media(payload, timestampMs, receivedAt) {
        if (media !== stream) return
        relay.fromCaller(payload, timestampMs)
        meter?.frame(payload, playout.heardMs)
        stopwatch.frame(receivedAt)
      },
      quiet(quietMs) {
        if (quietMs < QUIET_WHILE_SPEAKING_MS) silenceFedMs = 0
        else if (parts.state().callerSpeaking && quietMs - silenceFedMs >= QUIET_WHILE_SPEAKING_MS) {
          relay.fillSilence(SILENCE_FED_MS)
          silenceFedMs = quietMs + SILENCE_FED_MS - QUIET_WHILE_SPEAKING_MS
        }
      },
      mark(name) {
        playout.markEchoed(name)
        reportPlayedOut()
      },
      digit: (digit) => dispatch({ type: 'digitPressed', digit, heard: playout.unheard() }),
      problem,
      closed(graceful) {
        if (media !== stream) return
        detach(graceful)
      },
    })
  }

  const detach = (graceful: boolean): void => {
    media = undefined
    relay.detachCaller()
    dispatch({ type: 'mediaDetached', graceful, heard: playout.unheard() })
  }

  const reportPlayedOut = (): void => {
    if (!awaitingEnd || relay.holding || !playout.allHeard) return
    awaitingEnd = false
    dispatch({ type: 'playedOut' })
  }

  return {
    get attached() {
      return media !== undefined
    },
    get streams() {
      return streams
    },
    attach,
    detach,
    clear() {
      media?.sendClear()
      if (media) stopwatch.cleared()
      awaitingEnd = false
      meter?.clear()
      relay.clear()
    },
    flush() {
      if (media) relay.attachCaller(media)
      if (awaitingEnd) relay.markEnd()
      reportPlayedOut()
    },
    awaitEnd() {
      awaitingEnd = true
      relay.markEnd()
      reportPlayedOut()
    },
    weighSpeech: () => meter?.weigh(() => dispatch({ type: 'bargeInConfirmed', heard: playout.unheard() })),
    close: () => media?.close(),
    release() {
      media?.close()
      media = undefined
      relay.detachCaller()
    },
  }
}
