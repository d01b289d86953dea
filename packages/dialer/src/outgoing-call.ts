import { createEventQueue, GatewayError, type CallSession, type Timer } from '@llc-phone/core'
import type { StatusReport } from './dialer-types.ts'
import { createErrands, type NewCall, type OutgoingPorts } from './outgoing-errands.ts'
import { adoptedStep } from './outgoing-leg.ts'
import { begun, type OutgoingEffect, type OutgoingEvent, type OutgoingState } from './outgoing-state.ts'
import { step } from './outgoing-step.ts'
import { createRecord } from './record.ts'
import type { Admission, QueuePlace, Turn } from './call-queue.ts'

/** A call that this process places, from its request to its end. */
export interface OutgoingCall {
  readonly callId: string
  /** Absent before its model is warmed. */
  readonly session: CallSession | undefined
  /** Its leg exists, or it is over. */
  readonly isSettled: boolean
  /** Why it was not placed. */
  readonly error: GatewayError | undefined
  /** Resolves when the dial request can be answered: the call is settled and the carrier has answered, or it waits for a slot. */
  readonly answerable: Promise<void>
  /** Resolves when its pending ledger writes are done. */
  written(): Promise<unknown>
  /** `false`: too late, its model is being warmed or it is over. */
  cancel(error: GatewayError): boolean
  report(report: StatusReport): void
  /** `modelUsd` is the model's cost in US dollars; unknown when absent. */
  sessionEnded(session: CallSession, modelUsd?: number): void
  drain(error: GatewayError): void
  /** Another process goes on with it. */
  leave(): void
}

/** Callbacks of an outgoing call. */
export interface OutgoingListener {
  /** It will not be placed. */
  refused(error: GatewayError): void
  /** Its end is written, or another process has it. */
  ended(): void
  /** It was dialled, is over, or waits again; may be said more than once. */
  leftQueue?(): void
}

/** Carriers let a call ring some seconds longer than asked. */
const RING_GRACE_MS = 15_000

const unexpected = (cause: unknown): GatewayError =>
  cause instanceof GatewayError ? cause : new GatewayError('internal', 'The call could not be placed.', { cause })

/** Starts a call, and performs the effects of its steps. */
export const createOutgoingCall = (
  call: NewCall & { readonly admission: Admission },
  ports: OutgoingPorts,
  listener: OutgoingListener,
): OutgoingCall => {
  const { callId, admission, expiresAtMs, taken, adopted } = call
  const { carrier, clock, policy, pacer, lateNews, endLeg, problem, track } = ports
  const record = createRecord(callId, ports.ledger, clock, problem, taken?.epoch)
  const errands = createErrands(call, ports, record)
  const answerable = Promise.withResolvers<void>()
  let session: CallSession | undefined
  let place: QueuePlace | undefined
  let turn: Turn | undefined
  let timer: Timer | undefined
  let askedAt = clock.date()
  let endIsTold = false
  /** The carrier has not answered the request yet. */
  let isAsking = false
  /** Whether the ledger says that the carrier may have been asked; `maybe` while it is being written. */
  let isNoted: 'no' | 'maybe' | 'yes' = adopted ? 'yes' : 'no'
  const ringsUntilMs = (): number => clock.now() + policy().ringSeconds * 1_000 + RING_GRACE_MS
  const first = adopted ? adoptedStep(adopted.legId, ringsUntilMs(), adopted.answeredAt) : begun
  let state: OutgoingState = first[0]

  const isSettled = (): boolean => state.phase === 'placed' || state.phase === 'over'

  const take = (event: OutgoingEvent): void => {
    const wasOver = state.phase === 'over'
    const [next, effects] = step(state, event)
    state = next
    if (next.phase === 'over' && !wasOver) {
      timer?.stop()
      if (next.error) listener.refused(next.error)
    }
    for (const effect of effects) perform(effect)
    // Wait for the carrier's answer: by then more may be known than that it rings.
    if (isSettled() && !isAsking) answerable.resolve()
  }
  const queue = createEventQueue(take, (message, cause) => problem({ callId, message, cause }))

  const mediaSince = (): Date | undefined =>
    session?.mediaSince && new Date(session.mediaSince.getTime() + ports.aheadMs())

  const tellSessionEnd = (modelUsd?: number): void => {
    endIsTold = true
    const end = {
      disposition: session?.state.disposition,
      mediaSince: mediaSince(),
      answeredBy: session?.story().answeredBy,
      legId: session?.facts.legId || undefined,
      modelUsd,
    }
    queue({ type: 'sessionEnded', end, at: clock.date() })
  }

  const feed = (event: OutgoingEvent): void => {
    // The gateway's call to `sessionEnded` may have failed.
    if (session?.state.phase === 'ended' && !endIsTold) tellSessionEnd()
    queue(event)
  }

  const observation = () => ({ at: clock.date(), mediaSince: mediaSince() })

  /** Feeds the event that the work resolves to; if it rejects, the call must not be placed. */
  const run = (work: () => Promise<OutgoingEvent | undefined>): void => {
    const done = async (): Promise<void> => {
      try {
        const event = await work()
        if (event) feed(event)
      } catch (cause) {
        const error = unexpected(cause)
        const at = clock.date()
        const isBefore = isNoted !== 'yes' && ['checking', 'reserving', 'approaching'].includes(state.phase)
        // The database is away: whoever reaches it first goes on with the call.
        if (taken && isBefore && error.code === 'database_failed')
          return feed({ type: 'postponed', until: new Date(0), error, at })
        if (error.code === 'internal') problem({ callId, message: error.message, cause: error.cause })
        feed({ type: 'refused', error, at })
      }
    }
    void track(done())
  }

  const wait = (delayMs: number): void => {
    const fired = (): void => feed({ type: 'timerFired', nowMs: clock.now(), ...observation() })
    if (delayMs > 0) timer = clock.after(delayMs, fired)
    else fired()
  }

  const paced = async (): Promise<OutgoingEvent> => {
    await errands.slot()
    return { type: 'timerFired', nowMs: clock.now(), ...observation() }
  }

  const noteDialling = async (): Promise<OutgoingEvent> => {
    isNoted = 'maybe'
    const noted = await errands.noteDialling()
    isNoted = 'yes'
    listener.leftQueue?.()
    return noted
  }

  const noteEnd = async ({ change, modelUsd }: Extract<OutgoingEffect, { readonly type: 'noteEnd' }>) => {
    await errands.noteEnd(change, modelUsd)
    listener.leftQueue?.()
    listener.ended()
  }

  const postpone = async (until: Date): Promise<void> => {
    try {
      await ports.shared!.queue.postpone(taken!, until)
    } catch (cause) {
      // Whoever takes it next, does so when this process has been silent about it.
      problem({ callId, message: 'A call could not be put back into the queue.', cause })
    }
    listener.leftQueue?.()
    listener.ended()
  }

  const enterQueue = async (): Promise<OutgoingEvent> => {
    place = admission.enterQueue(expiresAtMs)
    if (place.starts === 'later') answerable.resolve()
    turn = await place.turn
    return { type: 'turnGranted', waited: place.starts !== 'now' }
  }

  const placeLeg = async (): Promise<OutgoingEvent> => {
    askedAt = clock.date()
    isAsking = true
    const event = await errands.place(session!)
    isAsking = false
    return event
  }

  const boundTo = (legId: string, report?: StatusReport): OutgoingEvent => ({
    type: 'bound',
    legId,
    overdueAtMs: ringsUntilMs(),
    ...(report ? { report } : {}),
    ...observation(),
  })

  const bind = ({ legId, exists, report }: Extract<OutgoingEffect, { readonly type: 'bind' }>): void => {
    if (session!.bind(legId)) return feed(boundTo(legId, report))
    const sessionLegId = session!.facts.legId
    feed({ type: 'mismatched', legId, exists, ...(sessionLegId === '' ? {} : { sessionLegId }) })
  }

  const lookUp = async (): Promise<OutgoingEvent> => {
    const found = await errands.lookUp(session!, askedAt)
    return 'legId' in found ? boundTo(found.legId) : { type: 'notFound', sentence: found.sentence }
  }

  const askStatus = async (legId: string): Promise<void> => {
    try {
      const status = await carrier.status(legId)
      feed({ type: 'statusSeen', status, ...observation() })
    } catch {
      feed({ type: 'statusUnknown' })
    }
  }

  /** Notes late news after the call's own writes; nobody waits for it. */
  const afterRecord = (news: () => Promise<void>): void => void track(record.settled().then(news))

  const perform = (effect: OutgoingEffect): void => {
    switch (effect.type) {
      case 'passGates':
        return run(errands.passGates)
      case 'enterQueue':
        return run(enterQueue)
      case 'reserve':
        return run(errands.reserve)
      case 'warm':
        return run(async () => errands.warm((session = errands.openSession())))
      case 'awaitPace':
        return taken ? run(paced) : wait(pacer.next())
      case 'noteDialling':
        return run(noteDialling)
      case 'place':
        return run(placeLeg)
      case 'lookUp':
        return run(lookUp)
      case 'bind':
        return bind(effect)
      case 'askStatus':
        return void askStatus(effect.legId)
      case 'timer':
        return wait(effect.delayMs)
      case 'note':
        return void track(record.note(effect.change))
      case 'noteEnd':
        // Stay registered until the end is written, or late reports would be handled as those of an earlier process.
        return void track(noteEnd(effect))
      case 'postpone':
        return void track(postpone(effect.until))
      case 'endSession':
        session?.end(effect.disposition)
        return endIsTold ? undefined : tellSessionEnd()
      case 'endLeg':
        return void track(errands.isOurs().then((isOurs) => (isOurs ? endLeg(callId, effect.legId) : undefined)))
      case 'leaveQueue':
        if (turn) return turn.release(effect.unused ? 'unused' : undefined)
        return effect.error && place?.leaveQueue(effect.error)
      case 'noteLate':
        return afterRecord(() => lateNews.report(callId, effect.report))
      case 'noteLateCost':
        return afterRecord(() => lateNews.cost(callId, effect.modelUsd))
      case 'logProblem':
        return problem({ callId, message: effect.problem })
    }
  }

  if (adopted) {
    session = adopted.session ?? errands.openSession()
    if (!adopted.session) session.offered()
    if (adopted.legId !== undefined) session.bind(adopted.legId)
  }
  for (const effect of first[1]) perform(effect)
  return {
    callId,
    get session() {
      return session
    },
    get isSettled() {
      return isSettled()
    },
    get error() {
      return state.phase === 'over' ? state.error : undefined
    },
    answerable: answerable.promise,
    written: () => record.settled(),
    cancel(error) {
      const { phase } = state
      if (phase !== 'checking' && phase !== 'waiting' && phase !== 'reserving') return false
      feed({ type: 'cancelled', error, at: clock.date() })
      return true
    },
    report: (report) => feed({ type: 'reported', report, ...observation() }),
    sessionEnded(ended, modelUsd) {
      session ??= ended
      tellSessionEnd(modelUsd)
    },
    leave() {
      endIsTold = true
      feed({ type: 'left' })
      listener.ended()
    },
    drain(error) {
      const at = clock.date()
      const isBefore = ['checking', 'waiting', 'reserving', 'warming', 'approaching'].includes(state.phase)
      const isGoneOn = taken && isNoted === 'no' && isBefore
      feed(
        isGoneOn ? { type: 'postponed', until: new Date(0), error, at } : { type: 'drained', error, ...observation() },
      )
    },
  }
}
