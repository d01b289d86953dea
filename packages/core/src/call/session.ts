import { GatewayError, type Fault } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { Briefing, Mode } from '../mode/mode.ts'
import type { AcceptLine, AnsweredBy, Instruction } from '../line.ts'
import { createCallerLeg } from './caller-leg.ts'
import { createCallGreeting } from './call-greeting.ts'
import { createCarryOver } from './carry-over.ts'
import { keptState, type CallChanges, type ResumePlan } from './memory.ts'
import { createStepLog, withOutcomes } from './step-log.ts'
import { createErrands } from './errands.ts'
import { createEventQueue } from './event-queue.ts'
import { keypadOf } from './keypad.ts'
import { createEventRecorder, type RecordedEvents } from './log/event-recorder.ts'
import { createStory, type CallStory } from './story.ts'
import { problemNotice } from './observer.ts'
import { createModelLeg } from './model-leg.ts'
import { instructionOf } from './instruction.ts'
import { createGreetingPlayer, createPhrasePlayer } from './phrase-player.ts'
import type { CallParts, CallConduct, CallSessionDeps } from './parts.ts'
import { isOurs } from './phrase-id.ts'
import { createPlayout } from './playout.ts'
import { initialState, reduce } from './reduce.ts'
import { createRelay } from './relay.ts'
import { isGuarded } from './session-config.ts'
import { createSpeechMeter } from './speech-meter.ts'
import type { AwayReport, Consultation, Disposition, TransferOutcome } from '../departure.ts'
import type { CallEffect, CallEvent } from './events.ts'
import type { CallSettings } from './settings.ts'
import type { CallState } from './state.ts'
import { prewarmResultOf, type PrewarmResult } from './steps/connecting.ts'
import { createStopwatch } from './stopwatch.ts'
import { createTimers } from './timers.ts'

/** Longest plan that is written down with what its mode knows; that of customer service has some two thousand characters. */
const MAX_PLAN_LENGTH = 65_536

/** One call, from the first webhook to the end. It owns both legs and outlives their sockets. */
export interface CallSession {
  readonly facts: CallFacts
  readonly mode: Mode
  readonly state: CallState
  /** Settles with the result of pre-warming the model. Never rejects. */
  readonly warmed: Promise<PrewarmResult>
  /** When the audio was first connected; absent before. */
  readonly mediaSince: Date | undefined
  /** Gives an outbound call its leg's id. `false`: the call has another one already. */
  bind(legId: string): boolean
  /** Reports the verdict of answering machine detection. */
  answeredBy(verdict: AnsweredBy): void
  /** The carrier was told where to connect the audio of this call: starts the timer that waits for it. */
  offered(): void
  /** Takes over an accepted connection of the line. It replaces the present one as soon as it has started. */
  attach(accept: AcceptLine): void
  /** The carrier asks for its next instruction, because the audio or the last instruction is over. */
  next(report?: AwayReport): Instruction
  /** The person rung by a cold transfer has answered: the call counts as transferred, however the talk ends. */
  transferAnswered(): void
  /** The person being rung for this call, and the introduction they hear before they accept. */
  readonly consultation: Consultation | undefined
  /** The person has accepted by key. Returns the conference to wait in, or `undefined` when the caller is no longer available. */
  personAccepted(): string | undefined
  /** The person's leg has ended, or was never answered. */
  personGone(outcome: TransferOutcome): void
  /** The caller's leg has ended. */
  end(disposition: Disposition): void
  hangUp(by: 'operator' | 'drain'): void
  /** This process has to stop: the caller is told and goes to the fallback route. Who is elsewhere already stays there. */
  handOn(): void
  /** The webhook of an inbound call was answered; noted for the latency figures. */
  answered(): void
  story(): CallStory
  /** What a process that had to go on with the call would need, as far as it is new since the last time; absent when nothing is. */
  takeChanges(): CallChanges | undefined
  /** Gives back changes that could not be written: they are among the next ones. */
  returnChanges(changes: CallChanges): void
  /** Hands over the event log of the call, unmasked, and forgets it: ask once, after the end. */
  takeEvents(): RecordedEvents
  /** Approximate memory of the story, in bytes. */
  readonly storyBytes: number
}

/** Creates the session of a call and starts connecting the model; waits for nothing. */
export const createCallSession = (
  facts: CallFacts,
  { mode, fallback, machine = { action: 'continue' }, primes = false, instance = mode.name, resumes }: CallConduct,
  deps: CallSessionDeps,
): CallSession => {
  const { clock } = deps
  const { promise: warmed, resolve: warm } = Promise.withResolvers<PrewarmResult>()
  const elapsedMs = resumes ? Math.max(0, clock.date().getTime() - facts.startedAt.getTime()) : 0
  const story = createStory(clock.now, deps.observe, resumes && { elapsedMs, told: resumes })
  const earlier = withOutcomes(resumes?.steps ?? [])
  const steps = createStepLog(story.sinceStart, earlier)
  const recorder = createEventRecorder()
  const playout = createPlayout(clock.now, deps.line.can.marks)
  const relay = createRelay(playout)
  const meter = createSpeechMeter()
  const timers = createTimers(clock, deps.prewarmTimeoutMs, (timer) =>
    dispatch({
      type: 'timerFired',
      timer,
      ...(timer === 'owed' ? { heard: playout.unheard().filter(({ itemId }) => !isOurs(itemId)) } : {}),
    }),
  )
  /** Wall-clock time by the monotonic clock, so that setting the clock during a call does not change its length. */
  const date = (): Date => new Date(facts.startedAt.getTime() + Math.round(story.sinceStart()))
  let mediaSince: Date | undefined
  let known: unknown
  /** State or knowledge may differ from the plan that was last taken. */
  let isPlanStale = true
  let hasTaken = false
  let planTaken = ''
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
    ...(resumes ? { resumes: { kept: resumes.plan.kept, elapsedMs } } : {}),
    ...(deps.refreshTokens === undefined ? {} : { refreshTokens: deps.refreshTokens }),
  }
  let state = initialState(settings)

  const reportDefect = (what: string, cause: unknown): void => problem(new GatewayError('internal', what, { cause }))
  const dispatch = createEventQueue<CallEvent>((event) => processEvent(event), reportDefect)

  const processEvent = (event: CallEvent): void => {
    const { phase } = state
    // Ignore late callbacks about a call that is over.
    if (phase === 'ended') return
    story.event(event)
    carryOver.note(event)
    steps.note(event)
    isPlanStale = true
    if (event.type === 'mediaAttached') mediaSince ??= date()
    const before = state
    const [next, effects] = reduce(state, event)
    recorder.add(story.sinceStart(), event, before, next, effects)
    state = next
    story.decided(before, next, event)
    greeting.decided(before, next, event)
    for (const effect of effects) {
      try {
        perform(effect)
      } catch (cause) {
        reportDefect(`The effect ${effect.type} could not be performed.`, cause)
      }
    }
    const prewarmed = prewarmResultOf(state)
    if (prewarmed) warm(prewarmed)
    if (state.phase === phase) return
    const { disposition } = state
    const atEnd = disposition ? { disposition, promptVersion: mode.promptVersion } : {}
    deps.observe({ type: 'phase', phase: state.phase, ...atEnd })
  }

  const problem = (error: Fault & { readonly cause?: unknown }): void => deps.observe(problemNotice(error))

  /** `async`, so that a mode that throws synchronously also rejects the briefing. */
  const brief = async (): Promise<Briefing> => {
    const briefed = await mode.brief(
      facts,
      (cause) =>
        deps.observe({
          type: 'problem',
          code: 'look_up_failed',
          message: 'The look-up before the call failed.',
          cause,
        }),
      resumes?.plan.known,
    )
    known = briefed.known
    isPlanStale = true
    return briefed
  }

  const briefing = brief()
  // Before the model's leg, so that a recording is known before the model is.
  const greeting = createCallGreeting({ facts, mode, ...deps, briefing, story, dispatch })
  const parts: CallParts = {
    facts,
    mode,
    primes,
    deps,
    briefing,
    greeting,
    story,
    playout,
    relay,
    stopwatch: createStopwatch(clock, story, mode.greets),
    meter,
    spent: resumes?.plan.spent,
    state: () => state,
    dispatch,
    problem,
  }
  const carryOver = createCarryOver(story, earlier)
  const model = createModelLeg(parts, carryOver)
  const caller = createCallerLeg(parts)
  const playPhrase = createPhrasePlayer(parts, caller, model)
  const playGreeting = createGreetingPlayer(parts, caller, model)
  const errands = createErrands(parts)

  const perform = (effect: CallEffect): void => {
    switch (effect.type) {
      case 'model.open':
        return model.open(effect.resume)
      case 'model.close':
        return model.close()
      case 'model.send':
        if (effect.command.type === 'addMessage' && effect.command.role === 'user') steps.pressed(effect.command.text)
        if (effect.command.type === 'toolOutput') steps.told(effect.command.toolCallId, effect.command.output)
        return model.send(effect.command)
      case 'model.configureConversation':
        return model.configureConversation()
      case 'model.greet':
        return void model.greet()
      case 'model.openSpare':
        return model.openSpare(effect.asks ?? true)
      case 'model.adoptSpare':
        return model.adoptSpare()
      case 'model.closeSpare':
        return model.closeSpare()
      case 'phrase.play':
        return playPhrase(effect.phrase)
      case 'greeting.play':
        return playGreeting()
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
      case 'tool.keepOutput':
        return carryOver.settled(effect.toolCallId, effect.output)
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

  const planText = (): string => {
    const { name } = facts.otherParty
    const plan: ResumePlan = {
      instance,
      ...(name === undefined ? {} : { name }),
      kept: keptState(state),
      spent: errands.spent,
    }
    const remembered = known === undefined ? undefined : mode.remember?.(known)
    const text = JSON.stringify(remembered === undefined ? plan : { ...plan, known: remembered })
    // What a mode knows without bounds is looked up again.
    return text.length > MAX_PLAN_LENGTH ? JSON.stringify(plan) : text
  }

  const release = (): void => {
    timers.stopAll()
    errands.abortTools()
    model.close()
    model.closeSpare()
    caller.release()
    relay.release()
    meter.clear()
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
      // The carrier has left the audio, and we have not seen the media stream end yet.
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
      // The caller has left the conference, or never came: end the leg of the person who waits there.
      if (state.phase === 'ended' && state.departure?.kind === 'conference') void errands.dropPerson()
      dispatch({ type: 'callEnded', disposition })
    },
    hangUp: (by) => dispatch({ type: 'hangUpAsked', by }),
    handOn: () => dispatch({ type: 'handOnAsked' }),
    answered: () => story.measured('webhook_to_answer', story.sinceOpened()),
    get storyBytes() {
      return story.bytes
    },
    takeEvents: recorder.take,
    takeChanges() {
      if (state.phase === 'ended') return undefined
      const unheard = playout.unheard()
      if (!isPlanStale && !story.hasChanged && unheard.length === 0) return undefined
      const plan = isPlanStale ? planText() : planTaken
      isPlanStale = false
      const changes = { ...story.changes(unheard), steps: steps.changes() }
      const { turns, tools, latency, transfers, usage } = changes
      const isNew = !hasTaken || plan !== planTaken || transfers !== undefined || usage !== undefined
      if (!isNew && [turns, tools, latency, changes.steps].every(({ length }) => length === 0)) return undefined
      const all = { facts, mode: mode.name, replaces: !hasTaken, ...changes }
      const withPlan = plan === planTaken ? all : { ...all, plan }
      hasTaken = true
      planTaken = plan
      return withPlan
    },
    returnChanges(lost) {
      story.putBack(lost)
      steps.putBack(lost.steps)
      if (lost.plan !== undefined) planTaken = ''
      if (lost.replaces) hasTaken = false
      isPlanStale = true
    },
    story: () => story.tell(facts, mode, state, { ...relay.counters, ignored: caller.ignored }),
  }
  dispatch({ type: 'opened', settings })
  return session
}
