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

/** Ends a call that certainly has no leg and no session any more. */
const giveUp = (error: GatewayError, at: Date, wasAsked = false, end: SessionEnd = {}): OutgoingStep => [
  { phase: 'over', error },
  [
    { type: 'leaveQueue', unused: !wasAsked, error },
    {
      type: 'noteEnd',
      change: { ...failureOf(error, end.disposition), problem: error.message, endedAt: at },
      modelUsd: end.modelUsd,
    },
  ],
]

/** Ends the session of a call that certainly has no leg. The end is written after it, because only then its cost is known. */
const fail = (error: GatewayError, wasAsked: boolean): OutgoingStep => [
  { phase: 'failing', error, wasAsked },
  [{ type: 'endSession', disposition: 'failed' }],
]

/** Default while the carrier has not been asked. */
const otherwise = (state: OutgoingState, event: OutgoingEvent): OutgoingStep =>
  event.type === 'reported' ? [state, [{ type: 'logProblem', problem: OTHER_LEG }]] : [state, []]

const putBack = (until: Date): OutgoingStep => [
  { phase: 'over' },
  [
    { type: 'leaveQueue', unused: true },
    { type: 'postpone', until },
  ],
]

const putBackWarm = (until: Date): OutgoingStep => {
  const [over, effects] = putBack(until)
  return [over, [...effects, { type: 'endSession', disposition: 'drained' }]]
}

/** Default of the phases before there is a session. */
const beforeSession = (state: OutgoingState, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'postponed':
      return putBack(event.until)
    case 'refused':
    case 'cancelled':
    case 'drained':
      return giveUp(event.error, event.at)
    default:
      return otherwise(state, event)
  }
}

/** Default of the phases with a session and without a leg. */
const withSession = (state: OutgoingState, event: OutgoingEvent, wasAsked: boolean): OutgoingStep => {
  switch (event.type) {
    case 'refused':
    case 'postponed':
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
    : [{ phase: 'waiting' }, [{ type: 'enterQueue' }]]
}

const onWaiting = (state: OfPhase<'waiting'>, event: OutgoingEvent): OutgoingStep => {
  if (event.type !== 'turnGranted') return beforeSession(state, event)
  return event.waited
    ? [{ phase: 'checking', hasTurn: true }, [{ type: 'passGates' }]]
    : [{ phase: 'reserving' }, [{ type: 'reserve' }]]
}

const onReserving = (state: OfPhase<'reserving'>, event: OutgoingEvent): OutgoingStep =>
  event.type === 'reserved' ? [{ phase: 'warming' }, [{ type: 'warm' }]] : beforeSession(state, event)

const onWarming = (state: OfPhase<'warming'>, event: OutgoingEvent): OutgoingStep => {
  if (event.type === 'warmed') return [{ phase: 'approaching', attempt: 0 }, [{ type: 'awaitPace' }]]
  return event.type === 'postponed' ? putBackWarm(event.until) : withSession(state, event, false)
}

/**
 * Last steps before the carrier is asked. `dialling` is durable first: after a crash the next process knows that a leg may
 * exist. The gates are checked again: an opt-out may have come, or the hours may have closed, during the warm-up.
 */
const onApproaching = (state: OfPhase<'approaching'>, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'timerFired':
      return [state, [{ type: 'noteDialling' }]]
    case 'noted':
      return [state, [{ type: 'passGates' }]]
    case 'gatesOpen':
      return [{ phase: 'placing', attempt: state.attempt }, [{ type: 'place' }]]
    case 'postponed':
      return state.attempt === 0 ? putBackWarm(event.until) : withSession(state, event, true)
    default:
      return withSession(state, event, state.attempt > 0)
  }
}

const FIRST_BACKOFF_MS = 1_000
const MAX_BACKOFF_MS = 15_000

/** The carrier refused the request, or never got it: there is no leg. */
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

/** Maps an event to the next state and its effects. Every decision about an outgoing call is made here and in outgoing-leg.ts. */
export const step = (state: OutgoingState, event: OutgoingEvent): OutgoingStep => {
  if (event.type === 'left') return [{ phase: 'over' }, [{ type: 'leaveQueue', unused: false }]]
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
