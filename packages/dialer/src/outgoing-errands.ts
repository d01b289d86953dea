import { CallRefused, GatewayError, pause, PlacingFailed, type CallSession, type Placing } from '@llc-phone/core'
import type { OutboundChange, TakenCall } from '@llc-phone/store'
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
  'registry' | 'ledger' | 'carrier' | 'line' | 'policy' | 'clock' | 'prewarmTimeoutMs' | 'primes' | 'shared'
> {
  readonly gates: Gates
  /** Spaces out the requests to the carrier: the queue spaces out starts only, and warming models takes unequal time. */
  readonly pacer: ReturnType<typeof createPacer>
  readonly lateNews: LateNews
  /** How far the clock of all processes is ahead of that of the sessions here (ms). */
  aheadMs(): number
  modelIsOut(): boolean
  random(): number
  /** Ends a leg without a session; never rejects. */
  endLeg(callId: string, legId: string): Promise<void>
  problem(problem: DialerProblem): void
  /** `maxConcurrent` calls are under way in all processes: none needs to be taken for a moment. */
  full?(): void
  /** Makes `stop` wait for the task, for five seconds at most. */
  track<Result>(task: Promise<Result>): Promise<Result>
}

/** A call to be placed. */
export interface NewCall {
  readonly callId: string
  readonly request: DialRequest
  /** After this (ms of `clock.now()`) it must not be placed any more. */
  readonly expiresAtMs: number
  /** Of a call from the shared queue. */
  readonly taken?: TakenCall
  /** Another process has placed it, and its audio comes here. */
  readonly adopted?: {
    /** Absent when that process has not learned it. */
    readonly legId?: string
    readonly answeredAt?: Date
    /** The session that goes on with the conversation; absent when there was none. */
    readonly session?: CallSession
  }
}

/** Later than this after it was noted, others may have looked the call up already, and told that there is none. */
const ASK_WITHIN_MS = 8_000

/** What is written before the carrier is asked takes about this long: it is begun so much before the moment of the call. */
const AHEAD_MS = 100

/** A moment that is over for this long is given up for another one: calls that are late together would be too many in a second. */
const LATE_MS = 100

/** How soon a call that found all slots taken is looked at again. */
export const FULL_AGAIN_MS = 1_000

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
  const { callId, request, expiresAtMs, taken } = call
  const { registry, ledger, carrier, line, policy, clock, gates, primes, prewarmTimeoutMs } = ports
  const { to, from, calleeName, plan, origin } = request

  /** When it was noted that the carrier will be asked: from then on nobody else may place the call. */
  let notedMs = Infinity
  /** The moment of this call (ms of `clock.now()`), of those that all processes share. */
  let slotMs = 0

  const takeSlot = async (): Promise<void> => {
    const waitMs = await ports.shared!.queue.slotMs(policy().callsPerSecond)
    slotMs = clock.now() + waitMs
  }

  /** Waits for the moment. */
  const slotReached = async (): Promise<void> => {
    try {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- only once, unless the machine stalls
        await pause(clock, slotMs - clock.now())
        if (clock.now() - slotMs <= LATE_MS) return
        // oxlint-disable-next-line no-await-in-loop -- as above
        await takeSlot()
      }
    } catch (cause) {
      throw new PlacingFailed('unsent', 'The pace of calls is not known: the database does not answer.', { cause })
    }
  }

  /** A gate that opens in time lets a call of the shared queue wait; every other one refuses it. */
  const refusedOrLater = (error: unknown): OutgoingEvent => {
    const at = clock.date()
    const isInTime = (until: Date): boolean => until.getTime() - at.getTime() < expiresAtMs - clock.now()
    if (taken && notedMs === Infinity && error instanceof CallRefused && error.until && isInTime(error.until))
      return { type: 'postponed', until: error.until, error, at }
    throw error
  }

  return {
    async passGates(): Promise<OutgoingEvent> {
      try {
        await gates.pass(to, from, plan.consent)
        return { type: 'gatesOpen' }
      } catch (error) {
        return refusedOrLater(error)
      }
    },
    async reserve(): Promise<OutgoingEvent> {
      const at = clock.date()
      const ofAll = taken && { epoch: taken.epoch, maxConcurrent: policy().maxConcurrent }
      const outcome = await ledger.reserve(callId, { ...gates.limitsAt(at), ...ofAll })
      if (outcome.granted) return { type: 'reserved' }
      if (outcome.gate !== 'concurrency') return refusedOrLater(capRefused(to, outcome))
      ports.full?.()
      const error = new CallRefused('queue_age', 'As many calls as may be at once are under way.')
      return { type: 'postponed', until: new Date(at.getTime() + FULL_AGAIN_MS), error, at }
    },
    /** Whether no other process has taken the call. Without the database nobody can have. */
    async isOurs(): Promise<boolean> {
      return !taken || (await ports.shared!.ledger.isStillOf(taken).catch(() => true))
    },
    /** Takes a moment that no other process has, and waits until it is near. */
    async slot(): Promise<void> {
      await takeSlot()
      await pause(clock, slotMs - AHEAD_MS - clock.now())
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
      const at = clock.now()
      await record.dialling()
      notedMs = at
      return { type: 'noted' }
    },
    /** Never rejects: a leg may exist whatever fails here. */
    async place(session: CallSession): Promise<OutgoingEvent> {
      try {
        if (taken) await slotReached()
        // This process may have been stopped for a while.
        if (taken && clock.now() - notedMs > ASK_WITHIN_MS)
          throw new PlacingFailed('unsent', 'It took too long until the carrier could be asked.')
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
