import { CallRefused, type CallSession, type Clock, type GatewayError, type LegStatus, type Timer } from '@llc-phone/core'
import type { OutboundChange, OutboundLedger } from '@llc-phone/store'
import { dispositionOf, isAnswered } from './carrier-status.ts'
import type { Carrier } from './carrier.ts'
import { carrierUsd } from './cost.ts'
import type { DialerProblem, StatusReport } from './dialer-types.ts'
import { createHangUp } from './hang-up.ts'
import { KEEP_ALIVE_EVERY_MS } from './kept-alive.ts'
import { createLateNews } from './late-news.ts'
import { hasEnded, type OutgoingCall } from './outgoing-call.ts'
import type { DialingPolicy } from './policy.ts'
import { createSweeper } from './sweeper.ts'
import { pause } from './pause.ts'

export interface CallsOptions {
  readonly carrier: Carrier
  readonly ledger: OutboundLedger
  readonly clock: Clock
  readonly policy: DialingPolicy
  problem(problem: DialerProblem): void
}

/** Who waits for an answer does not wait for a database that fails. */
const ANSWER_WITHIN_MS = 1_000

/** The calls of this process until they are over, and everything that is told about them, in whatever order it comes. */
export const createCalls = ({ carrier, ledger, clock, policy, problem }: CallsOptions) => {
  const { carrierUsdPerMinute } = policy.spend
  const calls = new Map<string, OutgoingCall>()
  const tasks = new Set<Promise<unknown>>()
  let alive: Timer | undefined

  const track = <Result>(task: Promise<Result>): Promise<Result> => {
    tasks.add(task)
    const forget = (): void => void tasks.delete(task)
    task.then(forget, forget)
    return task
  }

  const mismatched = (callId: string): void =>
    problem({ callId, message: 'A status callback names another CallSid than the call has.' })

  const hangUp = createHangUp({ carrier, clock, problem })
  const lateNews = createLateNews({ ledger, clock, carrierUsdPerMinute, hangUp, mismatched })

  const leave = (call: OutgoingCall, how?: 'unused'): void => {
    call.stage = 'over'
    call.turn?.release(how)
  }

  /** Until its end is written, late news must not be taken for news about a call of an earlier process. */
  const noteEnd = async (call: OutgoingCall, change: OutboundChange): Promise<void> => {
    await call.record.note(change)
    calls.delete(call.callId)
  }

  /** Resolves when all that was noted about it is written, or when that takes too long to be waited for. */
  const written = async ({ record }: OutgoingCall): Promise<void> =>
    void (await pause(clock, ANSWER_WITHIN_MS, record.settled()))

  /** A session without a call. */
  const endSession = (call: OutgoingCall): void => {
    if (!hasEnded(call)) call.session?.end('failed')
  }

  /** The session of a call that exists is over: so is the call, or it is ended. */
  const finish = (call: OutgoingCall): void => {
    const { callId, legId, session, bill, reason } = call
    if (call.stage === 'over' || legId === undefined || !session) return
    leave(call)
    const { mediaSince } = session
    const answeredAt = call.answeredAt ?? mediaSince
    // A session that has had media has seen to its call itself.
    if (!call.isOverAtCarrier && !mediaSince) void track(hangUp(callId, legId))
    // The wall clock may have been set back while they talked.
    const endedAt = new Date(Math.max(clock.date().getTime(), answeredAt?.getTime() ?? 0))
    const { disposition } = session.state
    const answeredBy = session.story().answeredBy ?? call.answeredBy
    const change: OutboundChange = {
      state: 'ended',
      legId,
      endedAt,
      ...(disposition ? { disposition } : {}),
      ...(disposition === 'failed' && reason ? { problem: `The call could not be put through (${reason}).` } : {}),
      ...(answeredAt ? { answeredAt } : {}),
      ...(answeredBy ? { answeredBy } : {}),
      ...(bill?.modelUsd === undefined
        ? {}
        : { costUsd: bill.modelUsd + carrierUsd(carrierUsdPerMinute, answeredAt, endedAt) }),
    }
    void track(noteEnd(call, change))
  }

  /** It is known which call it is. `false`: it is known to be another one. */
  const bind = (call: OutgoingCall, legId: string): boolean => {
    if (call.legId !== undefined || !call.session) return call.legId === legId
    if (!call.session.bind(legId)) return false
    call.legId = legId
    call.stage = 'placed'
    call.bound.resolve()
    void track(call.record.note({ state: 'ringing', legId }))
    sweep(call)
    return true
  }

  const answer = (call: OutgoingCall, answeredAt: Date): void => {
    if (call.answeredAt) return
    call.answeredAt = answeredAt
    void track(call.record.note({ state: 'answered', answeredAt }))
  }

  /** What the carrier says about a bound call. */
  const learn = (call: OutgoingCall, status: LegStatus): void => {
    const session = call.session!
    if (isAnswered(status)) answer(call, clock.date())
    const disposition = dispositionOf(status, session.mediaSince !== undefined)
    if (disposition) {
      call.isOverAtCarrier = true
      session.end(disposition)
    }
    if (hasEnded(call)) finish(call)
  }

  const sweep = createSweeper({
    carrier,
    clock,
    ringSeconds: policy.ringSeconds,
    heard: answer,
    seen(call, status) {
      learn(call, status ?? 'failed')
    },
    overdue(call) {
      call.session!.end(call.answeredAt ? 'never_connected' : 'no_answer')
      finish(call)
    },
  })

  const keepAlive = (): void => {
    alive = undefined
    if (calls.size === 0) return
    alive = clock.after(KEEP_ALIVE_EVERY_MS, keepAlive)
    const writing = ledger.keepAlive([...calls.keys()], clock.date())
    void track(writing.catch((cause: unknown) => problem({ message: 'The calls could not be kept alive.', cause })))
  }

  /** Late news comes after what is being written about the call; nobody waits for it. */
  const learnLate = (callId: string, failure: string, work: () => Promise<void>): void => {
    const before = calls.get(callId)?.record.settled() ?? Promise.resolve()
    void track(before.then(work).catch((cause: unknown) => problem({ callId, message: failure, cause })))
  }

  return {
    track,
    written,
    add(call: OutgoingCall): void {
      calls.set(call.callId, call)
      alive ??= clock.after(KEEP_ALIVE_EVERY_MS, keepAlive)
    },
    byId: (callId: string): OutgoingCall | undefined => calls.get(callId),
    /** The carrier has said that the call exists. */
    async placed(call: OutgoingCall, legId: string): Promise<void> {
      if (!bind(call, legId)) {
        mismatched(call.callId)
        await hangUp(call.callId, legId)
      }
      // Somebody has hung up, or asked not to be called, while it was being placed.
      if (hasEnded(call)) finish(call)
      await written(call)
    },
    /** Nobody knows whether the call exists. */
    async lose(call: OutgoingCall, sentence: string): Promise<void> {
      if (call.stage === 'over') return
      leave(call)
      // Its reserve goes on counting: what the model took is not all that a call costs which may exist.
      void track(noteEnd(call, { state: 'unknown', problem: sentence }))
      endSession(call)
      problem({ callId: call.callId, message: sentence })
      await written(call)
    },
    /** The call certainly does not exist. */
    async fail(call: OutgoingCall, error: GatewayError): Promise<void> {
      const wasAsked = call.placedAt !== undefined
      endSession(call)
      leave(call, wasAsked ? undefined : 'unused')
      const { disposition } = call.session?.state ?? {}
      const costUsd = call.bill?.modelUsd
      const change: OutboundChange = {
        ...(error instanceof CallRefused
          ? { state: 'refused', gate: error.gate, ...(error.until ? { until: error.until } : {}) }
          : { state: 'failed', ...(disposition ? { disposition } : {}) }),
        problem: error.message,
        endedAt: clock.date(),
        ...(costUsd === undefined ? {} : { costUsd }),
      }
      void track(noteEnd(call, change))
      await written(call)
    },
    report(callId: string, report: StatusReport): void {
      const call = calls.get(callId)
      if (!call || call.stage === 'over')
        return learnLate(callId, 'A status callback could not be noted.', () => lateNews.report(callId, report))
      if (call.stage === 'preparing' || !bind(call, report.legId)) return mismatched(callId)
      if (report.answeredBy) call.answeredBy = report.answeredBy
      if (report.reason) call.reason = report.reason
      learn(call, report.status)
    },
    sessionEnded(session: CallSession, modelUsd?: number): void {
      const { callId, direction } = session.facts
      if (direction !== 'outbound') return
      const call = calls.get(callId)
      if (!call || call.stage === 'over') {
        if (modelUsd !== undefined)
          learnLate(callId, 'The cost of a call could not be noted.', () => lateNews.cost(callId, modelUsd))
        return
      }
      call.session ??= session
      call.bill ??= modelUsd === undefined ? {} : { modelUsd }
      call.sessionOver.resolve()
      // A call whose request is on its way may exist: it is over when that is known, from its media or from the answer.
      if (call.stage === 'placing' && session.facts.legId !== '') bind(call, session.facts.legId)
      if (call.stage === 'placed') finish(call)
    },
    /** Ends what has not come to a talk; talks are the gateway's to end. */
    drain(): void {
      for (const call of calls.values())
        if (call.session && !call.session.mediaSince) {
          call.session.end('drained')
          if (call.stage === 'placed') finish(call)
        }
    },
    /** Resolves when nothing is under way any more. */
    async settled(): Promise<void> {
      while (tasks.size > 0) await Promise.allSettled(tasks)
    },
  }
}
