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

/** What calls are placed with. */
export interface OutgoingPorts extends Pick<
  DialerOptions,
  'registry' | 'ledger' | 'carrier' | 'line' | 'policy' | 'clock' | 'prewarmTimeoutMs' | 'primes'
> {
  readonly gates: Gates
  /** The waiting line spaces out who begins; models take their time, and requests would bunch up behind them. */
  readonly pacer: ReturnType<typeof createPacer>
  readonly lateNews: LateNews
  random(): number
  /** Ends a leg that nobody serves; never rejects. */
  endLeg(callId: string, legId: string): Promise<void>
  problem(problem: DialerProblem): void
  /** The process does not stop before it is done, or five seconds have passed. */
  track<Result>(task: Promise<Result>): Promise<Result>
}

/** A call that is to be placed. */
export interface NewCall {
  readonly callId: string
  readonly request: DialRequest
  /** Later (ms on the clock that never goes back) it must not be placed any more. */
  readonly expiresAtMs: number
}

/** The mode says goodbye by itself before the carrier cuts it off. */
const GOODBYE_SECONDS = 60

const DETECTION = { hangUp: 'start', continue: 'start', leaveMessage: 'messageEnd' } as const

const placingOf = ({ callId, request }: NewCall, { policy, carrier }: OutgoingPorts): Placing => {
  const { to, extension, from, plan } = request
  const { maxDurationMs } = plan.mode.patience
  // What answers first behind a switchboard is the switchboard, and says nothing about who comes.
  const detects = policy.detectMachines && carrier.can.detectsMachines && extension === undefined
  return {
    callId,
    to,
    ...(extension === undefined ? {} : { extension }),
    from,
    ringSeconds: policy.ringSeconds,
    timeLimitSeconds: Math.min(policy.maxCallSeconds, Math.ceil(maxDurationMs / 1_000) + GOODBYE_SECONDS),
    detection: detects ? DETECTION[plan.machine.action] : 'off',
  }
}

/** What is done for a call that takes its time. Each resolves to what came of it, or rejects if the call must not be placed. */
export const createErrands = (call: NewCall, ports: OutgoingPorts, record: CallRecord) => {
  const { callId, request, expiresAtMs } = call
  const { registry, ledger, carrier, line, policy, clock, gates, primes, prewarmTimeoutMs } = ports
  const { to, from, callerName, plan } = request

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
      const caller = { number: to, ...(callerName === undefined ? {} : { name: callerName }) }
      const { mode, machine } = plan
      return registry.prepare({ callId, callee: caller, dialled: from, mode, machine, primes, line })
    },
    /** Nobody is called when the model does not want this call. */
    async warm(session: CallSession): Promise<OutgoingEvent | undefined> {
      const warmth = (await pause(clock, prewarmTimeoutMs, session.warmed)) ?? 'late'
      if (warmth === 'ended') return undefined
      if (warmth !== 'refused') return { type: 'warmed' }
      const fault = session.state.modelProblem?.error
      throw new GatewayError(fault?.code ?? 'model_refused', fault?.message ?? 'The model refuses the call.')
    },
    async noteDialling(): Promise<OutgoingEvent> {
      await record.require({ state: 'dialling' })
      return { type: 'noted' }
    },
    /** Never rejects: whatever happens here may have made a leg. */
    async place(session: CallSession): Promise<OutgoingEvent> {
      try {
        // The carrier is told along with the request where the audio goes.
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
      const usd = endedAt && carrierUsd(policy.spend.carrierUsdPerMinute, answeredAt, endedAt)
      await record.note(modelUsd === undefined || usd === undefined ? change : { ...change, costUsd: modelUsd + usd })
    },
  }
}
