import { GatewayError, type Fault } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { Briefing, Mode } from '../mode/mode.ts'
import type { AcceptLine, AnsweredBy, Instruction } from '../line.ts'
import { createCallerLeg } from './caller-leg.ts'
import { createCarryOver } from './carry-over.ts'
import { createErrands } from './errands.ts'
import { createEventQueue } from './event-queue.ts'
import { keypadOf } from './keypad.ts'
import { createEventRecorder, type RecordedEvents } from './log/event-recorder.ts'
import { createStory, type CallStory } from './story.ts'
import { createModelLeg } from './model-leg.ts'
import { instructionOf } from './instruction.ts'
import { createOwnWords } from './own-words.ts'
import type { CallParts, CallConduct, CallSessionDeps } from './parts.ts'
import { isPhrase } from './phrase-id.ts'
import { createPlayout } from './playout.ts'
import { initialState, reduce } from './reduce.ts'
import { createRelay } from './relay.ts'
import { isGuarded } from './session-config.ts'
import { createSpeechMeter } from './speech-meter.ts'
import type { AwayReport, Consultation, Disposition, TransferOutcome } from '../departure.ts'
import type { CallEffect, CallEvent } from './events.ts'
import type { CallSettings } from './settings.ts'
import type { CallState } from './state.ts'
import { warmthOf, type Warmth } from './steps/connecting.ts'
import { createStopwatch } from './stopwatch.ts'
import { createTimers } from './timers.ts'

/** One caller's experience, from the first webhook to the end: it owns both legs and outlives either socket. */
export interface CallSession {
  readonly facts: CallFacts
  readonly mode: Mode
  readonly state: CallState
  /** Settles once it is known how far the model has come before anybody is on the line. Never rejects. */
  readonly warmed: Promise<Warmth>
  /** When we and the other side could hear each other for the first time; absent while that has not been. */
  readonly mediaSince: Date | undefined
  /** Tells the carrier's id of a call we place. `false`: it is known to have another one. */
  bind(legId: string): boolean
  /** What answering machine detection says. */
  answeredBy(verdict: AnsweredBy): void
  /** The carrier has been told where the audio of this call is to be connected: from now on it can be late. */
  offered(): void
  /** Takes over an accepted connection of the line's; the present one is gone once this one has started. */
  attach(accept: AcceptLine): void
  /** The carrier asks how the call goes on, because audio or an instruction is over: it follows what this returns. */
  next(report?: AwayReport): Instruction
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
  /** Has the line tell the caller that we have to end the call, and end it. Rejects with `call_control_failed`. */
  sayGoodbye(): Promise<void>
  /** Notes a stage only the gateway sees. */
  answered(): void
  story(): CallStory
  /** Hands over the log of the call: everything its decisions depended on, unmasked. To be asked for once, when it has ended. */
  takeEvents(): RecordedEvents
  /** About how much memory the story takes. */
  readonly storyBytes: number
}

/** Opens the session of a call and starts connecting the model at once; returns without waiting for anything. */
export const createCallSession = (
  facts: CallFacts,
  { mode, fallback, machine = { action: 'continue' }, primes = false }: CallConduct,
  deps: CallSessionDeps,
): CallSession => {
  const { clock } = deps
  const { promise: warmed, resolve: warm } = Promise.withResolvers<Warmth>()
  const story = createStory(clock.now, deps.observe)
  const recorder = createEventRecorder()
  const playout = createPlayout(clock.now, deps.line.can.marks)
  const relay = createRelay(playout)
  const meter = createSpeechMeter()
  const timers = createTimers(clock, deps.prewarmTimeoutMs, (timer) =>
    dispatch({
      type: 'timerFired',
      timer,
      ...(timer === 'owed' ? { heard: playout.unheard().filter(({ itemId }) => !isPhrase(itemId)) } : {}),
    }),
  )
  /** The wall clock can be set while people talk; how long a call has lasted it cannot change. */
  const date = (): Date => new Date(facts.startedAt.getTime() + Math.round(story.sinceStart()))
  let mediaSince: Date | undefined
  let endedAtMs = 0
  const settings: CallSettings = {
    direction: facts.direction,
    greets: mode.greets,
    speaksAfterMs: mode.speaksAfterMs,
    machine,
    shield: mode.greetingShield,
    patience: mode.patience,
    grant: mode.grant,
    keypad: keypadOf(mode, deps.line.can),
    bargeInGuarded: isGuarded(mode),
    fallback,
    lineCan: deps.line.can,
    modelCan: deps.provider.can,
  }
  let state = initialState(settings)

  const failed = (what: string, cause: unknown): void => problem(new GatewayError('internal', what, { cause }))
  const dispatch = createEventQueue<CallEvent>((event) => take(event), failed)

  const take = (event: CallEvent): void => {
    const { phase } = state
    // Late callbacks about a call that is over are no part of its story.
    if (phase === 'ended') return
    story.event(event)
    carryOver.note(event)
    if (event.type === 'mediaAttached') mediaSince ??= date()
    const before = state
    const [next, effects] = reduce(state, event)
    recorder.add(story.sinceStart(), event, before, next, effects)
    state = next
    story.decided(before, next, event)
    for (const effect of effects) {
      try {
        perform(effect)
      } catch (cause) {
        failed(`${effect.type} could not be done.`, cause)
      }
    }
    const warmth = warmthOf(state)
    if (warmth) warm(warmth)
    if (state.phase === phase) return
    const { disposition } = state
    const atEnd = disposition ? { disposition, promptVersion: mode.promptVersion } : {}
    deps.observe({ type: 'phase', phase: state.phase, ...atEnd })
  }

  const problem = (error: Fault & { readonly cause?: unknown }): void =>
    deps.observe({
      type: 'problem',
      code: error.code,
      message: error.message,
      ...(error.cause ? { cause: error.cause } : {}),
    })

  /** A mode that throws at once fails like one that throws later: whoever needs the briefing is told. */
  const brief = async (): Promise<Briefing> =>
    mode.brief(facts, (cause) =>
      deps.observe({ type: 'problem', code: 'look_up_failed', message: 'The look-up before the call failed.', cause }),
    )

  const parts: CallParts = {
    facts,
    mode,
    primes,
    deps,
    briefing: brief(),
    story,
    playout,
    relay,
    stopwatch: createStopwatch(clock, story, mode.greets),
    meter,
    state: () => state,
    dispatch,
    problem,
  }
  const carryOver = createCarryOver(story)
  const model = createModelLeg(parts, carryOver)
  const caller = createCallerLeg(parts)
  const play = createOwnWords(parts, caller, model)
  const errands = createErrands(parts)

  const perform = (effect: CallEffect): void => {
    switch (effect.type) {
      case 'model.open':
        return model.open(effect.resume)
      case 'model.close':
        return model.close()
      case 'model.send':
        return model.send(effect.command)
      case 'model.configureConversation':
        return model.configureConversation()
      case 'model.greet':
        return void model.greet()
      case 'model.openSpare':
        return model.openSpare()
      case 'model.adoptSpare':
        return model.adoptSpare()
      case 'model.closeSpare':
        return model.closeSpare()
      case 'phrase.play':
        return play(effect.phrase)
      case 'report':
        return problem(effect.error)
      case 'media.clear':
        return caller.clear()
      case 'media.weighSpeech':
        return caller.weighSpeech(effect.against)
      case 'playout.flush':
        return caller.flush()
      case 'playout.awaitEnd':
        return caller.awaitEnd()
      case 'tool.run':
        return void errands.runTool(effect.toolCallId, effect.name, effect.argumentsJson)
      case 'tool.abortAll':
        return errands.abortTools()
      case 'timer.start':
        return timers.start(effect.timer, effect.delayMs)
      case 'timer.stop':
        return timers.stop(effect.timer)
      case 'line.follow':
        return void errands.follow(effect.instruction)
      case 'line.ringPerson':
        return void errands.ringPerson(effect.consultation)
      case 'line.dropPerson':
        return void errands.dropPerson()
      case 'release':
        return release()
    }
  }

  const release = (): void => {
    timers.stopAll()
    errands.abortTools()
    model.close()
    model.closeSpare()
    caller.release()
    story.ended(date())
    endedAtMs = clock.now()
  }

  const session: CallSession = {
    facts,
    mode,
    get state() {
      return state
    },
    warmed,
    get mediaSince() {
      return mediaSince
    },
    bind: deps.bind,
    answeredBy: (verdict) => dispatch({ type: 'answeredBy', verdict, heard: playout.unheard() }),
    offered: () => dispatch({ type: 'streamOffered' }),
    attach: caller.attach,
    next(report) {
      if (report?.transfer) dispatch({ type: 'transferEnded', outcome: report.transfer })
      else if (report?.voicemail)
        dispatch({
          type: 'voicemailEnded',
          recorded: report.voicemail === 'recorded',
          lost: report.voicemail === 'lost',
        })
      // The carrier has left the audio before we saw its connection end.
      else if (caller.attached) caller.detach(false)
      const instruction = instructionOf(state, { endedForMs: clock.now() - endedAtMs, report })
      dispatch({ type: 'followed', asked: report ? { report } : {} })
      if (instruction.kind === 'connect' || instruction.kind === 'keys') dispatch({ type: 'streamOffered' })
      return instruction
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
    end(disposition) {
      // The caller has left the room they were handed into, or never came: nobody is to wait there for them.
      if (state.phase === 'ended' && state.departure?.kind === 'conference') void errands.dropPerson()
      dispatch({ type: 'callEnded', disposition })
    },
    hangUp: (by) => dispatch({ type: 'hangUpAsked', by }),
    sayGoodbye: () => deps.line.sayGoodbye(facts),
    answered: () => story.measured('webhook_to_answer', story.sinceStart()),
    get storyBytes() {
      return story.bytes
    },
    takeEvents: recorder.take,
    story: () => story.tell(facts, mode, state, { ...relay.counters, ignored: caller.ignored }),
  }
  dispatch({ type: 'opened', settings })
  return session
}
