import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  GatewayError,
  isLoopback,
  isPerson,
  maskNumber,
  type CallRegistry,
  type E164,
  type LineHttp,
} from '@llc-phone/core'
import type { InnerCarrier } from '@llc-phone/line-twilio'
import type { Persons } from '@llc-phone/virtual-carrier/line-protocol'
import type { VirtualLine } from '@llc-phone/virtual-carrier/virtual-line'
import type { CallTrial } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { Env } from '../configuration/env.ts'
import { callUrlOf } from '../configuration/fleet-env.ts'
import type { CallLog } from '../watching/call-log.ts'
import { describeCause } from '../watching/describe-cause.ts'
import type { Admitted } from '../routes/access.ts'
import type { Actor } from '../routes/roles.ts'
import { askSimulatedModel } from './simulated-model.ts'
import { createTestSpend } from './spend.ts'
import type { Trial } from './trial.ts'
import { createTestLegs } from './test-legs.ts'
import { canSpeak, speak } from './test-voice.ts'

/** What somebody wants to ring. */
export interface TestCallOrder {
  readonly trial: Trial
  readonly persons: Persons
  /** Withheld when absent. */
  readonly from?: E164 | undefined
}

/** A call that nobody but whoever rings hears of. */
export interface TestCall extends TestCallOrder {
  readonly callId: string
}

/** A place among the test calls that there may be at once: for one call. */
export interface TestCallPlace {
  /** The address of the line, good once and for 30 seconds, for `actor` alone. The call rings when the line is opened. */
  begin(order: TestCallOrder, actor: Actor): { readonly callId: string; readonly line: string }
  /** Gives the place up, when no call has begun. */
  leave(): void
}

/** The calls from the console: on a line without telephones, with a mode that works on a copy. */
export interface TestCalls {
  /** Takes a place, before anything is prepared. Throws `draining`, `test_calls_full`, `calls_full` or `test_spend_reached`. */
  takePlace(): Promise<TestCallPlace>
  /** The test call of this leg; `over`: it was one, and what comes late about it must not be taken for a caller's. */
  ofLeg(legId: string): TestCall | 'over' | undefined
  has(callId: string): boolean
  /** What is kept of a test call beside its story, also for a while after its end. */
  trialOf(callId: string): CallTrial | undefined
  /** Ends a test call that does not ring yet; false when there is none of this id, or it rings. */
  cancel(callId: string): boolean
  /** The carrier of these calls. */
  readonly inner: InnerCarrier
  /** Takes over the upgrade of a line's socket. */
  takeUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean
  readonly canSpeak: boolean
  readonly isModelSimulated: boolean
  /** Where the public application listens, whose webhooks are asked. */
  listensAt(port: number): void
  stop(): Promise<void>
}

const MOST_AT_ONCE = 5
const TOKEN_LIVES_MS = 30_000
/** A page that was left open ends with this. */
const LONGEST_MS = 10 * 60_000
/** What a call was doing as it ended is over by then: its tools have their own limits. */
const SETTLED_AFTER_MS = 2_000
/** What calls would have done is told as long as they are kept in memory, and longer. */
const MOST_OLD_TRIALS = 1_000
const LINE_PATH = /^\/console\/line\/([\w-]{43})$/

interface Running extends TestCall {
  readonly actor: Actor
  line?: VirtualLine
  expires?: NodeJS.Timeout
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const isSame = (one: Actor, other: Actor): boolean =>
  one.name === other.name && one.personId === other.personId && one.sessionId === other.sessionId

/** The calls of one gateway. */
export const createTestCalls = (parts: {
  readonly env: Env
  readonly log: Logger
  readonly registry: Pick<CallRegistry, 'byCallId' | 'room'>
  readonly calls: Pick<CallLog, 'storyOf' | 'recent'>
  readonly http: Pick<LineHttp, 'refuseUpgrade'>
  isDraining(): boolean
  /** A call is over and will not note anything more. */
  settled(callId: string): void
  /** Who sends the upgrade; rejects when they may not. */
  admit(request: IncomingMessage): Promise<Admitted>
}): TestCalls => {
  const { env, log, registry, calls, http } = parts
  const running = new Map<string, Running>()
  const tokens = new Map<string, string>()
  const legs = createTestLegs()
  const trials = new Map<string, CallTrial>()
  const ending = new Set<Promise<void>>()
  /** Taken by calls that are being prepared. */
  let places = 0
  const isModelSimulated = isLoopback(env.OPENAI_REALTIME_URL)
  const limitUsd = env.TEST_CALLS_DAILY_SPEND_USD
  const spend = createTestSpend({ limitUsd, calls, registry, log, running: () => running.keys() })
  const spent = `Test calls have cost $${limitUsd} today (TEST_CALLS_DAILY_SPEND_USD). Go on after midnight UTC, or set it higher.`
  let port = 0

  const addressFor = (callId: string): string => {
    for (const [token, other] of tokens) if (other === callId) tokens.delete(token)
    const token = randomBytes(32).toString('base64url')
    tokens.set(token, callId)
    return `/console/line/${token}`
  }

  const forget = (call: Running): void => {
    clearTimeout(call.expires)
    for (const [token, other] of tokens) if (other === call.callId) tokens.delete(token)
    running.delete(call.callId)
    legs.trim((callId) => running.has(callId))
    if (call.line) parts.settled(call.callId)
    const closing = call.trial
      .close()
      .catch((error: unknown) => log.warn({ callId: call.callId, ...describeCause(error) }, 'trial not closed'))
    ending.add(closing)
    void closing.finally(() => ending.delete(closing))
  }

  const ring = async (call: Running): Promise<VirtualLine> => {
    const [{ startVirtualLine }, { createInnerReach }] = await Promise.all([
      import('@llc-phone/virtual-carrier/virtual-line'),
      import('@llc-phone/virtual-carrier/inner-reach'),
    ])
    // Two sockets cannot come: a token is good once.
    const { callId, trial } = call
    const { mode, name } = trial.answer
    const routes = Object.values({ ...mode?.routes, fallback: trial.answer.fallback })
    const simulated = isModelSimulated && mode ? askSimulatedModel(env.OPENAI_REALTIME_URL, mode.name) : undefined
    const line = startVirtualLine({
      accountSid: env.TWILIO_ACCOUNT_SID,
      authToken: env.TWILIO_AUTH_TOKEN[0]!,
      reach: createInnerReach({ publicUrl: env.PUBLIC_URL, callUrl: callUrlOf(env), host: env.HOST, port }),
      voiceUrl: `${env.PUBLIC_URL}/twiml`,
      statusCallback: `${env.PUBLIC_URL}/twilio/status`,
      to: trial.dialled,
      from: call.from,
      persons: call.persons,
      limitMs: LONGEST_MS,
      speak,
      describePerson(number) {
        const route = routes.find((each) => each !== undefined && isPerson(each) && each.number === number)
        const person = { label: route?.label ?? 'a person', number: maskNumber(number) }
        trial.note(`${capitalised(person.label)}, ${person.number}, would ring.`)
        return person
      },
      onLeg: (sid) => legs.add(sid, callId),
      address: () => addressFor(callId),
      callId,
      ...simulated,
    })
    call.line = line
    log.info({ callId, legId: line.legSid, instance: name, by: call.actor.name }, 'test call rings')
    const leave = isModelSimulated ? () => undefined : spend.watch(() => line.hangUp(spent))
    const over = line.ended.then(async () => {
      leave()
      await new Promise((resolve) => setTimeout(resolve, SETTLED_AFTER_MS).unref())
      forget(call)
    })
    ending.add(over)
    void over.finally(() => ending.delete(over))
    return line
  }

  const lineOf = (sid: string): VirtualLine => {
    const line = running.get(legs.callOf(sid) ?? '')?.line
    // As Twilio answers about a call that is over.
    if (!line) throw Object.assign(new Error('The call is over.'), { status: 404, code: 20404 })
    return line
  }

  /** The call of a token, which leads nowhere afterwards. */
  const claim = (token: string, actor: Actor): Running => {
    const callId = tokens.get(token)
    const call = callId === undefined ? undefined : running.get(callId)
    if (!call || !isSame(call.actor, actor))
      throw new GatewayError('token_invalid', 'This address of a line is unknown, was used before, or has expired.')
    tokens.delete(token)
    clearTimeout(call.expires)
    return call
  }

  const accept = async (request: IncomingMessage, socket: Duplex, head: Buffer, token: string): Promise<void> => {
    const { actor, whenOver } = await parts.admit(request)
    const call = claim(token, actor)
    const { acceptSoftphone } = await import('@llc-phone/virtual-carrier/accept')
    const line = call.line ?? (await ring(call))
    // Whoever may not listen any more is not listened to.
    socket.once(
      'close',
      whenOver(() => line.hangUp('You are not signed in any more.')),
    )
    acceptSoftphone(request, socket, head, line.attach)
  }

  return {
    canSpeak,
    isModelSimulated,
    async takePlace() {
      if (parts.isDraining()) throw new GatewayError('draining', 'The gateway is about to stop: no new calls.')
      if (running.size + places >= MOST_AT_ONCE)
        throw new GatewayError('test_calls_full', `There are ${MOST_AT_ONCE} test calls already; end one first.`)
      if (registry.room.refuse('inbound'))
        throw new GatewayError('calls_full', 'The gateway has no room for one more call now.')
      // Before anything is waited for: of fifty requests at once the first five get one.
      places++
      let isTaken = true
      const leave = (): void => {
        if (isTaken) places--
        isTaken = false
      }
      try {
        if (!isModelSimulated && (await spend.isReached())) throw new GatewayError('test_spend_reached', spent)
      } catch (error) {
        leave()
        throw error
      }
      return {
        leave,
        begin(order, actor) {
          leave()
          const call: Running = { ...order, callId: randomUUID(), actor }
          running.set(call.callId, call)
          trials.set(call.callId, call.trial.record)
          for (const callId of trials.keys()) {
            if (trials.size <= MOST_OLD_TRIALS) break
            trials.delete(callId)
          }
          call.expires = setTimeout(() => forget(call), TOKEN_LIVES_MS).unref()
          return { callId: call.callId, line: addressFor(call.callId) }
        },
      }
    },
    ofLeg(legId) {
      const callId = legs.callOf(legId)
      return callId === undefined ? undefined : (running.get(callId) ?? 'over')
    },
    has: (callId) => running.has(callId),
    trialOf: (callId) => trials.get(callId),
    cancel(callId) {
      const call = running.get(callId)
      if (!call || call.line) return false
      forget(call)
      return true
    },
    inner: {
      has: (sid) => legs.has(sid),
      create: async (sid, placing) => lineOf(sid).create({ ...placing }),
      update: async (sid, change) => lineOf(sid).update(sid, change),
    },
    takeUpgrade(request, socket, head) {
      const token = LINE_PATH.exec(request.url ?? '')?.[1]
      if (token === undefined) return false
      accept(request, socket, head, token).catch((error: unknown) => {
        const { code, message } =
          error instanceof GatewayError ? error : new GatewayError('internal', 'The line could not be opened.')
        if (code === 'internal') log.error(describeCause(error), 'test call not begun')
        http.refuseUpgrade(socket, code === 'unauthorized' ? 401 : code === 'internal' ? 500 : 403, code, message)
      })
      return true
    },
    listensAt(at) {
      port = at
    },
    async stop() {
      for (const call of running.values())
        if (call.line) call.line.hangUp('The gateway is being stopped or restarted.')
        else forget(call)
      await Promise.all(ending)
    },
  }
}
