import { GatewayError, pause, PlacingFailed, type CallSession, type Placing } from '@llc-phone/core'
import type { OutboundChange } from '@llc-phone/store'
import type { DialerOptions, DialerProblem, DialRequest } from './dialer-types.ts'
import { capRefused, type Gates } from './gates.ts'
import type { LateNews } from './late-news.ts'
import { lookUpLeg } from './look-up.ts'
import { carrierUsd } from './outcome.ts'
import type { OutgoingEvent } from './outgoing-state.ts'
import type { createPacer } from './pacer.ts'
import type { CallRecord } from './record.ts'

/** Everything that an outgoing call needs. */
export interface OutgoingPorts extends Pick<
  DialerOptions,
  'registry' | 'ledger' | 'carrier' | 'line' | 'policy' | 'clock' | 'prewarmTimeoutMs' | 'primes'
> {
  readonly gates: Gates
  /** Spaces out the requests to the carrier: the queue spaces out starts only, and warming models takes unequal time. */
  readonly pacer: ReturnType<typeof createPacer>
  readonly lateNews: LateNews
  modelIsOut(): boolean
  random(): number
  /** Ends a leg without a session; never rejects. */
  endLeg(callId: string, legId: string): Promise<void>
  problem(problem: DialerProblem): void
  /** Makes `stop` wait for the task, for five seconds at most. */
  track<Result>(task: Promise<Result>): Promise<Result>
}

/** A call to be placed. */
export interface NewCall {
  readonly callId: string
  readonly request: DialRequest
  /** After this (ms of `clock.now()`) it must not be placed any more. */
  readonly expiresAtMs: number
}

/** The carrier's limit lies this far behind the mode's own, so that the mode can say goodbye first. */
const GOODBYE_SECONDS = 60

const DETECTION = { hangUp: 'start', continue: 'start', leaveMessage: 'messageEnd' } as const

const placingOf = ({ callId, request }: NewCall, { policy, carrier }: OutgoingPorts): Placing => {
  const { to, extension, from, plan } = request
  const { detectMachines, ringSeconds, maxCallSeconds } = policy()
  const { maxDurationMs } = plan.mode.patience
  // With an extension the switchboard answers first, and detection would judge the switchboard.
  const detects = detectMachines && carrier.can.detectsMachines && extension === undefined
  return {
    callId,
    to,
    ...(extension === undefined ? {} : { extension }),
    from,
    ringSeconds,
    timeLimitSeconds: Math.min(maxCallSeconds, Math.ceil(maxDurationMs / 1_000) + GOODBYE_SECONDS),
    detection: detects ? DETECTION[plan.machine.action] : 'off',
  }
}

/** The asynchronous steps of a call. Each resolves to an event, or rejects if the call must not be placed. */
export const createErrands = (call: NewCall, ports: OutgoingPorts, record: CallRecord) => {
  const { callId, request, expiresAtMs } = call
  const { registry, ledger, carrier, line, policy, clock, gates, primes, prewarmTimeoutMs } = ports
  const { to, from, calleeName, plan, origin } = request

  return {
    async passGates(): Promise<OutgoingEvent> {
      await gates.pass(to, from, plan.consent)
      return { type: 'gatesOpen' }
    },
    async reserve(): Promise<OutgoingEvent> {
      const outcome = await ledger.reserve(callId, gates.limitsAt(clock.date()))
      if (!outcome.granted) throw capRefused(to, outcome)
      return { type: 'reserved' }
    },
    openSession(): CallSession {
      const callee = { number: to, ...(calleeName === undefined ? {} : { name: calleeName }) }
      const { mode, machine } = plan
      return registry.prepare({ callId, callee, dialled: from, mode, machine, primes, line, ...origin })
    },
    /** Rejects when the model refuses the call: then nobody is called. */
    async warm(session: CallSession): Promise<OutgoingEvent | undefined> {
      const warmth = (await pause(clock, prewarmTimeoutMs, session.warmed)) ?? 'late'
      if (warmth === 'ended') return undefined
      // A slow model is connected after the callee has answered; during an outage nobody is rung.
      if (warmth === 'late' && ports.modelIsOut())
        throw new GatewayError('model_outage', 'No model is to be had at present, as other calls have shown.')
      if (warmth !== 'refused') return { type: 'warmed' }
      const fault = session.state.modelProblem?.error
      throw new GatewayError(fault?.code ?? 'model_refused', fault?.message ?? 'The model refuses the call.')
    },
    async noteDialling(): Promise<OutgoingEvent> {
      await record.require({ state: 'dialling' })
      return { type: 'noted' }
    },
    /** Never rejects: a leg may exist whatever fails here. */
    async place(session: CallSession): Promise<OutgoingEvent> {
      try {
        // The request tells the carrier where to send the audio, so the stream counts as offered.
        session.offered()
        const { legId } = await carrier.place(placingOf(call, ports))
        return { type: 'placed', legId }
      } catch (cause) {
        const kind = cause instanceof PlacingFailed ? cause.kind : 'unknown'
        const message = cause instanceof PlacingFailed ? cause.message : 'The carrier has failed.'
        const error = new GatewayError('call_not_placed', message, { cause })
        const remainingMs = expiresAtMs - clock.now()
        return { type: 'placingFailed', kind, error, remainingMs, jitter: ports.random(), at: clock.date() }
      }
    },
    /** `askedAt`: when the carrier was asked to place it. */
    lookUp: (session: CallSession, askedAt: Date) =>
      lookUpLeg({ carrier, ledger, clock }, { callId, to, from }, askedAt, {
        legId: () => session.facts.legId || undefined,
        bind: (legId) => session.bind(legId),
      }),
    async noteEnd(change: OutboundChange, modelUsd: number | undefined): Promise<void> {
      const { answeredAt, endedAt } = change
      const usd = endedAt && carrierUsd(policy().spend.carrierUsdPerMinute, answeredAt, endedAt)
      await record.note(modelUsd === undefined || usd === undefined ? change : { ...change, costUsd: modelUsd + usd })
    },
  }
}
