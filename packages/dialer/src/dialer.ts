import { randomUUID } from 'node:crypto'
import { CallRefused, GatewayError, pause, retried, type Clock } from '@llc-phone/core'
import type { OutboundCall } from '@llc-phone/store'
import type { Dialer, DialerOptions, DialRequest } from './dialer-types.ts'
import { createGates } from './gates.ts'
import { createLateNews } from './late-news.ts'
import { createLeftBehind } from './left-behind.ts'
import { createOutgoingCall } from './outgoing-call.ts'
import { createOutgoingCalls } from './outgoing-calls.ts'
import type { OutgoingPorts } from './outgoing-errands.ts'
import { createPacer } from './pacer.ts'
import { prepareZones } from './time-zones.ts'
import { createCallQueue, type Admission } from './call-queue.ts'
import { createSharedCalls, turnNow, UNREADABLE } from './shared-calls.ts'

/** Unfinished calls get this long when the gateway stops; the next process ends the rest. */
const STOP_AFTER_MS = 5_000

/** How long a dial request waits for the ledger's writes, so that a failing database does not hold up the answer. */
const ANSWER_WITHIN_MS = 1_000

/** Delays before the carrier is asked again to end a leg without a session. */
const END_AGAIN_AFTER_MS = [1_000, 4_000, 15_000]

/** How many errors are kept for repeated requests; older ones get `call_not_placed` with the message from the ledger. */
const ERRORS_KEPT = 1_000

const draining = (): GatewayError => new GatewayError('draining', 'The gateway is stopping and places no more calls.')

const conflict = (): GatewayError =>
  new GatewayError(
    'idempotency_conflict',
    'This Idempotency-Key was already used for another request. Use a new key for a new call.',
  )

/**
 * Places calls.
 *
 * @example
 * const dialer = createDialer({ registry, ledger: store.outbound, doNotCall: store.doNotCall, contacts: store.contacts, carrier, policy: () => policy, clock, … })
 * await dialer.start()
 * const { callId, state } = await dialer.dial({ to, from, modeName: 'reminders', plan, requestHash })
 */
export const createDialer = (options: DialerOptions): Dialer => {
  const { registry, ledger, doNotCall, contacts, carrier, shared } = options
  // Hours, frequency and spend of all processes go by one clock.
  const clock: Clock = shared ? { ...options.clock, date: () => shared.queue.date() } : options.clock
  const policy = options.policy.bind(options)
  const { random = Math.random, webhook = false } = options
  const problem = options.onProblem?.bind(options) ?? (() => {})
  const modelIsOut = options.modelIsOut?.bind(options) ?? (() => false)
  const isOurNumber = options.isOurNumber?.bind(options) ?? (() => false)
  const tasks = new Set<Promise<unknown>>()
  /** Requests not answered yet, by idempotency key. */
  const answering = new Map<string, { readonly requestHash: string; readonly answer: Promise<OutboundCall> }>()
  const errors = new Map<string, GatewayError>()
  const gates = createGates({ policy, doNotCall, contacts, clock, isOurNumber })
  let stopping = false

  const track = <Result>(task: Promise<Result>): Promise<Result> => {
    tasks.add(task)
    const forget = (): void => void tasks.delete(task)
    task.then(forget, forget)
    return task
  }
  const settled = async (): Promise<void> => {
    while (tasks.size > 0) await Promise.allSettled(tasks)
  }

  const endLeg = (callId: string, legId: string): Promise<void> =>
    retried(clock, END_AGAIN_AFTER_MS, () => carrier.end(legId)).catch((cause: unknown) =>
      problem({ callId, message: 'An outbound call without a session could not be hung up.', cause }),
    )

  const mayStart = (): boolean => !modelIsOut() && registry.room.refuse('outbound') === undefined
  const callQueue = createCallQueue(clock, policy, mayStart)
  const lateNews = createLateNews({
    ledger,
    clock,
    isShared: shared !== undefined,
    carrierUsdPerMinute: () => policy().spend.carrierUsdPerMinute,
    endLeg,
    problem,
  })
  const calls = createOutgoingCalls({
    keepAlive: (callIds) => (shared ? shared.ledger.keepAlive(callIds) : ledger.keepAlive(callIds, clock.date())),
    clock,
    lateNews,
    problem,
    track,
  })
  const ports: OutgoingPorts = {
    ...options,
    clock,
    aheadMs: () => (shared ? clock.date().getTime() - options.clock.date().getTime() : 0),
    modelIsOut,
    lateNews,
    random,
    endLeg,
    problem,
    track,
    gates,
    pacer: createPacer(clock, () => policy().callsPerSecond),
    full: () => sharedCalls?.full(),
  }
  const endLeftBehind = createLeftBehind({
    carrier,
    ledger,
    clock,
    isOfThisProcess: calls.has,
    isStopping: () => stopping,
    onProblem: problem,
    ...(options.isWithSomebodyElse ? { isWithSomebodyElse: options.isWithSomebodyElse } : {}),
    ...(shared
      ? {
          takeSilent: () => shared.ledger.takeSilent(shared.instance),
          mayRing: shared.adopts,
          isSteady: () => sharedCalls!.isSteady(),
        }
      : {}),
  })
  const sharedCalls =
    shared &&
    createSharedCalls({
      ...shared,
      requests: ledger,
      clock,
      policy,
      mayStart,
      passGates: ({ to, from, plan }) => gates.pass(to, from, plan.consent),
      place({ taken, ...call }, left) {
        const { callId } = taken
        const placed = createOutgoingCall({ ...call, callId, taken }, ports, {
          refused: (error) => remember(callId, error),
          ended: () => calls.remove(callId),
          leftQueue: left,
        })
        calls.add(placed)
        if (stopping) placed.drain(draining())
      },
      problem,
    })

  const remember = (callId: string, error: GatewayError): void => {
    errors.set(callId, error)
    if (errors.size > ERRORS_KEPT) errors.delete(errors.keys().next().value!)
  }

  const recordOf = async (callId: string): Promise<OutboundCall> => {
    const call = await ledger.find(callId)
    if (!call) throw new GatewayError('internal', 'The ledger has lost an outbound call.')
    return call
  }

  /** The answer to a dial request, also when it is repeated with the same Idempotency-Key. */
  const answerFor = (call: OutboundCall): OutboundCall => {
    const { callId, state, gate, until } = call
    const sentence = call.problem ?? 'The call was not placed.'
    if (state === 'refused' && gate) throw new CallRefused(gate, sentence, until)
    // Of several processes each says the same.
    const error = shared ? undefined : errors.get(callId)
    if (state === 'failed') throw error ?? new GatewayError('call_not_placed', sentence)
    return call
  }

  const begin = async (request: DialRequest, admission: Admission): Promise<OutboundCall> => {
    const { to, from, modeName, plan, requestHash, idempotencyKey } = request
    const callId = randomUUID()
    const requestedAt = clock.date()
    const expiresAtMs = clock.now() + (request.maxWaitMs ?? policy().queue.maxAgeMs)
    const known = { callId, to, from, mode: modeName, scenario: plan.scenario, requestedAt, requestHash, webhook }
    const beginning = { ...known, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }
    const begun = await (sharedCalls ? sharedCalls.put(beginning, request) : ledger.begin(beginning))
    if (begun.outcome === 'conflict') throw conflict()
    if (begun.outcome === 'same') return answerFor(begun.call)
    if (sharedCalls) return recordOf(callId)

    const call = createOutgoingCall({ callId, request, admission, expiresAtMs }, ports, {
      refused: (error) => remember(callId, error),
      ended: () => calls.remove(callId),
    })
    calls.add(call)
    if (stopping) call.drain(draining())
    await call.answerable
    // A queued call has nothing new to write.
    if (call.isSettled) await pause(clock, ANSWER_WITHIN_MS, call.written())
    if (call.error) throw call.error
    return answerFor(await recordOf(callId))
  }

  const answer = async (request: DialRequest): Promise<OutboundCall> => {
    if (stopping) throw draining()
    // Before the ledger, so that a request refused as `queue_full` may be repeated with the same key.
    const admission = callQueue.admit()
    if (!admission)
      throw new GatewayError(
        'queue_full',
        `The queue is full: ${callQueue.waiting} calls are waiting. Try again later.`,
      )
    try {
      return await begin(request, admission)
    } finally {
      admission.cancel()
    }
  }

  return {
    async dial(request) {
      const { idempotencyKey: key, requestHash } = request
      if (key === undefined) return answer(request)
      const earlier = answering.get(key)
      if (earlier && earlier.requestHash !== requestHash) throw conflict()
      if (earlier) return earlier.answer
      const entry = { requestHash, answer: answer(request) }
      answering.set(key, entry)
      try {
        return await entry.answer
      } finally {
        answering.delete(key)
      }
    },
    check: ({ to, from, plan }) => gates.pass(to, from, plan.consent),
    async cancel(callId) {
      const sentence = 'The call was cancelled while it was queued.'
      if (calls.cancel(callId, new GatewayError('call_not_placed', sentence))) return true
      return (await sharedCalls?.takeBack(callId, sentence)) ?? false
    },
    async adopt(callId, resume) {
      const found = stopping ? undefined : await shared?.ledger.adopt(callId, shared.instance)
      if (!shared || !found) return undefined
      const request = await shared.restore(found.plan, callId)
      if (!request) throw new GatewayError('call_not_placed', UNREADABLE)
      const { legId, answeredAt } = found
      const session = resume?.(request)
      const adopted = {
        ...(legId === undefined ? {} : { legId }),
        ...(answeredAt ? { answeredAt } : {}),
        ...(session ? { session } : {}),
      }
      const known = { callId, request, taken: found, adopted }
      const call = createOutgoingCall({ ...known, admission: turnNow, expiresAtMs: clock.now() }, ports, {
        refused: (error) => remember(callId, error),
        ended: () => calls.remove(callId),
      })
      calls.add(call)
      return call.session
    },
    statusReported: calls.statusReported,
    ended: calls.sessionEnded,
    left: ({ facts }) => calls.leave(facts.callId),
    async start() {
      prepareZones(policy().destinations.countries, clock.date())
      await endLeftBehind()
      // It is tried until it works, and the gateway takes calls meanwhile.
      void sharedCalls?.start()
    },
    async stop() {
      stopping = true
      callQueue.close(draining())
      sharedCalls?.leave()
      calls.drain(draining())
      await pause(clock, STOP_AFTER_MS, settled())
      if (shared) await pause(clock, STOP_AFTER_MS, shared.queue.stop())
    },
    get waiting() {
      return sharedCalls?.waiting.calls ?? callQueue.waiting
    },
    get oldestMs() {
      return sharedCalls?.waiting.oldestMs ?? callQueue.oldestMs
    },
  }
}
