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
type Learnt = Pick<OfType<'statusSeen'>, 'at' | 'mediaSince'>

/** No session outlives its leg by five seconds, even if the status callback is lost. */
const LOOK_EVERY_MS = 3_000

/** What the log is told of news that cannot be about this call. */
export const OTHER_LEG = 'A status callback names another leg than the call has.'

const otherLegPlaced = (legId: string): readonly OutgoingEffect[] => [
  { type: 'tell', problem: OTHER_LEG },
  { type: 'endLeg', legId },
]

/** Nobody knows whether it has a leg. Its reserve goes on counting: what the model took is not all that it may cost. */
const lose = (sentence: string): OutgoingStep => [
  { phase: 'over' },
  [
    { type: 'leaveLine', unused: false },
    { type: 'noteEnd', change: { state: 'unknown', problem: sentence } },
    { type: 'endSession', disposition: 'failed' },
    { type: 'tell', problem: sentence },
  ],
]

/** The session of a call that has a leg is over: so is the leg, or it is ended. */
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
  // A session that has had audio has seen to its leg itself.
  const isLeft = !isOverAtCarrier && !mediaSince
  return [
    { phase: 'over', legId },
    [
      { type: 'leaveLine', unused: false },
      ...(isLeft ? [{ type: 'endLeg', legId } as const] : []),
      { type: 'noteEnd', change, modelUsd },
    ],
  ]
}

const answer = (state: PlacedState, answeredAt: Date): [PlacedState, OutgoingEffect[]] =>
  state.answeredAt
    ? [state, []]
    : [{ ...state, answeredAt }, [{ type: 'note', change: { state: 'answered', answeredAt } }]]

/** What the carrier says about the leg; when it is over, so is the session, and then the call. */
const learn = (state: PlacedState, status: LegStatus, { at, mediaSince }: Learnt): [PlacedState, OutgoingEffect[]] => {
  if (status === 'answered') return answer(state, at)
  const disposition = dispositionOf(status, mediaSince !== undefined)
  return disposition ? [{ ...state, isOverAtCarrier: true }, [{ type: 'endSession', disposition }]] : [state, []]
}

const hear = (state: PlacedState, report: StatusReport, learnt: Learnt): [PlacedState, OutgoingEffect[]] => {
  const { answeredBy, reason, status } = report
  return learn({ ...state, ...(answeredBy ? { answeredBy } : {}), ...(reason ? { reason } : {}) }, status, learnt)
}

const onBound = (event: OfType<'bound'>, end: SessionEnd | undefined): OutgoingStep => {
  const { legId, overdueAtMs, report } = event
  const placed: PlacedState = { phase: 'placed', legId, overdueAtMs, watch: 'on', isOverAtCarrier: false }
  const [state, heard] = report ? hear(placed, report, event) : [placed, []]
  const effects: OutgoingEffect[] = [{ type: 'note', change: { state: 'ringing', legId } }, ...heard]
  if (!end) return [state, [...effects, { type: 'timer', delayMs: LOOK_EVERY_MS }]]
  // Somebody has hung up, or asked not to be called, while it was being placed.
  const [over, last] = finish(state, end, event.at)
  return [over, [...effects, ...last]]
}

/** What a call does that may have a leg. */
const whileUncertain = (state: OfPhase<'placing' | 'lookingUp'>, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'reported': {
      const { report } = event
      return [state, [{ type: 'bind', legId: report.legId, exists: false, report }]]
    }
    case 'bound':
      return onBound(event, state.end)
    case 'mismatched': {
      const { legId, ours, exists } = event
      // Ending another call's leg would be worse than asking a person.
      if (exists && ours === undefined)
        return lose(
          `It is not known whether the call was placed: ${legId} is the leg of another call. Look it up at the carrier.`,
        )
      const told: OutgoingEffect[] = exists ? [...otherLegPlaced(legId)] : [{ type: 'tell', problem: OTHER_LEG }]
      return [state, ours === undefined ? told : [...told, { type: 'bind', legId: ours, exists: false }]]
    }
    case 'sessionEnded': {
      const { end } = event
      // It is over when it is known whether there is a leg: from its audio, from the answer, or from a look at the list.
      return [{ ...state, end }, end.legId ? [{ type: 'bind', legId: end.legId, exists: false }] : []]
    }
    case 'drained':
      return [state, event.mediaSince ? [] : [{ type: 'endSession', disposition: 'drained' }]]
    case 'refused':
      return lose(unclear([]))
    default:
      return [state, []]
  }
}

/** The carrier was asked, and has not said no. */
export const onPlacing = (state: OfPhase<'placing'>, event: OutgoingEvent): OutgoingStep => {
  if (event.type === 'placed') return [state, [{ type: 'bind', legId: event.legId, exists: true }]]
  if (event.type !== 'placingFailed') return whileUncertain(state, event)
  return [{ phase: 'lookingUp', ...(state.end ? { end: state.end } : {}) }, [{ type: 'lookUp' }]]
}

/** The answer was lost. */
export const onLookingUp = (state: OfPhase<'lookingUp'>, event: OutgoingEvent): OutgoingStep =>
  event.type === 'notFound' ? lose(event.sentence) : whileUncertain(state, event)

/** Asks what has become of the leg until its audio comes or it is over. */
const onLook = (state: PlacedState, { nowMs, mediaSince }: OfType<'timerFired'>): OutgoingStep => {
  // There is audio, whatever the carrier says.
  if (mediaSince) return answer({ ...state, watch: 'off' }, mediaSince)
  if (nowMs >= state.overdueAtMs)
    return [state, [{ type: 'endSession', disposition: state.answeredAt ? 'never_connected' : 'no_answer' }]]
  const again: OutgoingEffect = { type: 'timer', delayMs: LOOK_EVERY_MS }
  if (state.watch === 'asking') return [state, [again]]
  return [{ ...state, watch: 'asking' }, [again, { type: 'askStatus', legId: state.legId }]]
}

const asked = (state: PlacedState): PlacedState => (state.watch === 'asking' ? { ...state, watch: 'on' } : state)

/** The leg exists. */
export const onPlaced = (state: PlacedState, event: OutgoingEvent): OutgoingStep => {
  switch (event.type) {
    case 'reported':
      return event.report.legId === state.legId
        ? hear(state, event.report, event)
        : [state, [{ type: 'tell', problem: OTHER_LEG }]]
    case 'timerFired':
      return onLook(state, event)
    case 'statusSeen':
      return learn(asked(state), event.status ?? 'failed', event)
    case 'statusUnknown':
      // It is asked again in a moment, and a call is overdue whether the carrier answers or not.
      return [asked(state), []]
    case 'sessionEnded':
      return finish(state, event.end, event.at)
    case 'placed':
      return [state, event.legId === state.legId ? [] : otherLegPlaced(event.legId)]
    case 'drained':
      // Talks are the gateway's to end.
      return [state, event.mediaSince ? [] : [{ type: 'endSession', disposition: 'drained' }]]
    default:
      return [state, []]
  }
}

/** Nothing reopens a call. */
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
