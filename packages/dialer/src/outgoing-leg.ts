import type { LegStatus } from '@llc-phone/core'
import type { OutboundChange } from '@llc-phone/store'
import type { StatusReport } from './dialer-types.ts'
import { unclear } from './look-up.ts'
import { dispositionOf } from './outcome.ts'
import type {
  OutgoingEffect,
  OutgoingEvent,
  OutgoingState,
  OutgoingStep,
  PlacedState,
  SessionEnd,
} from './outgoing-state.ts'

type OfPhase<Name extends OutgoingState['phase']> = Extract<OutgoingState, { readonly phase: Name }>
type OfType<Name extends OutgoingEvent['type']> = Extract<OutgoingEvent, { readonly type: Name }>
type Observation = Pick<OfType<'statusSeen'>, 'at' | 'mediaSince'>

/** Poll interval: a session must end within five seconds of its leg, even if the status callback is lost. */
const LOOK_EVERY_MS = 3_000

/** Log message for a status report about a leg that is not this call's. */
export const OTHER_LEG = 'A status callback names another leg than the call has.'

const otherLegPlaced = (legId: string): readonly OutgoingEffect[] => [
  { type: 'logProblem', problem: OTHER_LEG },
  { type: 'endLeg', legId },
]

/**
 * Ends a call that may have a leg nobody can find. No cost is noted, so its reserve goes on counting: the leg may cost more
 * than the model did.
 */
const endAsUnknown = (sentence: string): OutgoingStep => [
  { phase: 'over' },
  [
    { type: 'leaveQueue', unused: false },
    { type: 'noteEnd', change: { state: 'unknown', problem: sentence } },
    { type: 'endSession', disposition: 'failed' },
    { type: 'logProblem', problem: sentence },
  ],
]

/** Ends a call whose session is over; ends its leg as well, unless that is over too. */
const finish = (state: PlacedState, end: SessionEnd, at: Date): OutgoingStep => {
  const { legId, reason, isOverAtCarrier } = state
  const { disposition, mediaSince, modelUsd } = end
  const answeredAt = state.answeredAt ?? mediaSince
  const answeredBy = end.answeredBy ?? state.answeredBy
  const change: OutboundChange = {
    state: 'ended',
    legId,
    // The wall clock may have been set back while they talked.
    endedAt: new Date(Math.max(at.getTime(), answeredAt?.getTime() ?? 0)),
    ...(disposition ? { disposition } : {}),
    ...(disposition === 'failed' && reason ? { problem: `The call could not be put through (${reason}).` } : {}),
    ...(answeredAt ? { answeredAt } : {}),
    ...(answeredBy ? { answeredBy } : {}),
  }
  // A session that had audio ends its leg itself.
  const isLeft = !isOverAtCarrier && !mediaSince
  return [
    { phase: 'over', legId },
    [
      { type: 'leaveQueue', unused: false },
      ...(isLeft ? [{ type: 'endLeg', legId } as const] : []),
      { type: 'noteEnd', change, modelUsd },
    ],
  ]
}

const markAnswered = (state: PlacedState, answeredAt: Date): [PlacedState, OutgoingEffect[]] =>
  state.answeredAt
    ? [state, []]
    : [{ ...state, answeredAt }, [{ type: 'note', change: { state: 'answered', answeredAt } }]]

/** Takes in a status from the carrier; when the leg is over, the session is ended, and then the call. */
const applyStatus = (
  state: PlacedState,
  status: LegStatus,
  { at, mediaSince }: Observation,
): [PlacedState, OutgoingEffect[]] => {
  if (status === 'answered') return markAnswered(state, at)
  const disposition = dispositionOf(status, mediaSince !== undefined)
  return disposition ? [{ ...state, isOverAtCarrier: true }, [{ type: 'endSession', disposition }]] : [state, []]
}

const applyReport = (
  state: PlacedState,
  report: StatusReport,
  observation: Observation,
): [PlacedState, OutgoingEffect[]] => {
  const { answeredBy, reason, status } = report
  return applyStatus(
    { ...state, ...(answeredBy ? { answeredBy } : {}), ...(reason ? { reason } : {}) },
    status,
    observation,
  )
}

const onBound = (event: OfType<'bound'>, end: SessionEnd | undefined): OutgoingStep => {
  const { legId, overdueAtMs, report } = event
  const placed: PlacedState = { phase: 'placed', legId, overdueAtMs, watch: 'on', isOverAtCarrier: false }
  const [state, heard] = report ? applyReport(placed, report, event) : [placed, []]
  const effects: OutgoingEffect[] = [{ type: 'note', change: { state: 'ringing', legId } }, ...heard]
  if (!end) return [state, [...effects, { type: 'timer', delayMs: LOOK_EVERY_MS }]]
  // The session ended while the call was being placed: a hang-up or an opt-out.
  const [over, last] = finish(state, end, event.at)
  return [over, [...effects, ...last]]
}

/** The first state of a call that another process has placed; there is a session for it. */
export const adoptedStep = (legId: string | undefined, overdueAtMs: number, answeredAt?: Date): OutgoingStep =>
  legId === undefined
    ? [{ phase: 'lookingUp' }, [{ type: 'lookUp' }]]
    : [
        {
          phase: 'placed',
          legId,
          overdueAtMs,
          watch: 'on',
          isOverAtCarrier: false,
          ...(answeredAt ? { answeredAt } : {}),
        },
        [{ type: 'timer', delayMs: LOOK_EVERY_MS }],
      ]

/** Default of the phases in which a leg may exist. */
const whileUncertain = (state: OfPhase<'placing' | 'lookingUp'>, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'reported': {
      const { report } = event
      return [state, [{ type: 'bind', legId: report.legId, exists: false, report }]]
    }
    case 'bound':
      return onBound(event, state.end)
    case 'mismatched': {
      const { legId, sessionLegId, exists } = event
      // Do not end it: it may be another call's leg. A person must look.
      if (exists && sessionLegId === undefined)
        return endAsUnknown(
          `It is not known whether the call was placed: ${legId} is the leg of another call. Look it up at the carrier.`,
        )
      const told: OutgoingEffect[] = exists ? [...otherLegPlaced(legId)] : [{ type: 'logProblem', problem: OTHER_LEG }]
      return [
        state,
        sessionLegId === undefined ? told : [...told, { type: 'bind', legId: sessionLegId, exists: false }],
      ]
    }
    case 'sessionEnded': {
      const { end } = event
      // The call ends once it is known whether there is a leg: from its audio, the carrier's answer, or its list of legs.
      return [{ ...state, end }, end.legId ? [{ type: 'bind', legId: end.legId, exists: false }] : []]
    }
    case 'drained':
      return [state, event.mediaSince ? [] : [{ type: 'endSession', disposition: 'drained' }]]
    case 'refused':
      return endAsUnknown(unclear([]))
    default:
      return [state, []]
  }
}

/** Handles events while the carrier's answer is awaited, all but its refusals. */
export const onPlacing = (state: OfPhase<'placing'>, event: OutgoingEvent): OutgoingStep => {
  if (event.type === 'placed') return [state, [{ type: 'bind', legId: event.legId, exists: true }]]
  if (event.type !== 'placingFailed') return whileUncertain(state, event)
  return [{ phase: 'lookingUp', ...(state.end ? { end: state.end } : {}) }, [{ type: 'lookUp' }]]
}

/** Handles events after the carrier's answer was lost. */
export const onLookingUp = (state: OfPhase<'lookingUp'>, event: OutgoingEvent): OutgoingStep =>
  event.type === 'notFound' ? endAsUnknown(event.sentence) : whileUncertain(state, event)

/** Polls the leg's status until audio starts or the leg is over. */
const onLook = (state: PlacedState, { nowMs, mediaSince }: OfType<'timerFired'>): OutgoingStep => {
  // Audio is proof enough: no need to poll.
  if (mediaSince) return markAnswered({ ...state, watch: 'off' }, mediaSince)
  if (nowMs >= state.overdueAtMs)
    return [state, [{ type: 'endSession', disposition: state.answeredAt ? 'never_connected' : 'no_answer' }]]
  const again: OutgoingEffect = { type: 'timer', delayMs: LOOK_EVERY_MS }
  if (state.watch === 'asking') return [state, [again]]
  return [{ ...state, watch: 'asking' }, [again, { type: 'askStatus', legId: state.legId }]]
}

const statusAnswered = (state: PlacedState): PlacedState =>
  state.watch === 'asking' ? { ...state, watch: 'on' } : state

/** Handles events of a call whose leg exists. */
export const onPlaced = (state: PlacedState, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'reported':
      return event.report.legId === state.legId
        ? applyReport(state, event.report, event)
        : [state, [{ type: 'logProblem', problem: OTHER_LEG }]]
    case 'timerFired':
      return onLook(state, event)
    case 'statusSeen':
      return applyStatus(statusAnswered(state), event.status ?? 'failed', event)
    case 'statusUnknown':
      // The next poll asks again, and the call becomes overdue even if the carrier never answers.
      return [statusAnswered(state), []]
    case 'sessionEnded':
      return finish(state, event.end, event.at)
    case 'placed':
      return [state, event.legId === state.legId ? [] : otherLegPlaced(event.legId)]
    case 'drained':
      // Conversations are ended by the gateway's drain.
      return [state, event.mediaSince ? [] : [{ type: 'endSession', disposition: 'drained' }]]
    default:
      return [state, []]
  }
}

/** Handles events after the end: the state stays final, late reports and costs are noted. */
export const onOver = (state: OfPhase<'over'>, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'reported':
      return [state, [{ type: 'noteLate', report: event.report }]]
    case 'sessionEnded':
      return [state, event.end.modelUsd === undefined ? [] : [{ type: 'noteLateCost', modelUsd: event.end.modelUsd }]]
    case 'placed':
      return [state, event.legId === state.legId ? [] : otherLegPlaced(event.legId)]
    default:
      return [state, []]
  }
}
