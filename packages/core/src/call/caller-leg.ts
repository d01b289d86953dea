import type { Timer } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { AcceptLine, LineConnection, LineListener } from '../line.ts'
import type { CallParts } from './parts.ts'
import type { AudioSink } from './relay.ts'
import { createSpeechDetector } from './speech-detector.ts'
import { createTurnWatch } from './turn-watch.ts'

/** Some servers lose the end of a turn when audio stops: silence is fed after this long without audio while the caller speaks. */
const QUIET_WHILE_SPEAKING_MS = 750
const SILENCE_FED_MS = 1_000

/** Audio that comes as fast as it is heard can be this late without having ended. */
const GAP_MS = 400

/** "Bye" and "thank you" are shorter; "wait, one more thing" is not. */
const TAKES_BACK_MS = 700

/** The caller's side of a call: one media socket at a time, and what comes from it translated into the call's events. */
export interface CallerLeg {
  readonly attached: boolean
  /** Frames that were passed over because they could not be read. */
  readonly ignored: number
  /** Takes over an accepted connection; the present one is gone once the new one has started. */
  attach(accept: AcceptLine): void
  /** Treats the connection as gone, though we have not seen it end yet. */
  detach(graceful: boolean): void
  /** Empties the line's queue and our own. */
  clear(): void
  /** Lets the caller hear words of our own: base64 μ-law of any length. */
  play(payload: string, itemId: string): void
  /** Connects the caller's ear: what was held goes out in order. */
  flush(): void
  /** Reports `playedOut` once everything sent has been heard, or must have been: a lost mark is not waited for. */
  awaitEnd(): void
  /** Reports `bargeInConfirmed` once there was enough speech to stop a reply, or to take a goodbye back. */
  weighSpeech(against: 'reply' | 'goodbye'): void
  /** Ends the connection and lets go of it. */
  release(): void
}

/** Creates the leg; a connection comes later, or never. */
export const createCallerLeg = (parts: CallParts): CallerLeg => {
  const { deps, playout, relay, stopwatch, meter, story, dispatch, problem } = parts
  let media: LineConnection | undefined
  let ignored = 0
  let awaitingEnd = false
  let silenceFedMs = 0
  const turnWatch = createTurnWatch(deps.clock.now)
  const { turnEvents, pace } = deps.provider.can
  const speechDetector = turnEvents ? undefined : createSpeechDetector(parts)
  let wasSpeaking = false
  /** The caller is hearing something. */
  let sounding = false
  /** Nothing is left to be heard of a reply that goes on. */
  let ranDryAt: number | undefined
  let markLostTold = false
  /** The one timer of the leg: it runs while something is to be heard, and finds out by itself whether more has come. */
  let watch: Timer | undefined

  const attach = (accept: AcceptLine): void => {
    const listener: LineListener = {
      started() {
        if (media) replace(media)
        // The call ended between the handshake and this: nobody would ever close it.
        if (parts.state().phase === 'ended') return stream.close()
        media = stream
        const { greeting, phase } = parts.state()
        if (greeting === 'due' || greeting === 'asked') stopwatch.awaitGreeting()
        dispatch({ type: 'mediaAttached' })
        stopwatch.sent(relay.counters.framesOut)
        // Last words that were held go out on this stream.
        if (phase === 'leaving') flush()
      },
      audio(payload, timestampMs, receivedAt) {
        if (media !== stream) return
        relay.fromCaller(payload, timestampMs)
        if (speechDetector) speechDetector.frame(payload)
        else meter.frame(payload, playout.heardMs)
        if (!sounding || wasSpeaking) turnWatch.frame(payload)
        stopwatch.frame(receivedAt)
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
        if (playout.leftMs() === 0) settle()
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

  /** A turn that the model never ends, or does not notice, would leave the caller in silence. */
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
    watch = deps.clock.after(delayMs, settle)
  }

  const soundEnds = (): void => {
    if (!sounding) return
    sounding = false
    ranDryAt = undefined
    dispatch({ type: 'soundEnded' })
  }

  /** How long the next delta of a reply is still waited for, where there is nothing ahead of what is heard. */
  const gapLeftMs = (): number => {
    const { replyActive, cut, delivered } = parts.state()
    if (pace !== 'realTime' || !sounding || !replyActive || cut || delivered || playout.leftMs() > 0) return 0
    ranDryAt ??= deps.clock.now()
    return Math.max(0, ranDryAt + GAP_MS - deps.clock.now())
  }

  /** Says what is over by now, and comes back when the rest should be. */
  const settle = (): void => {
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

  /** What was sent on a socket that is gone will not be heard any more. */
  const dropConnection = (): void => {
    media = undefined
    watch?.stop()
    relay.detachCaller()
    playout.clear()
    meter.clear()
    soundEnds()
  }

  const detach = (graceful: boolean): void => {
    const heard = playout.unheard()
    // One that the carrier has left without ending it would stay for as long as the other end answers.
    media?.close()
    dropConnection()
    dispatch({ type: 'mediaDetached', graceful, heard })
  }

  /** The carrier has connected again before we knew that the line was gone. */
  const replace = (present: LineConnection): void => {
    if (parts.state().phase === 'live') detach(false)
    else {
      // Before the conversation there is nothing to resume, and a goodbye is not repeated: only the story notes what was heard.
      story.interrupted(playout.unheard())
      dropConnection()
    }
    present.close()
  }

  const flush = (): void => {
    if (media) relay.attachCaller(audioSinkFor(media))
    if (awaitingEnd) relay.markEnd()
    settle()
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
      settle()
    },
    weighSpeech(against) {
      const { minSpeechMs } = parts.mode.turnTaking
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
