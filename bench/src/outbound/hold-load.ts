import { setTimeout as wait } from 'node:timers/promises'
import { calleeNumber } from './callee-numbers.ts'
import type { FakeCallee } from './fake-callee.ts'
import type { ModelSocket } from '../world/fake-model-session.ts'
import { isLeaked, outlivedMs, type Lifetime } from './leaks.ts'
import type { HoldJob, HoldResult } from './outbound-messages.ts'
import { createOutboundWorld, serveOutbound } from './outbound-world.ts'
import { createSamples } from '../world/samples.ts'

// Calls many people and talks with them at once, while others cannot be reached, and looks for what is left of it.

const CALL_EVERY_MS = 50
const START_UP_MS = 300
const REPLY_MS = 200
const RING_MS = 1_500
const LISTEN_MS = 1_000
const DETECTED_AFTER_MS = 3_000
/** Every fifth call comes to nothing, each in another way. */
const FAILS_EVERY = 5
const FAILURES = ['busy', 'no-answer', 'failed', 'canceled', 'hung up while ringing', 'fax'] as const
/** Every 23rd answer of Twilio's to a request for a call is lost. */
const LOST_EVERY = 23
/** Every tenth request is sent twice. */
const REPEATED_EVERY = 10
const END_EVERY_MS = 20
const SETTLE_MS = 7_000
const HOLD_LIMIT_MS = 60_000

const { origin, held } = JSON.parse(process.argv[2]!) as HoldJob
const calls = held + Math.floor((held - 1) / (FAILS_EVERY - 1))

/** Which failure, and whether the callback about it is lost. */
const failureOf = (index: number) => {
  if (index % FAILS_EVERY !== FAILS_EVERY - 1) return undefined
  const number = Math.floor(index / FAILS_EVERY)
  return { kind: FAILURES[number % FAILURES.length]!, untold: Math.floor(number / FAILURES.length) % 2 === 1 }
}

const fail = async (callee: FakeCallee, { kind, untold }: NonNullable<ReturnType<typeof failureOf>>): Promise<void> => {
  if (kind === 'fax') {
    await callee.answer(() => {})
    await wait(LISTEN_MS)
    return callee.detected('fax')
  }
  // It is Twilio that ends the call then, and says so.
  if (kind === 'hung up while ringing') return void (await world.hangUp(callee.callSid))
  return callee.end(kind, { untold })
}

const lead = async (callee: FakeCallee): Promise<void> => {
  const failure = failureOf(callee.index)
  await callee.ring(RING_MS + (callee.index % 7) * 200)
  if (failure) return fail(callee, failure)
  await callee.answer(() => {})
  await wait(DETECTED_AFTER_MS)
  await callee.detected('human')
}

/** In turn: a goodbye, a broken line, a broken line that nobody is told of, and the operator. */
const hangUp = async (callee: FakeCallee, turn: number): Promise<void> => {
  if (turn % 4 === 3) return void (await world.hangUp(callee.callSid))
  await callee.end('completed', { cut: turn % 4 !== 0, untold: turn % 4 === 2 })
}

const world = await createOutboundWorld({
  origin,
  manner: { startUpMs: START_UP_MS, replyAfterMs: REPLY_MS },
  lead,
  losesAnswer: ({ index }) => index % LOST_EVERY === LOST_EVERY - 1,
})
const { model, twilio } = world

const talking = (): FakeCallee[] =>
  twilio.callees.filter(({ media, status, endedAt }) => media && status === 'in-progress' && endedAt === undefined)
const expected = Array.from({ length: calls }, (_, index) => index).filter((index) => !failureOf(index)).length

const untilHeld = async (): Promise<void> => {
  const deadline = performance.now() + HOLD_LIMIT_MS
  const isSettled = (): boolean =>
    talking().length === expected && twilio.callees.every(({ index, endedAt }) => !failureOf(index) || endedAt)
  while (!isSettled() && performance.now() < deadline) await wait(100)
}

const lifetimeOf = ({ call, closedAt }: ModelSocket): Lifetime => ({
  closedAt,
  endedAt: twilio.callees.find(({ index }) => index === call)?.endedAt,
})

serveOutbound(world, async (bench): Promise<HoldResult> => {
  const asked: Promise<boolean>[] = []
  for (let index = 0; index < calls; index++) {
    asked.push(world.ask(index))
    if (index % REPEATED_EVERY === 0) asked.push(world.ask(index))
    await wait(CALL_EVERY_MS)
  }
  await Promise.all(asked)
  await untilHeld()
  await bench.held()
  const ending = talking()
  const heldAtOnce = ending.length
  for (const [turn, callee] of ending.entries()) {
    hangUp(callee, turn).catch((error: Error) => world.onProblem(`call ${callee.index}: ${error.message}`))
    await wait(END_EVERY_MS)
  }
  await wait(SETTLE_MS)

  const now = performance.now()
  const outlived = createSamples()
  const lifetimes = model.sockets.map(lifetimeOf)
  const times = lifetimes.map((lifetime) => outlivedMs(lifetime, now)).filter((each) => each !== undefined)
  for (const each of times) outlived.add(each)
  const numbers = Array.from({ length: calls }, (_, index) => calleeNumber(index))
  const timesRung = Map.groupBy(twilio.callees, ({ to }) => to)
  return {
    asked: calls,
    placed: numbers.filter((number) => timesRung.has(number)).length,
    rungTwice: [...timesRung.values()].filter((rung) => rung.length > 1).length,
    heldAtOnce,
    sessions: model.sockets.length,
    leakedSessions: lifetimes.filter((lifetime) => isLeaked(lifetime, now)).length,
    outlivedMs: { ...outlived.quantiles(), max: Math.max(0, ...times) },
    leakedMedia: twilio.callees.filter(({ media }) => media?.isOpen).length,
    openAtEnd: model.open,
    lateMs: world.late.quantiles(),
    problems: world.problems,
  }
})
