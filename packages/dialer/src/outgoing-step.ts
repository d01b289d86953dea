import { CallRefused, GatewayError } from '@llc-phone/core'
import type { OutboundChange } from '@llc-phone/store'
import { onLookingUp, onOver, onPlaced, onPlacing, OTHER_LEG } from './outgoing-leg.ts'
import type { OutgoingEvent, OutgoingState, OutgoingStep, SessionEnd } from './outgoing-state.ts'

type Phase = OutgoingState['phase']
type OfPhase<Name extends Phase> = Extract<OutgoingState, { readonly phase: Name }>

const endedEarly = (): GatewayError => new GatewayError('call_not_placed', 'The call was ended before it was placed.')

const failureOf = (error: GatewayError, disposition: SessionEnd['disposition']): OutboundChange =>
  error instanceof CallRefused
    ? { state: 'refused', gate: error.gate, ...(error.until ? { until: error.until } : {}) }
    : { state: 'failed', ...(disposition ? { disposition } : {}) }

/** It certainly has no leg, and its session, if there was one, is over. */
const giveUp = (error: GatewayError, at: Date, wasAsked = false, end: SessionEnd = {}): OutgoingStep => [
  { phase: 'over', error },
  [
    { type: 'leaveLine', unused: !wasAsked, error },
    {
      type: 'noteEnd',
      change: { ...failureOf(error, end.disposition), problem: error.message, endedAt: at },
      modelUsd: end.modelUsd,
    },
  ],
]

/** It certainly has no leg. What its session has cost belongs to its end, and is known when that is over. */
const fail = (error: GatewayError, wasAsked: boolean): OutgoingStep => [
  { phase: 'failing', error, wasAsked },
  [{ type: 'endSession', disposition: 'failed' }],
]

/** What any call does that the carrier knows nothing of. */
const otherwise = (state: OutgoingState, event: OutgoingEvent): OutgoingStep =>
  event.type === 'reported' ? [state, [{ type: 'tell', problem: OTHER_LEG }]] : [state, []]

/** What any call does that nothing was prepared for. */
const beforeSession = (state: OutgoingState, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'refused':
    case 'cancelled':
    case 'drained':
      return giveUp(event.error, event.at)
    default:
      return otherwise(state, event)
  }
}

/** What any call does that has a session and no leg. */
const withSession = (state: OutgoingState, event: OutgoingEvent, wasAsked: boolean): OutgoingStep => {
  switch (event.type) {
    case 'refused':
      return fail(event.error, wasAsked)
    case 'sessionEnded':
      return giveUp(endedEarly(), event.at, wasAsked, event.end)
    case 'drained':
      return [state, [{ type: 'endSession', disposition: 'drained' }]]
    default:
      return otherwise(state, event)
  }
}

const onChecking = (state: OfPhase<'checking'>, event: OutgoingEvent): OutgoingStep => {
  if (event.type !== 'gatesOpen') return beforeSession(state, event)
  return state.hasTurn
    ? [{ phase: 'reserving' }, [{ type: 'reserve' }]]
    : [{ phase: 'waiting' }, [{ type: 'enterLine' }]]
}

const onWaiting = (state: OfPhase<'waiting'>, event: OutgoingEvent): OutgoingStep => {
  if (event.type !== 'turnGranted') return beforeSession(state, event)
  return event.waited
    ? [{ phase: 'checking', hasTurn: true }, [{ type: 'passGates' }]]
    : [{ phase: 'reserving' }, [{ type: 'reserve' }]]
}

const onReserving = (state: OfPhase<'reserving'>, event: OutgoingEvent): OutgoingStep =>
  event.type === 'reserved' ? [{ phase: 'warming' }, [{ type: 'warm' }]] : beforeSession(state, event)

const onWarming = (state: OfPhase<'warming'>, event: OutgoingEvent): OutgoingStep =>
  event.type === 'warmed'
    ? [{ phase: 'approaching', attempt: 0 }, [{ type: 'awaitPace' }]]
    : withSession(state, event, false)

/**
 * The last moments in which nothing has happened yet. Durable before the request: after a crash the next process knows that
 * a leg may exist. Somebody may have asked not to be called, or the hours may have closed, while it was warming.
 */
const onApproaching = (state: OfPhase<'approaching'>, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'timerFired':
      return [state, [{ type: 'noteDialling' }]]
    case 'noted':
      return [state, [{ type: 'passGates' }]]
    case 'gatesOpen':
      return [{ phase: 'placing', attempt: state.attempt }, [{ type: 'place' }]]
    default:
      return withSession(state, event, state.attempt > 0)
  }
}

const FIRST_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 15_000

/** The request was answered with a no, or never left: there is no leg. */
const onRefusal = (
  { attempt, end }: OfPhase<'placing'>,
  { kind, error, remainingMs, jitter, at }: Extract<OutgoingEvent, { readonly type: 'placingFailed' }>,
): OutgoingStep => {
  const delayMs = Math.min(FIRST_BACKOFF_MS * 2 ** attempt, MAX_BACKOFF_MS) * (0.5 + jitter / 2)
  const isAskedAgain = kind === 'busy' && delayMs <= remainingMs
  if (end) return giveUp(isAskedAgain ? endedEarly() : error, at, true, end)
  return isAskedAgain ? [{ phase: 'backingOff', attempt }, [{ type: 'timer', delayMs }]] : fail(error, true)
}

const onBackingOff = (state: OfPhase<'backingOff'>, event: OutgoingEvent): OutgoingStep =>
  event.type === 'timerFired'
    ? [{ phase: 'approaching', attempt: state.attempt + 1 }, [{ type: 'awaitPace' }]]
    : withSession(state, event, true)

const onFailing = (state: OfPhase<'failing'>, event: OutgoingEvent): OutgoingStep =>
  event.type === 'sessionEnded' ? giveUp(state.error, event.at, state.wasAsked, event.end) : otherwise(state, event)

/** What an event leads to; the only place where it is decided what becomes of a call that we place. */
export const step = (state: OutgoingState, event: OutgoingEvent): OutgoingStep => {
  switch (state.phase) {
    case 'checking':
      return onChecking(state, event)
    case 'waiting':
      return onWaiting(state, event)
    case 'reserving':
      return onReserving(state, event)
    case 'warming':
      return onWarming(state, event)
    case 'approaching':
      return onApproaching(state, event)
    case 'placing':
      return event.type === 'placingFailed' && event.kind !== 'unknown'
        ? onRefusal(state, event)
        : onPlacing(state, event)
    case 'backingOff':
      return onBackingOff(state, event)
    case 'lookingUp':
      return onLookingUp(state, event)
    case 'placed':
      return onPlaced(state, event)
    case 'failing':
      return onFailing(state, event)
    case 'over':
      return onOver(state, event)
  }
}
