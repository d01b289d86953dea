import type { Timer } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { HeardPart } from '../model.ts'
import type { AcceptLine, LineConnection, LineListener } from '../line.ts'
import type { CallParts } from './parts.ts'
import { isRecordedGreeting } from './phrase-id.ts'
import type { AudioSink } from './relay.ts'
import { createSpeechDetector } from './speech-detector.ts'
import { MEASURE_EVERY } from './stopwatch.ts'
import { createTurnWatch, WEIGH_EVERY } from './turn-watch.ts'

/** Some servers miss the end of a turn when audio stops, so after this long without audio in a turn we send silence. */
const QUIET_WHILE_SPEAKING_MS = 750
const SILENCE_FED_MS = 1_000

/** With a real-time model, audio may be late by this much without the sound counting as ended. */
const GAP_MS = 400

/** Speech that cancels leaving is at least this long: longer than "bye" or "thank you". */
const TAKES_BACK_MS = 700

/** The caller's side of a call: one audio connection at a time, its reports translated into events of the call. */
export interface CallerLeg {
  readonly attached: boolean
  /** How many frames could not be read. */
  readonly ignored: number
  /** Takes over an accepted connection, which replaces the present one once it has started. */
  attach(accept: AcceptLine): void
  /** Drops the connection before its end was reported. */
  detach(graceful: boolean): void
  /** Empties the line's queue and our own. */
  clear(): void
  /** Plays a phrase: base64 μ-law of any length. */
  play(payload: string, itemId: string): void
  /** Opens the audio path to the caller; held audio goes out in order. */
  flush(): void
  /** Reports `playedOut` once everything sent was heard, by marks or by the clock. */
  awaitEnd(): void
  /** Reports `bargeInConfirmed` once there was enough speech to interrupt a reply, or to cancel a goodbye. */
  weighSpeech(against: 'reply' | 'goodbye'): void
  /** Closes the connection. */
  release(): void
}

/** Creates the leg; a connection comes later, or never. */
export const createCallerLeg = (parts: CallParts): CallerLeg => {
  const { deps, playout, relay, stopwatch, meter, story, dispatch, problem } = parts
  // Kept in variables for every frame: each object to look into costs as much as the work itself.
  const { fromCaller } = relay
  const { heardMs: positionMs } = playout
  const { frame: countSpeech } = meter
  let media: LineConnection | undefined
  let frames = 0
  /** Speech is being counted. */
  let weighing = false
  let ignored = 0
  let awaitingEnd = false
  let silenceFedMs = 0
  const turnWatch = createTurnWatch(deps.clock.now)
  const { turnEvents, pace } = deps.provider.can
  const speechDetector = turnEvents ? undefined : createSpeechDetector(parts)
  let wasSpeaking = false
  /** The caller is hearing audio from us. */
  let sounding = false
  /** When the audio of an active reply ran out. */
  let ranDryAt: number | undefined
  let markLostTold = false
  /** Runs until what was sent should have been played, then `checkPlayback` looks again. */
  let watch: Timer | undefined

  const attach = (accept: AcceptLine): void => {
    const listener: LineListener = {
      started() {
        if (media) replace(media)
        // The call ended during the handshake: nobody else would close this connection.
        if (parts.state().phase === 'ended') return stream.close()
        media = stream
        const { greeting, phase } = parts.state()
        if (greeting === 'due' || greeting === 'asked' || greeting === 'recorded') stopwatch.awaitGreeting()
        dispatch({ type: 'mediaAttached' })
        stopwatch.sent(relay.counters.framesOut)
        // Held last words go out on this connection.
        if (phase === 'leaving') flush()
      },
      audio(payload, timestampMs, receivedAt) {
        if (media !== stream) return
        const index = frames++
        fromCaller(payload, timestampMs)
        if (speechDetector) speechDetector.frame(payload)
        else if (weighing) weighing = countSpeech(payload, positionMs)
        if (index % WEIGH_EVERY === 0 && (!sounding || wasSpeaking)) turnWatch.frame(payload)
        if (index % MEASURE_EVERY === 0) stopwatch.frame(receivedAt)
      },
      quiet(quietMs) {
        speechDetector?.quiet()
        watchTurn()
        if (quietMs < QUIET_WHILE_SPEAKING_MS) silenceFedMs = 0
        else if (parts.state().callerSpeaking && quietMs - silenceFedMs >= QUIET_WHILE_SPEAKING_MS) {
          relay.fillSilence(SILENCE_FED_MS)
          silenceFedMs = quietMs + SILENCE_FED_MS - QUIET_WHILE_SPEAKING_MS
        }
      },
      heard(name) {
        if (media !== stream) return
        playout.markEchoed(name)
        if (playout.leftMs() === 0) checkPlayback()
      },
      roundTrip: playout.roundTrip,
      key(digit) {
        if (media === stream) dispatch({ type: 'digitPressed', digit, heard: playout.unheard() })
      },
      problem,
      ignored: () => void ignored++,
      gone(graceful) {
        if (media === stream) detach(graceful)
      },
    }
    const stream: LineConnection = accept(listener, deps.bind)
  }

  /** Reports turns that the model never ends or does not notice, which would leave the caller in silence. */
  const watchTurn = (): void => {
    const { callerSpeaking, opening } = parts.state()
    if (callerSpeaking !== wasSpeaking || (sounding && !callerSpeaking)) turnWatch.started()
    wasSpeaking = callerSpeaking
    if (!callerSpeaking) {
      if (turnWatch.hasMissed() && turnEvents) dispatch({ type: 'speechMissed' })
      return
    }
    const { turnTaking } = parts.mode
    if (turnWatch.isOverdue(opening ? turnTaking.opening : turnTaking.conversation)) dispatch({ type: 'callerQuiet' })
  }

  const audioSinkFor = (stream: LineConnection): AudioSink => ({
    sendAudio(payload) {
      stream.play(payload)
      meter.sent(payload, playout.heardMs)
    },
    sendMark: stream.mark,
    sent() {
      ranDryAt = undefined
      if (sounding) return
      sounding = true
      watchFor(playout.leftMs())
      dispatch({ type: 'soundStarted' })
    },
  })

  const watchFor = (delayMs: number): void => {
    watch?.stop()
    watch = deps.clock.after(delayMs, checkPlayback)
  }

  const soundEnds = (): void => {
    if (!sounding) return
    sounding = false
    ranDryAt = undefined
    dispatch({ type: 'soundEnded' })
  }

  /** With a real-time model: how long to wait for the next delta before the sound counts as ended. */
  const gapLeftMs = (): number => {
    const { replyActive, cut, delivered } = parts.state()
    if (pace !== 'realTime' || !sounding || !replyActive || cut || delivered || playout.leftMs() > 0) return 0
    ranDryAt ??= deps.clock.now()
    return Math.max(0, ranDryAt + GAP_MS - deps.clock.now())
  }

  /** Reports audio that has ended by now, and sets the timer for the rest. */
  const checkPlayback = (): void => {
    watch?.stop()
    const gapMs = gapLeftMs()
    if (gapMs > 0) return watchFor(gapMs)
    if (sounding && playout.leftMs() === 0) {
      relay.markEnd()
      soundEnds()
    }
    reportPlayedOut()
    if (sounding) watchFor(playout.leftMs())
    else if (awaitingEnd && !relay.holding) watchFor(playout.settledInMs())
  }

  const reportPlayedOut = (): void => {
    if (!awaitingEnd || relay.holding || !playout.allHeard) return
    awaitingEnd = false
    if (playout.markLost && !markLostTold) {
      markLostTold = true
      problem(new GatewayError('mark_lost', 'The line did not say that our audio has been played; the clock decided.'))
    }
    dispatch({ type: 'playedOut' })
  }

  /** Forgets the connection, and the audio sent on it that will not be heard. */
  const dropConnection = (): void => {
    media = undefined
    watch?.stop()
    relay.detachCaller()
    playout.clear()
    meter.clear()
    soundEnds()
  }

  /** There may be no model to interrupt, so this is where the story learns how much of a recorded greeting was heard. */
  const noteGreeting = (heard: readonly HeardPart[]): void =>
    story.interrupted(heard.filter((part) => isRecordedGreeting(part.itemId) && part.heardMs < part.sentMs))

  const detach = (graceful: boolean): void => {
    const heard = playout.unheard()
    noteGreeting(heard)
    // Close it: a connection the carrier abandoned would otherwise stay open.
    media?.close()
    dropConnection()
    dispatch({ type: 'mediaDetached', graceful, heard })
  }

  /** The carrier has connected again before the end of the present connection was reported. */
  const replace = (present: LineConnection): void => {
    if (parts.state().phase === 'live') detach(false)
    else {
      // There is no conversation to resume, and a goodbye is not repeated: only note what was heard.
      story.interrupted(playout.unheard())
      dropConnection()
    }
    present.close()
  }

  const flush = (): void => {
    if (media) relay.attachCaller(audioSinkFor(media))
    if (awaitingEnd) relay.markEnd()
    checkPlayback()
  }

  return {
    get attached() {
      return media !== undefined
    },
    get ignored() {
      return ignored
    },
    attach,
    detach,
    clear() {
      noteGreeting(playout.unheard())
      media?.clear()
      if (media) stopwatch.cleared()
      awaitingEnd = false
      watch?.stop()
      meter.clear()
      relay.clear()
      soundEnds()
    },
    play: relay.play,
    flush,
    awaitEnd() {
      awaitingEnd = true
      relay.markEnd()
      checkPlayback()
    },
    weighSpeech(against) {
      const { minSpeechMs } = parts.mode.turnTaking
      weighing = true
      meter.weigh(against === 'goodbye' ? Math.max(minSpeechMs, TAKES_BACK_MS) : minSpeechMs, () =>
        dispatch({ type: 'bargeInConfirmed', heard: playout.unheard() }),
      )
    },
    release() {
      sounding = awaitingEnd = false
      watch?.stop()
      media?.close()
      media = undefined
      relay.detachCaller()
    },
  }
}
