import { telephoneText } from '../../telephone/telephone.ts'
import { addRing, takeBackRing } from '../allowance.ts'
import type { Consultation, TransferOutcome } from '../../departure.ts'
import type { CallEffect } from '../events.ts'
import { startLeaving, commonFields, type CallState, type Step } from '../state.ts'
import { handOver, leaveAfterLastWords, LET_GO_MS, transferFailures } from './leaving.ts'
import { tell } from './connecting.ts'

/** Rings a person for a warm transfer while the caller stays with the assistant. One person at a time. */
export const startConsultation = (state: CallState, consultation: Consultation): Step =>
  state.consultation || state.phase !== 'live'
    ? [state, []]
    : [
        { ...state, consultation, rung: addRing(state.rung, telephoneText(consultation)) },
        [
          { type: 'line.ringPerson', consultation },
          { type: 'timer.start', timer: 'consultation' },
        ],
      ]

/** The person has accepted by key: bring the caller to them, unless the caller was sent elsewhere meanwhile. */
export const onPersonAccepted = (state: CallState, room: string): Step => {
  if (!state.consultation) return [state, []]
  const { label } = state.consultation
  const departure = { kind: 'conference', name: room, label } as const
  const accepted: CallEffect = { type: 'timer.stop', timer: 'consultation' }
  if (state.phase === 'live' && state.model === 'configured') {
    const [leaving, leaveEffects] = leaveAfterLastWords(state, departure)
    const [told, tellEffects] = tell(
      leaving,
      `${label} has accepted and is on the line. Tell the caller in one short sentence that you are connecting them now.`,
    )
    return [told, [accepted, ...leaveEffects, ...tellEffects]]
  }
  const brought = startLeaving(state, departure)
  // Without a model the caller is transferred unannounced. The person's answer also takes precedence over a goodbye.
  if (
    state.phase === 'joining' ||
    (state.phase === 'leaving' && state.departure?.kind === 'hangUp' && state.goodbye !== 'gone')
  )
    return handOver(brought, [accepted])
  // The media stream was lost a moment ago: when the carrier asks for the next instruction, it is the conference.
  if (state.phase === 'away' && state.awayKind === 'reconnect') {
    return [
      { ...brought, goodbye: 'gone' },
      [
        accepted,
        { type: 'timer.stop', timer: 'away' },
        { type: 'timer.start', timer: 'departure', delayMs: LET_GO_MS },
      ],
    ]
  }
  return endConsultation(state, 'failed')
}

/** The person could not be reached, or has hung up before the caller joined them. */
export const onPersonGone = (state: CallState, outcome: TransferOutcome): Step => {
  const { consultation, departure } = state
  // A person who accepted was rung, whatever failed afterwards.
  const isNotRung = consultation && outcome === 'failed' && departure?.kind !== 'conference'
  return endConsultation(
    isNotRung ? { ...state, rung: takeBackRing(state.rung, telephoneText(consultation)) } : state,
    outcome,
  )
}

const endConsultation = (state: CallState, outcome: TransferOutcome): Step => {
  if (!state.consultation || outcome === 'bridged') return [state, []]
  const { consultation, ...rest } = state
  const why = `${consultation.label} could not be reached: ${transferFailures[outcome]}. Say so and offer what else you can do.`
  const dropped = [{ type: 'timer.stop', timer: 'consultation' }, { type: 'line.dropPerson' }] as const
  if (state.departure?.kind !== 'conference') {
    const [told, effects] = tell(rest, why)
    return [told, [...dropped, ...effects]]
  }
  // The transfer was about to happen: the caller stays with the assistant instead.
  const { consultation: _, ...stayed } = commonFields(state)
  const { goodbye } = state
  const stops = [...dropped, { type: 'timer.stop', timer: 'departure' } as const]
  // The media stream is closed already; it is connected again when the carrier asks for the next instruction.
  if (goodbye === 'gone')
    return [
      { ...stayed, phase: 'away', awayKind: 'reconnect', notes: [...stayed.notes, why] },
      [...stops, { type: 'timer.start', timer: 'away', delayMs: LET_GO_MS }],
    ]
  const [told, effects] = tell({ ...stayed, phase: 'live' }, why)
  return [told, [...stops, ...effects]]
}
