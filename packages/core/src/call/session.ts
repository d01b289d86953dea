import { GatewayError, type Fault } from '../errors.ts'
import type { CallFacts } from '../facts.ts'
import type { Briefing, Mode } from '../mode/mode.ts'
import type { AcceptLine, AnsweredBy, Instruction } from '../line.ts'
import { createActing, type Acting } from './acting.ts'
import { createAftermath, endsLeg, type Aftermath, type LegNews } from './aftermath.ts'
import { createCallerLeg } from './caller-leg.ts'
import { createCallGreeting } from './call-greeting.ts'
import { createCarryOver } from './carry-over.ts'
import { createCallMemory } from './call-memory.ts'
import { callSettings } from './call-settings.ts'
import type { CallChanges } from './memory.ts'
import { withOutcomes } from './step-log.ts'
import { createPerformer } from './effects.ts'
import { createErrands } from './errands.ts'
import { createEventQueue } from './event-queue.ts'
import { createEventRecorder, type RecordedEvents } from './log/event-recorder.ts'
import type { CallStory } from './call-story.ts'
import type { Route } from '../route.ts'
import { createStory } from './story.ts'
import { problemNotice, shortenNotice, type CallNotice } from './observer.ts'
import { createModelLeg } from './model-leg.ts'
import { instructionOf } from './instruction.ts'
import { createGreetingPlayer, createPhrasePlayer } from './phrase-player.ts'
import { originOf } from './origin.ts'
import type { CallParts, CallConduct, CallSessionDeps } from './parts.ts'
import { isOurs } from './phrase-id.ts'
import { createPlayout } from './playout.ts'
import { initialState } from './initial-state.ts'
import { reduce } from './reduce.ts'
import { createRelay } from './relay.ts'
import { createSpeechMeter } from './speech-meter.ts'
import type { AwayReport, Consultation, Disposition, TransferOutcome } from '../departure.ts'
import type { CallEvent } from './events.ts'
import type { CallState } from './state.ts'
import { prewarmResultOf, type PrewarmResult } from './steps/connecting.ts'
import { refreshResultOf } from './steps/refresh.ts'
import { createStopwatch } from './stopwatch.ts'
import { createTimers } from './timers.ts'
import { createTracks } from './tracks.ts'

/** One call, from the first webhook to the end. It owns both legs and outlives their sockets. */
export interface CallSession extends Acting {
  readonly facts: CallFacts
  readonly mode: Mode
  /** The mode instance that conducts it; the mode's name where it has no other. */
  readonly instance: string
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
  /** The caller's leg has ended; for `drained`, `cut_off` and `fallback` only our part has. */
  end(disposition: Disposition): void
  /** What the carrier reports of a caller whom the assistant has left. */
  reported(news: LegNews): void
  /** What became of the caller's leg after the assistant's part. */
  readonly aftermath: Aftermath
  hangUp(by: 'operator' | 'drain'): void
  /** This process has to stop: the caller is told and goes to the fallback route. A caller who is with a person stays there. */
  handOn(): void
  /** Something that went wrong about the call outside of it: the story tells it. */
  report(error: GatewayError): void
  /** The webhook of an inbound call was answered; noted for the latency figures. */
  answered(): void
  story(): CallStory
  /** What a process that had to go on with the call would need, as far as it is new since the last time; absent when nothing is. */
  takeChanges(): CallChanges | undefined
  /** Gives back changes that could not be written: the next ones include them. */
  returnChanges(changes: CallChanges): void
  /** Hands over the event log of the call, unmasked, and forgets it: ask once, after the end. */
  takeEvents(): RecordedEvents
  /** Approximate memory of the story, in bytes. */
  readonly storyBytes: number
}

/** Creates the session of a call and starts connecting the model; waits for nothing. */
export const createCallSession = (facts: CallFacts, conduct: CallConduct, given: CallSessionDeps): CallSession => {
  const { clock } = given
  const deps: CallSessionDeps = {
    ...given,
    observe(notice: CallNotice) {
      if (notice.type === 'problem') {
        const { code, message } = shortenNotice(notice) as typeof notice
        story.problem(code, message)
      }
      given.observe(notice)
    },
  }
  const { mode, primes = false, instance = mode.name, resumes } = conduct
  const origin = originOf(conduct)
  const { promise: warmed, resolve: warm } = Promise.withResolvers<PrewarmResult>()
  const elapsedMs = resumes ? (resumes.lastedMs ?? Math.max(0, clock.date().getTime() - facts.startedAt.getTime())) : 0
  const aftermath = createAftermath(clock, facts.startedAt, elapsedMs)
  const story = createStory(clock.now, given.observe, resumes && { elapsedMs, told: resumes })
  const earlier = withOutcomes(resumes?.steps ?? [])
  const recorder = createEventRecorder()
  const playout = createPlayout(clock.now, deps.line.can.marks, story.times, (heardMs) => tracks.dropped(heardMs))
  const relay = createRelay(playout)
  const tracks = createTracks(clock, playout, story.sinceStart, relay.tap)
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
  let hasSounded = resumes === undefined
  let endedAtMs = 0
  const settings = callSettings(facts, conduct, deps, elapsedMs)
  let state = initialState(settings)
  const memory = createCallMemory({
    facts,
    mode,
    instance,
    story,
    earlier,
    isResumed: resumes !== undefined,
    state: () => state,
    spent: () => errands.spent,
    failed: (cause) =>
      problem(new GatewayError('mode_failed', 'What the mode knows of the call could not be written down.', { cause })),
  })

  const reportDefect = (what: string, cause: unknown): void => problem(new GatewayError('internal', what, { cause }))
  const dispatch = createEventQueue<CallEvent>((event) => processEvent(event), reportDefect)

  const processEvent = (event: CallEvent): void => {
    const { phase } = state
    // Ignore late callbacks about a call that is over.
    if (phase === 'ended') return
    story.event(event)
    carryOver.note(event)
    memory.event(event)
    if (event.type === 'mediaAttached' && !mediaSince) {
      mediaSince = date()
      deps.mediaBegins?.()
    }
    if (event.type === 'soundStarted' && !hasSounded) {
      hasSounded = true
      deps.soundsAgain?.(story.sinceStart() - elapsedMs + (resumes?.silentMs ?? 0))
    }
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
    const refreshed = refreshResultOf(before, next, event, effects)
    if (refreshed) deps.observe({ type: 'refresh', result: refreshed })
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
    memory.knows(briefed.known)
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
  const errands = createErrands(parts)

  const release = (): void => {
    timers.stopAll()
    tracks.release()
    errands.abortTools()
    model.close()
    model.closeSpare()
    caller.release()
    relay.release()
    meter.clear()
    story.ended(date())
    aftermath.partEnded(state.disposition)
    endedAtMs = clock.now()
  }

  const perform = createPerformer({
    model,
    caller,
    errands,
    timers,
    memory,
    carryOver,
    playPhrase: createPhrasePlayer(parts, caller, model),
    playGreeting: createGreetingPlayer(parts, caller, model),
    problem,
    release,
  })

  /** Notes news of the leg; once the assistant's part is over, they are told. */
  const reported = (news: LegNews): void => {
    if (aftermath.note(news) && state.phase === 'ended') deps.observe({ type: 'leg', isOver: news.isOver })
  }

  const sentToFallback = (route: Route, reason: string | undefined): void => {
    if (aftermath.toFallback(route, reason) && state.phase === 'ended') deps.observe({ type: 'leg', isOver: false })
  }

  const noteInstruction = (instruction: Instruction): void => {
    const { departure } = state
    const reason = departure?.kind === 'fallback' ? departure.error.code : undefined
    if (instruction.kind === 'fallback' && instruction.route && facts.direction === 'inbound')
      sentToFallback(instruction.route, reason)
    else if (instruction.kind === 'hangUp' && state.phase === 'ended') reported({ isOver: true })
  }

  const session: CallSession = {
    facts,
    mode,
    instance,
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
      noteInstruction(instruction)
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
      if (endsLeg(disposition)) reported({ isOver: true })
      dispatch({ type: 'callEnded', disposition })
    },
    reported,
    aftermath,
    hangUp: (by) => dispatch({ type: 'hangUpAsked', by }),
    ...createActing({ state: () => state, dispatch, story, tracks }),
    handOn: () => dispatch({ type: 'handOnAsked' }),
    report: problem,
    answered: () => story.measured('webhook_to_answer', story.sinceOpened()),
    get storyBytes() {
      return story.bytes
    },
    takeEvents: recorder.take,
    takeChanges: () => memory.take(playout.unheard()),
    returnChanges: memory.putBack,
    story: () =>
      aftermath.tell(
        story.tell(facts, mode, state, { ...relay.counters, ignored: caller.ignored }, origin, playout.parts()),
      ),
  }
  dispatch({ type: 'opened', settings })
  return session
}
