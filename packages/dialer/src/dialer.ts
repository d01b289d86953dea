import { randomUUID } from 'node:crypto'
import { CallRefused, GatewayError } from '@llc-phone/core'
import type { OutboundCall } from '@llc-phone/store'
import { createCalls } from './calls.ts'
import type { Dialer, DialerOptions, DialRequest } from './dialer-types.ts'
import { capRefused, createGates } from './gates.ts'
import { createLine, type Admission } from './waiting-line.ts'
import { createOutgoingCall, hasEnded, isOver, type OutgoingCall } from './outgoing-call.ts'
import { createPlacer } from './place-call.ts'
import { createRecord } from './record.ts'
import { createRecovery } from './recovery.ts'
import { prepareZones } from './time-zones.ts'
import { pause } from './pause.ts'

/** What is under way when the gateway stops has this long to come to its end; the next process ends the rest. */
const STOP_AFTER_MS = 5_000

/** Repeated requests get the very error again while it is remembered; later, its sentence. */
const ERRORS_KEPT = 1_000

const draining = (): GatewayError => new GatewayError('draining', 'The gateway is stopping and places no more calls.')

const conflict = (): GatewayError =>
  new GatewayError(
    'idempotency_conflict',
    'This Idempotency-Key came with another request before. Use a new key for a new call.',
  )

const unexpected = (cause: unknown): GatewayError =>
  cause instanceof GatewayError ? cause : new GatewayError('internal', 'The call could not be placed.', { cause })

/**
 * Places calls.
 *
 * @example
 * const dialer = createDialer({ registry, ledger: store.outbound, doNotCall: store.doNotCall, contacts: store.contacts, carrier, policy, clock, … })
 * await dialer.start()
 * const { callId, state } = await dialer.dial({ to, from, modeName: 'reminders', plan, requestHash })
 */
export const createDialer = (options: DialerOptions): Dialer => {
  const { registry, ledger, doNotCall, contacts, carrier, policy, clock, prewarmTimeoutMs, primes } = options
  const { random = Math.random, webhook = false } = options
  const problem = options.onProblem?.bind(options) ?? (() => {})
  const isOurs = options.isOurs?.bind(options) ?? (() => false)
  const gates = createGates({ policy, doNotCall, contacts, clock, isOurs })
  const line = createLine(clock, policy)
  const place = createPlacer({ carrier, ledger, clock, policy, gates, random })
  const calls = createCalls({ carrier, ledger, clock, policy, problem })
  /** Requests whose answer is on its way, by their key. */
  const answering = new Map<string, { readonly requestHash: string; readonly answer: Promise<OutboundCall> }>()
  const errors = new Map<string, GatewayError>()
  let stopping = false

  const recover = createRecovery({
    carrier,
    ledger,
    clock,
    isOurs: (callId) => calls.byId(callId) !== undefined,
    isStopping: () => stopping,
    onProblem: problem,
  })

  const recordOf = async (callId: string): Promise<OutboundCall> => {
    const call = await ledger.find(callId)
    if (!call) throw new GatewayError('internal', 'The ledger has lost an outbound call.')
    return call
  }

  /** Prepares the model; nobody is called when it does not want this call. */
  const warm = async (call: OutgoingCall): Promise<void> => {
    const { callId, request } = call
    const { to, from, callerName, plan } = request
    const caller = { number: to, ...(callerName === undefined ? {} : { name: callerName }) }
    const { mode, machine } = plan
    const session = registry.prepare({ callId, caller, dialled: from, mode, machine, primes, line: options.line })
    call.session = session
    const warmth = (await pause(clock, prewarmTimeoutMs, session.warmed)) ?? 'late'
    if (warmth === 'refused')
      throw session.state.modelProblem?.error ?? new GatewayError('model_refused', 'The model refuses the call.')
    if (warmth === 'ended' || hasEnded(call))
      throw new GatewayError('call_not_placed', 'The call was ended before it was placed.')
  }

  /** From its turn to the moment the callee's phone rings. */
  const carry = async (call: OutgoingCall, waited: boolean): Promise<void> => {
    const { callId, request } = call
    const { to, from, plan } = request
    if (waited) await gates.pass(to, from, plan.consent)
    if (stopping) throw draining()
    const outcome = await ledger.reserve(callId, gates.limitsAt(clock.date()))
    // Taken back meanwhile.
    if (isOver(call)) return
    if (!outcome.granted) throw capRefused(to, outcome)
    if (stopping) throw draining()
    await warm(call)
    const found = await place(call)
    if ('problem' in found) await calls.lose(call, found.problem)
    else await calls.placed(call, found.legId)
  }

  /** Takes a call to where it rings, or its end into the ledger. `queued` runs if no slot is free for it. */
  const run = async (call: OutgoingCall, admission: Admission, queued: () => void): Promise<void> => {
    try {
      const { to, from, plan } = call.request
      await gates.pass(to, from, plan.consent)
      // Taken back meanwhile.
      if (isOver(call)) return
      call.place = admission.enter(call.expiresAtMs)
      const { comes, turn } = call.place
      if (comes === 'later') queued()
      call.turn = await turn
      if (isOver(call)) return call.turn.release('unused')
      await carry(call, comes !== 'now')
    } catch (cause) {
      // A report may have settled meanwhile what we could not.
      if (call.stage === 'placed' || call.stage === 'over') return
      const error = unexpected(cause)
      errors.set(call.callId, error)
      if (errors.size > ERRORS_KEPT) errors.delete(errors.keys().next().value!)
      if (error.code === 'internal') problem({ callId: call.callId, message: error.message, cause: error.cause })
      await calls.fail(call, error)
      throw error
    }
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

    const record = createRecord(callId, ledger, clock, problem)
    const call = createOutgoingCall({ callId, request, record, requestedAt, expiresAtMs })
    calls.add(call)
    const queued = Promise.withResolvers<void>()
    await Promise.race([calls.track(run(call, admission, queued.resolve)), queued.promise])
    // A call that was taken back is over before that is written.
    if (isOver(call)) await calls.written(call)
    return standing(await recordOf(callId))
  }

  const answer = async (request: DialRequest): Promise<OutboundCall> => {
    if (stopping) throw draining()
    // Before the ledger, so that a request that found no room may come again with the same key.
    const admission = line.admit()
    if (!admission)
      throw new GatewayError('queue_full', `${line.waiting} calls wait for their turn already. Try again later.`)
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
    cancel(callId) {
      const call = calls.byId(callId)
      if (!call || call.stage !== 'preparing' || call.session) return false
      const error = new GatewayError('call_not_placed', 'The call was taken back while it waited.')
      errors.set(callId, error)
      void calls.track(calls.fail(call, error))
      call.place?.leave(error)
      return true
    },
    statusReported: calls.report,
    ended: calls.sessionEnded,
    async start() {
      prepareZones(policy.destinations.countries, clock.date())
      await recover()
    },
    async stop() {
      stopping = true
      line.close(draining())
      calls.drain()
      await pause(clock, STOP_AFTER_MS, calls.settled())
    },
    get waiting() {
      return line.waiting
    },
  }
}
