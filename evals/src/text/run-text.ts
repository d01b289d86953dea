import { setTimeout as sleep } from 'node:timers/promises'
import { createCallRegistry, realtimeProvider, type CallSession, type CallState } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing/fake-clock'
import { endOf } from '../end.ts'
import { CouldNotRun, type Run, type Target, type Watch } from '../run.ts'
import { noises, type Situation, type Step } from '../situation.ts'
import type { Entry, Trace } from '../trace.ts'
import { openWorld, type World } from '../worlds/world.ts'
import { openBridge, type Bridge } from './bridge.ts'
import { createTimedLine } from './line.ts'

const LEG_ID = 'CA00000000000000000000000000000001'
/** However long it is, a turn takes this much of the call's time: nobody listens. */
const TURN_MS = 1_200
/** How far into a reply it is interrupted. */
const INTO_REPLY_MS = 100
const KEY_MS = 150
/** Nothing moves for this long: it is the caller's turn. */
const CALM_MS = 15
const CALM_TICKS = 3
/** A message has crossed the bridge. */
const WIRE_MS = 10
/** While nothing is in flight the call's own clocks decide, and need not be waited for. */
const TICK_MS = 40
/** A call that does not come to rest by then never will. */
const STEP_WITHIN_MS = 180_000

/** It is the caller's turn, or nobody's. */
const rests = (state: CallState): boolean =>
  (state.phase === 'live' &&
    state.model === 'configured' &&
    state.turn !== 'thinking' &&
    !state.replyActive &&
    !state.callerSpeaking &&
    state.replyDue === 'no' &&
    state.toolsRunning.length === 0 &&
    state.digits === '') ||
  (state.phase === 'away' && state.awayKind === 'transfer')

const isOver = ({ phase }: CallState): boolean => phase === 'ended'

/** A whole call in writing: the real session, prompt and tools, a clock that does not wait, and a model that reads. */
export const runTextIn =
  (open: typeof openWorld): Run =>
  async (situation, target, watch) => {
    const entries: Entry[] = []
    const world = await open(situation, (entry) => void entries.push(entry))
    const bridge = await openBridge(target)
    try {
      return await converse({ situation, target, watch, entries, world, bridge })
    } finally {
      await bridge.close()
      await world.close()
    }
  }

/** The same with the modes as they ship. */
export const runText: Run = runTextIn(openWorld)

interface Talk {
  readonly situation: Situation
  readonly target: Target
  readonly watch: Watch
  readonly entries: Entry[]
  readonly world: World
  readonly bridge: Bridge
}

const converse = async ({ situation, target, watch, entries, world, bridge }: Talk): Promise<Trace> => {
  const steppedClock = fakeClock()
  const clock = { ...steppedClock, date: () => new Date(world.startsAt.getTime() + steppedClock.now()) }
  const line = createTimedLine(clock, LEG_ID, async (_legId, { kind }) => {
    if (kind === 'hangUp') hangUp()
  })
  let lastProblem: string | undefined
  let to: string | undefined
  const registry = createCallRegistry({
    clock,
    provider: realtimeProvider({
      url: bridge.url,
      apiKey: target.apiKey,
      model: target.model,
      dialect: target.dialect,
      onLeftOut: watch.leftOut,
    }),
    defaultVoice: 'cedar',
    // On a clock that hardly moves while the server is waited for.
    prewarmTimeoutMs: 10_000,
    observe(_call, notice) {
      if (notice.type === 'transcript' && notice.speaker === 'assistant')
        entries.push({ kind: 'assistant', text: notice.text })
      if (notice.type === 'usage') watch.used(notice.usage)
      if (notice.type === 'problem') lastProblem = notice.message
    },
  })
  const { mode, caller, dialled, machine } = world
  const session: CallSession =
    machine === undefined
      ? registry.open({ line: line.line, legId: LEG_ID, direction: 'inbound', otherParty: caller, dialled, mode })
      : registry.prepare({
          line: line.line,
          callId: 'call-1',
          callee: { ...caller, number: caller.number! },
          dialled,
          mode,
          machine,
          primes: false,
        })

  const reason = (): string =>
    [lastProblem, bridge.unreached && `(${bridge.unreached})`].filter(Boolean).join(' ') || 'no reason given'

  const notToBeHad = (): CouldNotRun => new CouldNotRun(`The model was not to be had: ${reason()}`)

  const hangUp = (): void => {
    line.hangUp()
    session.end('caller_hung_up')
  }

  const patience = (): (() => void) => {
    const startedMs = performance.now()
    return () => {
      const why = watch.stopped()
      if (why !== undefined) throw new CouldNotRun(why, true)
      const nowMs = performance.now()
      const silentMs = nowMs - Math.max(startedMs, bridge.lastActiveMs)
      if (silentMs > target.answerWithinMs)
        throw new CouldNotRun(
          `The model server has said nothing for ${(silentMs / 1_000).toFixed(1)} s${lastProblem === undefined ? '.' : `: ${reason()}`}`,
        )
      if (nowMs - startedMs > STEP_WITHIN_MS)
        throw new CouldNotRun('The call did not come to rest within three minutes.')
    }
  }

  /** Nothing has crossed the bridge for a moment, and nothing is being written. */
  const isCalm = (): boolean => !bridge.isBusy && performance.now() - bridge.lastActiveMs > CALM_MS

  /** Lets the call's time pass: hardly while the model is waited for, quickly otherwise. */
  const tick = async (): Promise<void> => {
    const { state } = session
    const isWaiting = bridge.isBusy || state.toolsRunning.length > 0 || state.model !== 'configured'
    await sleep(2)
    await line.pass(line.isPlaying ? TICK_MS * 5 : isWaiting ? 1 : TICK_MS)
  }

  /** What the carrier does once the last words were heard. */
  const carry = (isFollowedUp: boolean): void => {
    const { phase, goodbye, departure } = session.state
    if (phase === 'ended' || phase !== 'leaving' || goodbye !== 'gone' || line.isConnected) return
    if (departure && 'route' in departure) to = departure.route
    const next = session.next()
    if (next.kind === 'dial' && !isFollowedUp) session.transferAnswered()
    else if (next.kind === 'record') session.next({ voicemail: 'recorded' })
    else if (next.kind === 'hangUp') session.end('caller_hung_up')
    else if (next.kind === 'fallback') session.end('fallback')
  }

  const settle = async (isFollowedUp: boolean): Promise<void> => {
    const check = patience()
    let calm = 0
    while (session.state.phase !== 'ended' && calm < CALM_TICKS) {
      check()
      carry(isFollowedUp)
      const isQuiet = rests(session.state) && !line.isPlaying && !bridge.isBusy
      calm = isQuiet && isCalm() ? calm + 1 : 0
      // oxlint-disable-next-line no-await-in-loop -- one moment after the other
      await (isQuiet ? sleep(2) : tick())
    }
    if (session.state.disposition === 'fallback') throw notToBeHad()
  }

  /** The model has answered, and whatever it has called is done: what is not so by now will not be. */
  const hasDone = ({ turn, replyDue, toolsRunning, model }: CallState): boolean =>
    model === 'configured' && turn !== 'thinking' && replyDue === 'no' && toolsRunning.length === 0 && isCalm()

  /** Waits for the moment to speak into what is said; where it does not come, for the end of what is said instead. */
  const until = async (isSo: () => boolean): Promise<void> => {
    const check = patience()
    let still = 0
    while (!isSo() && session.state.phase !== 'ended' && still < CALM_TICKS) {
      check()
      const isDone = hasDone(session.state)
      still = isDone && !line.isPlaying ? still + 1 : 0
      // oxlint-disable-next-line no-await-in-loop -- one moment after the other
      await sleep(2)
      // What is being written is not heard before all of it is there.
      // oxlint-disable-next-line no-await-in-loop -- one moment after the other
      await line.pass(isDone ? TICK_MS : line.isPlaying ? 0 : 1)
    }
  }

  const speak = async (text: string): Promise<void> => {
    entries.push({ kind: 'caller', text })
    bridge.speechStarted()
    await sleep(WIRE_MS)
    await line.pass(TURN_MS, true)
    // What the call does about it reaches the model before the turn is over, as it would if it had taken that long.
    await sleep(WIRE_MS)
    bridge.speechStopped(text)
    await sleep(WIRE_MS)
  }

  const person = (outcome: 'accepts' | 'declines' | 'no_answer' | 'busy'): void => {
    const { consultation, phase } = session.state
    if (consultation) {
      to = consultation.route
      if (outcome === 'accepts') session.personAccepted()
      else session.personGone(outcome === 'declines' ? 'declined' : outcome)
    } else if (phase === 'away') {
      const next = session.next({
        transfer: outcome === 'accepts' ? 'bridged' : outcome === 'declines' ? 'declined' : outcome,
      })
      if (next.kind === 'connect') line.connect(session)
    }
  }

  const silence = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms && session.state.phase !== 'ended'; passed += 100) {
      // oxlint-disable-next-line no-await-in-loop -- one moment after the other
      await line.pass(100)
      // oxlint-disable-next-line no-await-in-loop -- one moment after the other
      if (!rests(session.state) || line.isPlaying || bridge.isBusy) await settle(false)
    }
  }

  const perform = async (step: Step): Promise<void> => {
    if ('say' in step) return speak(step.say)
    if ('noise' in step) return speak(noises[step.noise])
    if ('keys' in step)
      for (const digit of step.keys) {
        line.press(digit)
        // oxlint-disable-next-line no-await-in-loop -- one key after the other
        await line.pass(KEY_MS)
      }
    else if ('silenceMs' in step) return silence(step.silenceMs)
    else if ('person' in step) person(step.person)
    else if ('answeredBy' in step) session.answeredBy(step.answeredBy)
    else hangUp()
  }

  try {
    const check = patience()
    let warmth: string | undefined
    const isWarming = (): boolean => warmth === undefined
    void session.warmed.then((how) => (warmth = how))
    while (isWarming()) {
      check()
      // oxlint-disable-next-line no-await-in-loop -- one moment after the other
      await sleep(2)
      // oxlint-disable-next-line no-await-in-loop -- one moment after the other
      await line.pass(1)
    }
    if (warmth !== 'ready') throw notToBeHad()
    if (session.facts.legId === '') session.bind(LEG_ID)
    line.connect(session)
    await settle(false)
    const { caller: steps } = situation
    for (const [index, step] of steps.entries()) {
      if (session.state.phase === 'ended') break
      const next = steps[index + 1]
      if ('say' in step && step.during !== undefined) {
        const isGoodbye = step.during === 'goodbye'
        // oxlint-disable-next-line no-await-in-loop -- one step after the other
        await until(() => line.isPlaying && isCalm() && (!isGoodbye || session.state.phase === 'leaving'))
        // oxlint-disable-next-line no-await-in-loop -- one step after the other
        await line.pass(INTO_REPLY_MS)
        // Who has hung up without a word is spoken to by nobody.
        if (isOver(session.state)) break
      }
      entries.push({ kind: 'step', index })
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      await perform(step)
      // oxlint-disable-next-line no-await-in-loop -- one step after the other
      if (!(next && 'say' in next && next.during !== undefined)) await settle(next !== undefined && 'person' in next)
    }
    if (session.state.phase !== 'ended') hangUp()
    return {
      promptVersion: mode.promptVersion,
      entries,
      end: endOf(session.state.disposition),
      firstWordsMs: bridge.firstWordsMs,
      ...(to === undefined ? {} : { to }),
    }
  } finally {
    registry.closeAll('operator_hung_up')
  }
}
