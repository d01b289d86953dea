import { randomUUID } from 'node:crypto'
import { CallRefused, GatewayError, pause, retried } from '@llc-phone/core'
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
import { createWaitingLine, type Admission } from './waiting-line.ts'

/** What is under way when the gateway stops has this long to come to its end; the next process ends the rest. */
const STOP_AFTER_MS = 5_000

/** Who waits for an answer does not wait for a database that fails. */
const ANSWER_WITHIN_MS = 1_000

/** A carrier that does not answer is asked again to end a leg that nobody serves. */
const END_AGAIN_AFTER_MS = [1_000, 4_000, 15_000]

/** Repeated requests get the very error again while it is remembered; later, its sentence. */
const ERRORS_KEPT = 1_000

const draining = (): GatewayError => new GatewayError('draining', 'The gateway is stopping and places no more calls.')

const conflict = (): GatewayError =>
  new GatewayError(
    'idempotency_conflict',
    'This Idempotency-Key came with another request before. Use a new key for a new call.',
  )

/**
 * Places calls.
 *
 * @example
 * const dialer = createDialer({ registry, ledger: store.outbound, doNotCall: store.doNotCall, contacts: store.contacts, carrier, policy, clock, … })
 * await dialer.start()
 * const { callId, state } = await dialer.dial({ to, from, modeName: 'reminders', plan, requestHash })
 */
export const createDialer = (options: DialerOptions): Dialer => {
  const { ledger, doNotCall, contacts, carrier, policy, clock } = options
  const { random = Math.random, webhook = false } = options
  const problem = options.onProblem?.bind(options) ?? (() => {})
  const isOurs = options.isOurs?.bind(options) ?? (() => false)
  const { carrierUsdPerMinute } = policy.spend
  const tasks = new Set<Promise<unknown>>()
  /** Requests whose answer is on its way, by their key. */
  const answering = new Map<string, { readonly requestHash: string; readonly answer: Promise<OutboundCall> }>()
  const errors = new Map<string, GatewayError>()
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
      problem({ callId, message: 'An outbound call that nobody serves could not be hung up.', cause }),
    )

  const waitingLine = createWaitingLine(clock, policy)
  const lateNews = createLateNews({ ledger, clock, carrierUsdPerMinute, endLeg, problem })
  const calls = createOutgoingCalls({ ledger, clock, lateNews, problem, track })
  const ports: OutgoingPorts = {
    ...options,
    lateNews,
    random,
    endLeg,
    problem,
    track,
    gates: createGates({ policy, doNotCall, contacts, clock, isOurs }),
    pacer: createPacer(clock, policy.callsPerSecond),
  }
  const endLeftBehind = createLeftBehind({
    carrier,
    ledger,
    clock,
    isOurs: calls.has,
    isStopping: () => stopping,
    onProblem: problem,
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

  /** What is said of a call as it stands, to the first who asked for it and to who asks again with its key. */
  const standing = (call: OutboundCall): OutboundCall => {
    const { callId, state, gate, until } = call
    const sentence = call.problem ?? 'The call was not placed.'
    if (state === 'refused' && gate) throw new CallRefused(gate, sentence, until)
    if (state === 'failed') throw errors.get(callId) ?? new GatewayError('call_not_placed', sentence)
    return call
  }

  const begin = async (request: DialRequest, admission: Admission): Promise<OutboundCall> => {
    const { to, from, modeName, plan, requestHash, idempotencyKey } = request
    const callId = randomUUID()
    const requestedAt = clock.date()
    const expiresAtMs = clock.now() + policy.queue.maxAgeMs
    const known = { callId, to, from, mode: modeName, scenario: plan.scenario, requestedAt, requestHash, webhook }
    const begun = await ledger.begin({ ...known, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) })
    if (begun.outcome === 'conflict') throw conflict()
    if (begun.outcome === 'same') return standing(begun.call)

    const call = createOutgoingCall({ callId, request, admission, expiresAtMs }, ports, {
      refused: (error) => remember(callId, error),
      ended: () => calls.remove(callId),
    })
    calls.add(call)
    if (stopping) call.drain(draining())
    await call.answerable
    // A call that waits for its turn has nothing new to write.
    if (call.isSettled) await pause(clock, ANSWER_WITHIN_MS, call.written())
    if (call.error) throw call.error
    return standing(await recordOf(callId))
  }

  const answer = async (request: DialRequest): Promise<OutboundCall> => {
    if (stopping) throw draining()
    // Before the ledger, so that a request that found no room may come again with the same key.
    const admission = waitingLine.admit()
    if (!admission)
      throw new GatewayError('queue_full', `${waitingLine.waiting} calls wait for their turn already. Try again later.`)
    try {
      return await begin(request, admission)
    } finally {
      admission.leave()
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
    cancel: (callId) =>
      calls.cancel(callId, new GatewayError('call_not_placed', 'The call was taken back while it waited.')),
    statusReported: calls.statusReported,
    ended: calls.sessionEnded,
    async start() {
      prepareZones(policy.destinations.countries, clock.date())
      await endLeftBehind()
    },
    async stop() {
      stopping = true
      waitingLine.close(draining())
      calls.drain(draining())
      await pause(clock, STOP_AFTER_MS, settled())
    },
    get waiting() {
      return waitingLine.waiting
    },
  }
}
