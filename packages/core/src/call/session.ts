import type { WebSocket } from 'ws'
import type { Clock } from '../clock.ts'
import { GatewayError } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import { createMediaStream, type MediaStream } from '../media/stream.ts'
import type { Briefing, Mode } from '../mode.ts'
import type {
  ModelCommand,
  ModelConnection,
  ModelEvent,
  ModelListener,
  ModelProvider,
  SessionConfig,
  TurnDetection,
} from '../model.ts'
import { isPerson, type PersonRoute, type Route } from '../route.ts'
import { createLedger, type CallStory } from './ledger.ts'
import type { CallNotice } from './observer.ts'
import { createPlayout } from './playout.ts'
import { initialState, reduce } from './reduce.ts'
import { createRelay } from './relay.ts'
import { createSpeechMeter } from './speech-meter.ts'
import type {
  CallEffect,
  CallEvent,
  CallState,
  Consultation,
  Departure,
  Disposition,
  TransferOutcome,
} from './state.ts'
import { answersByItself } from './steps/conversation.ts'
import { createStopwatch } from './stopwatch.ts'
import { createTimers } from './timers.ts'
import { runTool } from './tool-runner.ts'

/** What Twilio is to do with the caller now. */
export type NextInstruction =
  | { readonly kind: 'stream'; readonly token: string }
  | { readonly kind: 'dial'; readonly number: PersonRoute['number']; readonly label: string }
  | { readonly kind: 'record'; readonly route: string; readonly label: string }
  | { readonly kind: 'conference'; readonly name: string }
  /** Tones first, then the stream again. */
  | { readonly kind: 'keys'; readonly digits: string; readonly token: string }
  | { readonly kind: 'hangUp' }
  | { readonly kind: 'fallback'; readonly route?: Route }

/** What a call has Twilio do beside its media socket. */
export interface CallControlPort {
  /** Ends the caller's leg. */
  hangUp(callSid: string): Promise<void>
  /** Rings a person on a leg of their own, who hears the introduction and accepts with a key. */
  ringPerson(facts: CallFacts, consultation: Consultation): Promise<void>
  /** Ends that leg, if there is one. */
  dropPerson(callId: string): Promise<void>
}

/** What has become of a caller while their media socket was away. */
export interface AwayReport {
  readonly transfer?: TransferOutcome
  /** `lost`: the caller spoke, but the message could not be kept. */
  readonly voicemail?: 'recorded' | 'empty' | 'lost'
}

export interface CallSessionDeps {
  readonly clock: Clock
  readonly provider: ModelProvider
  readonly defaultVoice: string
  /** The model must be configured within this time, then a new connection is tried. */
  readonly prewarmTimeoutMs: number
  readonly control: CallControlPort
  issueToken(): string
  observe(notice: CallNotice): void
}

/** One caller's experience, from the first webhook to the end: it owns both legs and outlives either socket. */
export interface CallSession {
  readonly facts: CallFacts
  readonly mode: Mode
  readonly state: CallState
  /** The token of the media socket that is to come; the same one until it is claimed. */
  mediaToken(): string
  /** Takes over an accepted media socket. */
  attachMedia(socket: WebSocket): void
  /** What Twilio asks when a stream or a transfer is over. */
  next(report?: AwayReport): NextInstruction
  /** The person a cold transfer rings has answered: the caller is theirs, however the talk ends. */
  transferAnswered(): void
  /** The person being rung for this call, and what they should hear before they accept. */
  readonly consultation: Consultation | undefined
  /** They pressed the key. Returns the room they are to wait in, or `undefined` when the caller is no longer free. */
  personAccepted(): string | undefined
  /** Their leg is over, or was never answered. */
  personGone(outcome: TransferOutcome): void
  /** The caller's leg is over. */
  end(disposition: Disposition): void
  hangUp(by: 'operator' | 'drain'): void
  /** Notes a stage only the gateway sees. */
  answered(): void
  story(): CallStory
}

/** A stream that keeps dying is not going to stay up the next time. */
const MAX_STREAMS = 8
/** OpenAI's own transport feeds silence after this long without audio while the caller speaks: VAD hangs otherwise. */
const QUIET_WHILE_SPEAKING_MS = 750
const SILENCE_FED_MS = 1_000
/** What a new connection is told of the conversation: text is cheap, but not free. */
const REPLAYED_TURNS = 40

/** Keys that need nobody's judgement: routes without hours. The others are left to the model. */
const keypadOf = ({ keypad, routes }: Mode): Readonly<Record<string, Departure>> =>
  Object.fromEntries(
    Object.entries(keypad).flatMap(([keys, route]) => {
      const to = routes[route]
      if (!to || to.hours) return []
      const { label } = to
      const reason = `pressed ${keys}`
      const departure: Departure = isPerson(to)
        ? { kind: 'transfer', route, number: to.number, label, reason }
        : { kind: 'voicemail', route, label, reason }
      return [[keys, departure]]
    }),
  )

/** Opens the session of a call and starts connecting the model at once; returns without waiting for anything. */
export const createCallSession = (
  facts: CallFacts,
  mode: Mode,
  fallback: Route | undefined,
  deps: CallSessionDeps,
): CallSession => {
  const { clock } = deps
  const ledger = createLedger(clock.now, deps.observe)
  const playout = createPlayout(clock.now)
  const relay = createRelay(playout)
  const stopwatch = createStopwatch(clock, ledger, mode.greets)
  const timers = createTimers(clock, deps.prewarmTimeoutMs, (timer) => dispatch({ type: 'timerFired', timer }))
  const tools = new AbortController()
  const { minSpeechMs } = mode.turnTaking
  const meter = minSpeechMs > 0 ? createSpeechMeter(minSpeechMs) : undefined
  const briefing = mode.brief(facts, (cause) =>
    deps.observe({ type: 'problem', code: 'look_up_failed', message: 'The look-up before the call failed.', cause }),
  )

  let media: MediaStream | undefined
  let model: ModelConnection | undefined
  let streams = 0
  let token: string | undefined
  let awaitingEnd = false
  let queue: CallEvent[] | undefined
  let silenceFedMs = 0
  let state = initialState({
    direction: facts.direction,
    greets: mode.greets,
    shield: mode.greetingShield,
    patience: mode.patience,
    keypad: keypadOf(mode),
    bargeInGuarded: meter !== undefined,
  })

  /** Events that effects give rise to wait until the step that caused them is done. */
  const dispatch = (event: CallEvent): void => {
    if (queue) return void queue.push(event)
    queue = [event]
    for (let each = queue.shift(); each; each = queue.shift()) {
      try {
        take(each)
      } catch (cause) {
        // A defect in one call's step must not reach the sockets of the others.
        problem(new GatewayError('internal', `The event ${each.type} could not be handled.`, { cause }))
      }
    }
    queue = undefined
  }

  const take = (event: CallEvent): void => {
    const { phase } = state
    ledger.event(event)
    const [next, effects] = reduce(state, event)
    state = next
    for (const effect of effects) perform(effect)
    if (state.phase === phase) return
    const { disposition } = state
    deps.observe({ type: 'phase', phase: state.phase, ...(disposition ? { disposition } : {}) })
  }

  const problem = (error: GatewayError): void =>
    deps.observe({
      type: 'problem',
      code: error.code,
      message: error.message,
      ...(error.cause ? { cause: error.cause } : {}),
    })

  // --- the model's leg

  const sessionConfig = ({ instructions }: Briefing): SessionConfig => {
    const { opening, conversation } = mode.turnTaking
    const turns = state.opening ? opening : conversation
    return {
      instructions,
      voice: mode.voice ?? deps.defaultVoice,
      tools: mode.tools.filter((tool) => tool.opening || !state.opening),
      turnDetection: guarded(answersByItself(state) || turns.kind === 'none' ? turns : { ...turns, autoReply: false }),
      transcribe: true,
      cacheKey: `${mode.name}:${facts.dialled}`,
    }
  }

  /** Where speech must prove itself, interrupting is ours alone. */
  const guarded = (turns: TurnDetection): TurnDetection =>
    meter && turns.kind !== 'none' ? { ...turns, interrupts: false } : turns

  const openModel = (resume: boolean): void => {
    model?.close()
    relay.detachModel()
    const said = resume ? ledger.turns().slice(-REPLAYED_TURNS) : []
    // Events of a connection that was replaced must not reach the call.
    let connection: ModelConnection | undefined
    const listener: ModelListener = {
      audio(payload, itemId, contentIndex, receivedAt) {
        if (model === connection) fromModel(payload, itemId, contentIndex, receivedAt)
      },
      event(event) {
        if (model !== connection) return
        if (event.type === 'configured') {
          for (const { speaker, text } of said)
            model?.send({ type: 'addMessage', role: speaker === 'caller' ? 'user' : 'assistant', text })
          relay.attachModel(model!)
        }
        onModelEvent(event)
      },
    }
    const config = briefing.then(sessionConfig)
    // Whoever awaits it is told; a connection that fails first never does.
    config.catch(() => {})
    connection = deps.provider.connect(config, listener)
    model = connection
  }

  const fromModel = (payload: string, itemId: string, contentIndex: number, receivedAt: number): void => {
    relay.fromModel(payload, itemId, contentIndex)
    meter?.sent(payload)
    stopwatch.delta(receivedAt, relay.counters.framesOut)
  }

  const onModelEvent = (event: ModelEvent): void => {
    switch (event.type) {
      case 'opened':
        return ledger.measured('webhook_to_model_open', ledger.sinceStart())
      case 'created':
        return ledger.measured('webhook_to_model_created', ledger.sinceStart())
      case 'configured':
        ledger.measured('webhook_to_model_configured', ledger.sinceStart())
        return dispatch({ type: 'modelConfigured' })
      case 'speechStarted':
        return stopwatch.speechStarted(() => dispatch({ type: 'speechStarted', heard: playout.unheard() }))
      case 'speechStopped':
        // Behind the shield nobody answers yet: there is no answer to time.
        if (answersByItself(state)) stopwatch.speechStopped()
        meter?.rest()
        return dispatch(event)
      case 'replyStarted':
        return dispatch(event)
      case 'replyEnded':
        if (event.usage) ledger.used(event.usage)
        if (event.outcome === 'failed')
          problem(new GatewayError('model_lost', `A reply failed: ${event.problem ?? 'no reason given'}.`))
        return dispatch({ type: 'replyEnded', outcome: event.outcome })
      case 'partEnded':
        return relay.partEnded(event.itemId, event.contentIndex)
      case 'toolCalled':
        return dispatch(event)
      case 'itemPlaced':
        return ledger.place(event.itemId, event.speaker, event.afterItemId)
      case 'transcript':
        return ledger.transcript(event.itemId, event.speaker, event.text)
      case 'warning':
        return deps.observe({
          type: 'problem',
          code: event.code,
          message: `The model server warned. ${event.message}`.trim(),
        })
      case 'lost':
        problem(event.error)
        return dispatch({ type: 'modelLost', error: event.error, retry: event.retry })
    }
  }

  const sendToModel = (command: ModelCommand): void => {
    if (command.type !== 'interrupt') return model?.send(command)
    ledger.interrupted(command.heard)
    // What cannot be corrected there is still right in our own story.
    model?.send(model.can.truncate ? command : { ...command, heard: [] })
  }

  const greet = async (): Promise<void> => {
    const { greeting } = await briefing
    if (greeting === undefined) return
    const text = `The call is connected. Open it by saying exactly: "${greeting.replaceAll('"', "'")}"`
    model?.send({ type: 'addMessage', role: 'user', text })
    model?.send({ type: 'reply' })
  }

  // --- the caller's leg

  const attachMedia = (socket: WebSocket): void => {
    const stream: MediaStream = createMediaStream(socket, facts.callSid, clock, {
      started() {
        media?.close()
        media = stream
        streams++
        if (state.greeting === 'due' || state.greeting === 'asked') stopwatch.awaitGreeting()
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
        else if (state.callerSpeaking && quietMs - silenceFedMs >= QUIET_WHILE_SPEAKING_MS) {
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
        detachMedia(graceful)
      },
    })
  }

  const detachMedia = (graceful: boolean): void => {
    media = undefined
    relay.detachCaller()
    dispatch({ type: 'mediaDetached', graceful, heard: playout.unheard() })
  }

  const reportPlayedOut = (): void => {
    if (!awaitingEnd || relay.holding || !playout.allHeard) return
    awaitingEnd = false
    dispatch({ type: 'playedOut' })
  }

  // --- effects

  const startTool = async (toolCallId: string, name: string, argumentsJson: string): Promise<void> => {
    const startedAt = clock.now()
    const { known } = await briefing
    const result = await runTool(mode.tools, { name, argumentsJson }, { facts, known }, clock, tools.signal)
    if (result.cause !== undefined)
      deps.observe({ type: 'problem', code: 'tool_failed', message: `The tool ${name} failed.`, cause: result.cause })
    ledger.tool({ name: name.slice(0, 64), durationMs: Math.round(clock.now() - startedAt), outcome: result.outcome })
    const { output, spoken, request } = result
    dispatch({ type: 'toolSettled', toolCallId, output, spoken, ...(request ? { request } : {}) })
  }

  const hangUpLeg = async (): Promise<void> => {
    try {
      await deps.control.hangUp(facts.callSid)
    } catch (cause) {
      problem(
        new GatewayError('call_control_failed', 'The hang-up by REST failed; the stream is closed instead.', { cause }),
      )
      // `<Connect action>` then answers with <Hangup/>.
      media?.close()
    }
  }

  const ringPerson = async (consultation: Consultation): Promise<void> => {
    try {
      await deps.control.ringPerson(facts, consultation)
    } catch (cause) {
      problem(new GatewayError('call_control_failed', 'The person could not be rung.', { cause }))
      dispatch({ type: 'personGone', outcome: 'failed' })
    }
  }

  const dropPerson = async (): Promise<void> => {
    try {
      await deps.control.dropPerson(facts.callId)
    } catch (cause) {
      problem(
        new GatewayError('call_control_failed', 'The leg of the person being rung could not be ended.', { cause }),
      )
    }
  }

  const release = (): void => {
    timers.stopAll()
    tools.abort()
    model?.close()
    model = undefined
    relay.detachModel()
    media?.close()
    media = undefined
    relay.detachCaller()
    ledger.ended(clock.date())
  }

  const perform = (effect: CallEffect): void => {
    switch (effect.type) {
      case 'model.open':
        return openModel(effect.resume)
      case 'model.close':
        model?.close()
        model = undefined
        return relay.detachModel()
      case 'model.send':
        return sendToModel(effect.command)
      case 'model.configureConversation': {
        const all = mode.tools.every(({ opening }) => opening) ? {} : { tools: mode.tools }
        return model?.send({
          type: 'configure',
          config: { turnDetection: guarded(mode.turnTaking.conversation), ...all },
        })
      }
      case 'model.greet':
        return void greet()
      case 'media.clear':
        media?.sendClear()
        if (media) stopwatch.cleared()
        awaitingEnd = false
        meter?.clear()
        return relay.clear()
      case 'media.close':
        return media?.close()
      case 'playout.flush':
        if (media) relay.attachCaller(media)
        if (awaitingEnd) relay.markEnd()
        return reportPlayedOut()
      case 'playout.awaitEnd':
        awaitingEnd = true
        relay.markEnd()
        return reportPlayedOut()
      case 'tool.run':
        return void startTool(effect.toolCallId, effect.name, effect.argumentsJson)
      case 'tool.abortAll':
        return tools.abort()
      case 'timer.start':
        return timers.start(effect.timer, effect.delayMs)
      case 'timer.stop':
        return timers.stop(effect.timer)
      case 'media.weighSpeech':
        return meter?.weigh(() => dispatch({ type: 'bargeInConfirmed', heard: playout.unheard() }))
      case 'control.hangUp':
        return void hangUpLeg()
      case 'control.ringPerson':
        return void ringPerson(effect.consultation)
      case 'control.dropPerson':
        return void dropPerson()
      case 'release':
        return release()
    }
  }

  const fallBack = (): NextInstruction => ({ kind: 'fallback', ...(fallback ? { route: fallback } : {}) })

  const instructionFor = (departure: Departure): NextInstruction => {
    switch (departure.kind) {
      case 'transfer':
        return { kind: 'dial', number: departure.number, label: departure.label }
      case 'voicemail':
        return { kind: 'record', route: departure.route, label: departure.label }
      case 'conference':
        return { kind: 'conference', name: departure.name }
      case 'keys':
        return { kind: 'keys', digits: departure.digits, token: session.mediaToken() }
      case 'fallback':
        return fallBack()
      case 'hangUp':
        return { kind: 'hangUp' }
    }
  }

  const session: CallSession = {
    facts,
    mode,
    get state() {
      return state
    },
    mediaToken: () => (token ??= deps.issueToken()),
    attachMedia(socket) {
      token = undefined
      attachMedia(socket)
    },
    next(report) {
      if (report?.transfer) dispatch({ type: 'transferEnded', outcome: report.transfer })
      else if (report?.voicemail)
        dispatch({
          type: 'voicemailEnded',
          recorded: report.voicemail === 'recorded',
          lost: report.voicemail === 'lost',
        })
      // Twilio has left the stream before we saw its socket close.
      else if (media) detachMedia(false)
      if (state.phase === 'ended') return { kind: 'hangUp' }
      const { departure } = state
      if (state.phase === 'leaving' && departure) {
        dispatch({ type: 'letGo' })
        return instructionFor(departure)
      }
      if (streams < MAX_STREAMS) return { kind: 'stream', token: session.mediaToken() }
      problem(new GatewayError('media_silent', 'The media stream of this call keeps ending; the caller is handed on.'))
      dispatch({ type: 'callEnded', disposition: 'fallback' })
      return fallBack()
    },
    transferAnswered: () => dispatch({ type: 'transferEnded', outcome: 'bridged' }),
    get consultation() {
      return state.consultation
    },
    personAccepted() {
      const room = `call-${facts.callId}`
      dispatch({ type: 'personAccepted', room })
      return state.departure?.kind === 'conference' ? room : undefined
    },
    personGone: (outcome) => dispatch({ type: 'personGone', outcome }),
    end: (disposition) => dispatch({ type: 'callEnded', disposition }),
    hangUp: (by) => dispatch({ type: 'hangUpAsked', by }),
    answered: () => ledger.measured('webhook_to_twiml', ledger.sinceStart()),
    story: () => ledger.story(facts, mode.name, state, relay.counters),
  }
  dispatch({ type: 'opened' })
  return session
}
