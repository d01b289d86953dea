import { addRing } from '../grant.ts'
import type { CallState, Consultation, Step, TransferOutcome } from '../state.ts'
import { leave, unreached } from './leaving.ts'
import { tell } from './model-leg.ts'

/** Rings a person while the caller stays with the assistant. One at a time. */
export const consult = (state: CallState, consultation: Consultation): Step =>
  state.consultation || state.phase !== 'live'
    ? [state, []]
    : [
        { ...state, consultation, rung: addRing(state.rung, consultation.number) },
        [
          { type: 'control.ringPerson', consultation },
          { type: 'timer.start', timer: 'consultation' },
        ],
      ]

/** The person has pressed the key: bring the caller to them, unless the caller is elsewhere by now. */
export const onPersonAccepted = (state: CallState, room: string): Step => {
  if (!state.consultation || state.phase !== 'live') return onPersonGone(state, 'failed')
  const { label } = state.consultation
  const [leaving, leaveEffects] = leave(state, { kind: 'conference', name: room, label })
  const [told, tellEffects] = tell(
    leaving,
    `${label} has accepted and is on the line. Tell the caller in one short sentence that you are connecting them now.`,
  )
  return [told, [{ type: 'timer.stop', timer: 'consultation' }, ...leaveEffects, ...tellEffects]]
}

/** The person is not to be had, or has hung up before the caller came. */
export const onPersonGone = (state: CallState, outcome: TransferOutcome): Step => {
  if (!state.consultation || outcome === 'bridged') return [state, []]
  const { consultation, ...rest } = state
  const why = `${consultation.label} could not be reached: ${unreached[outcome]}. Say so and offer what else you can do.`
  const dropped = [{ type: 'timer.stop', timer: 'consultation' }, { type: 'control.dropPerson' }] as const
  if (state.departure?.kind !== 'conference') {
    const [told, effects] = tell(rest, why)
    return [told, [...dropped, ...effects]]
  }
  // We were about to let go: the caller is still here, and stays.
  if (state.goodbye === 'gone') return [rest, dropped]
  const { departure: _, goodbye: __, ...stayed } = rest
  const [told, effects] = tell({ ...stayed, phase: 'live' }, why)
  return [told, [...dropped, { type: 'timer.stop', timer: 'departure' }, ...effects]]
}
