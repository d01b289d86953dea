import { createEventQueue, GatewayError, type CallSession, type Timer } from '@llc-phone/core'
import type { StatusReport } from './dialer-types.ts'
import { createErrands, type NewCall, type OutgoingPorts } from './outgoing-errands.ts'
import { begun, type OutgoingEffect, type OutgoingEvent, type OutgoingState } from './outgoing-state.ts'
import { step } from './outgoing-step.ts'
import { createRecord } from './record.ts'
import type { Admission, Place, Turn } from './waiting-line.ts'

/** A call that this process is about, from its request to its end. */
export interface OutgoingCall {
  readonly callId: string
  /** It rings, or is over. */
  readonly isSettled: boolean
  /** Why it was not placed. */
  readonly error: GatewayError | undefined
  /** Resolves when there is something to answer: it is settled and the carrier has answered, or it has to wait for another call to end. */
  readonly answerable: Promise<void>
  /** Resolves when all that was noted of it is written. */
  written(): Promise<unknown>
  /** `false`: it is not waiting any more. */
  cancel(error: GatewayError): boolean
  report(report: StatusReport): void
  /** `modelUsd` is what the model took, in US dollars; unknown when absent. */
  sessionEnded(session: CallSession, modelUsd?: number): void
  drain(error: GatewayError): void
}

/** Who is to know what becomes of a call. */
export interface OutgoingListener {
  /** It will not be placed. */
  refused(error: GatewayError): void
  /** Its end is written, and nothing is under way for it any more. */
  ended(): void
}

/** A carrier lets it ring some seconds longer than it was asked to. */
const RING_GRACE_MS = 15_000

const unexpected = (cause: unknown): GatewayError =>
  cause instanceof GatewayError ? cause : new GatewayError('internal', 'The call could not be placed.', { cause })

/** Begins a call, and does for it what its steps decide. */
export const createOutgoingCall = (
  call: NewCall & { readonly admission: Admission },
  ports: OutgoingPorts,
  listener: OutgoingListener,
): OutgoingCall => {
  const { callId, admission, expiresAtMs } = call
  const { carrier, clock, policy, pacer, lateNews, endLeg, problem, track } = ports
  const record = createRecord(callId, ports.ledger, clock, problem)
  const errands = createErrands(call, ports, record)
  const answerable = Promise.withResolvers<void>()
  let state: OutgoingState = begun[0]
  let session: CallSession | undefined
  let place: Place | undefined
  let turn: Turn | undefined
  let timer: Timer | undefined
  let askedAt = clock.date()
  let endIsTold = false
  /** The carrier's answer to the request is on its way. */
  let isAsking = false

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
    // The carrier's answer is waited for: by then more may be known than that it rings.
    if (isSettled() && !isAsking) answerable.resolve()
  }
  const queue = createEventQueue(take, (message, cause) => problem({ callId, message, cause }))

  const tellSessionEnd = (modelUsd?: number): void => {
    endIsTold = true
    const end = {
      disposition: session?.state.disposition,
      mediaSince: session?.mediaSince,
      answeredBy: session?.story().answeredBy,
      legId: session?.facts.legId || undefined,
      modelUsd,
    }
    queue({ type: 'sessionEnded', end, at: clock.date() })
  }

  const feed = (event: OutgoingEvent): void => {
    // Whoever should have told us that it is over may have failed.
    if (session?.state.phase === 'ended' && !endIsTold) tellSessionEnd()
    queue(event)
  }

  const learnt = () => ({ at: clock.date(), mediaSince: session?.mediaSince })

  /** Feeds what comes of it; a failure means that the call must not be placed. */
  const run = (work: () => Promise<OutgoingEvent | undefined>): void => {
    const done = async (): Promise<void> => {
      try {
        const event = await work()
        if (event) feed(event)
      } catch (cause) {
        const error = unexpected(cause)
        if (error.code === 'internal') problem({ callId, message: error.message, cause: error.cause })
        feed({ type: 'refused', error, at: clock.date() })
      }
    }
    void track(done())
  }

  const wait = (delayMs: number): void => {
    const fired = (): void => feed({ type: 'timerFired', nowMs: clock.now(), ...learnt() })
    if (delayMs > 0) timer = clock.after(delayMs, fired)
    else fired()
  }

  const enterLine = async (): Promise<OutgoingEvent> => {
    place = admission.enter(expiresAtMs)
    if (place.comes === 'later') answerable.resolve()
    turn = await place.turn
    return { type: 'turnGranted', waited: place.comes !== 'now' }
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
    overdueAtMs: clock.now() + policy.ringSeconds * 1_000 + RING_GRACE_MS,
    ...(report ? { report } : {}),
    ...learnt(),
  })

  const bind = ({ legId, exists, report }: Extract<OutgoingEffect, { readonly type: 'bind' }>): void => {
    if (session!.bind(legId)) return feed(boundTo(legId, report))
    const ours = session!.facts.legId
    feed({ type: 'mismatched', legId, exists, ...(ours === '' ? {} : { ours }) })
  }

  const lookUp = async (): Promise<OutgoingEvent> => {
    const found = await errands.lookUp(session!, askedAt)
    return 'legId' in found ? boundTo(found.legId) : { type: 'notFound', sentence: found.sentence }
  }

  const askStatus = async (legId: string): Promise<void> => {
    try {
      const status = await carrier.status(legId)
      feed({ type: 'statusSeen', status, ...learnt() })
    } catch {
      feed({ type: 'statusUnknown' })
    }
  }

  /** Late news comes after what is being written about the call; nobody waits for it. */
  const afterRecord = (news: () => Promise<void>): void => void track(record.settled().then(news))

  const perform = (effect: OutgoingEffect): void => {
    switch (effect.type) {
      case 'passGates':
        return run(errands.passGates)
      case 'enterLine':
        return run(enterLine)
      case 'reserve':
        return run(errands.reserve)
      case 'warm':
        return run(async () => errands.warm((session = errands.openSession())))
      case 'awaitPace':
        return wait(pacer.next())
      case 'noteDialling':
        return run(errands.noteDialling)
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
        // Until its end is written, late news must not be taken for news about a call of an earlier process.
        return void track(errands.noteEnd(effect.change, effect.modelUsd).then(listener.ended))
      case 'endSession':
        session?.end(effect.disposition)
        return endIsTold ? undefined : tellSessionEnd()
      case 'endLeg':
        return void track(endLeg(callId, effect.legId))
      case 'leaveLine':
        if (turn) return turn.release(effect.unused ? 'unused' : undefined)
        return effect.error && place?.leave(effect.error)
      case 'noteLate':
        return afterRecord(() => lateNews.report(callId, effect.report))
      case 'noteLateCost':
        return afterRecord(() => lateNews.cost(callId, effect.modelUsd))
      case 'tell':
        return problem({ callId, message: effect.problem })
    }
  }

  for (const effect of begun[1]) perform(effect)
  return {
    callId,
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
    report: (report) => feed({ type: 'reported', report, ...learnt() }),
    sessionEnded(ended, modelUsd) {
      session ??= ended
      tellSessionEnd(modelUsd)
    },
    drain: (error) => feed({ type: 'drained', error, ...learnt() }),
  }
}
