import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import {
  GatewayError,
  inTime,
  isLoopback,
  isPerson,
  maskNumber,
  systemClock,
  type CallRegistry,
  type E164,
  type LineHttp,
} from '@llc-phone/core'
import type { InnerCarrier } from '@llc-phone/line-twilio'
import type { Persons } from '@llc-phone/virtual-carrier/line-protocol'
import type { VirtualLine } from '@llc-phone/virtual-carrier/virtual-line'
import type { Logger } from 'pino'
import type { Env } from '../configuration/env.ts'
import type { CallLog } from '../watching/call-log.ts'
import { describeCause } from '../watching/describe-cause.ts'
import type { Admitted } from '../routes/access.ts'
import type { Actor } from '../routes/roles.ts'
import { askSimulatedModel } from './simulated-model.ts'
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
const LINE_PATH = /^\/console\/line\/([\w-]{43})$/
/** More calls than a day has; what is read is their cost. */
const MOST_READ = 1_000
const JOURNAL_LIMIT_MS = 5_000

interface Running extends TestCall {
  readonly actor: Actor
  line?: VirtualLine
  expires?: NodeJS.Timeout
}

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
  /** Who sends the upgrade; rejects when they may not. */
  admit(request: IncomingMessage): Promise<Admitted>
}): TestCalls => {
  const { env, log, registry, calls, http } = parts
  const running = new Map<string, Running>()
  const tokens = new Map<string, string>()
  const legs = createTestLegs()
  const ending = new Set<Promise<void>>()
  /** Taken by calls that are being prepared. */
  let places = 0
  const isModelSimulated = isLoopback(env.OPENAI_REALTIME_URL)
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
    const closing = call.trial
      .close()
      .catch((error: unknown) => log.warn({ callId: call.callId, ...describeCause(error) }, 'trial not closed'))
    ending.add(closing)
    void closing.finally(() => ending.delete(closing))
  }

  const spentToday = async (): Promise<number> => {
    const midnight = new Date()
    midnight.setUTCHours(0, 0, 0, 0)
    const over = await inTime(
      systemClock,
      JOURNAL_LIMIT_MS,
      calls.recent(MOST_READ, { filter: { isTest: true, from: midnight } }),
    )
    const live = [...running.keys()].flatMap((callId) => {
      const call = registry.byCallId(callId)
      return call && call.state.phase !== 'ended' ? [calls.storyOf(call)] : []
    })
    return [...over, ...live].reduce((sum, { costUsd = 0 }) => sum + costUsd, 0)
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
      reach: createInnerReach({ publicUrl: env.PUBLIC_URL, host: env.HOST, port }),
      voiceUrl: `${env.PUBLIC_URL}/twiml`,
      statusCallback: `${env.PUBLIC_URL}/twilio/status`,
      to: trial.dialled,
      from: call.from,
      persons: call.persons,
      limitMs: LONGEST_MS,
      speak,
      describePerson(number) {
        const route = routes.find((each) => each !== undefined && isPerson(each) && each.number === number)
        return { label: route?.label ?? 'a person', number: maskNumber(number) }
      },
      onLeg: (sid) => legs.add(sid, callId),
      address: () => addressFor(callId),
      callId,
      ...simulated,
    })
    call.line = line
    log.info({ callId, legId: line.legSid, instance: name, by: call.actor.name }, 'test call rings')
    const over = line.ended.then(async () => {
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
      whenOver(() => line.hangUp('signed out')),
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
        const limit = env.TEST_CALLS_DAILY_SPEND_USD
        if (!isModelSimulated && (await spentToday()) >= limit)
          throw new GatewayError(
            'test_spend_reached',
            `Test calls have cost $${limit} today (TEST_CALLS_DAILY_SPEND_USD). Go on after midnight UTC, or set it higher.`,
          )
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
        if (call.line) call.line.hangUp('the gateway stops')
        else forget(call)
      await Promise.all(ending)
    },
  }
}
