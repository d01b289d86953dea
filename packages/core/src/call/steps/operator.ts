import type { Fault } from '../../errors.ts'
import { telephoneText } from '../../telephone/telephone.ts'
import { refuseRing } from '../allowance.ts'
import type { CallEffect, OperatorTransfer } from '../events.ts'
import { startLeaving, type CallState, type Step } from '../state.ts'
import { note, tell } from './connecting.ts'
import { startConsultation } from './consultation.ts'
import { handOver, leaveAfterLastWords } from './leaving.ts'

/** Why a note can reach nobody: the conversation is over, or the caller is on the way to somebody else. */
export const noteRefusal = (state: CallState): Fault | undefined =>
  state.phase === 'ended' || state.goodbye === 'gone'
    ? { code: 'call_not_talking', message: 'The assistant does not talk with this caller any more.' }
    : undefined

const noteText = (text: string, saysIt: boolean): string =>
  `A colleague who follows this call tells you, unheard by the caller: "${text}" ${
    saysIt
      ? 'Act on it now, in your own words.'
      : 'Act on it in what you say and do from now on; do not break off for it.'
  } Do not mention this message.`

/** Somebody at the business tells the model something; `saysIt`: it speaks about it as soon as nobody else speaks. */
export const onNoteGiven = (state: CallState, text: string, saysIt: boolean): Step => {
  if (noteRefusal(state)) return [state, []]
  const told = noteText(text, saysIt)
  if (saysIt) return tell(state, told)
  if ((state.phase === 'live' || state.phase === 'leaving') && state.model === 'configured')
    return [state, [note(told)]]
  return [{ ...state, notes: [...state.notes, told] }, []]
}

/** Why the caller cannot be transferred now; `undefined` when they can. */
export const transferRefusal = (state: CallState, { departure, consultation }: OperatorTransfer): Fault | undefined => {
  if (state.phase === 'leaving' || state.consultation)
    return {
      code: 'transfer_under_way',
      message: 'The caller is being transferred, or the call is being ended, already.',
    }
  if (state.phase !== 'live' && (state.phase !== 'joining' || consultation))
    return { code: 'call_not_talking', message: 'The assistant does not talk with this caller at the moment.' }
  if (departure?.kind === 'voicemail' && !state.lineCan.records)
    return { code: 'line_cannot', message: 'No message can be recorded on this line.' }
  if (consultation && !state.lineCan.ringsPersons)
    return { code: 'line_cannot', message: 'Nobody can be asked first on this line.' }
  const rung = consultation ?? (departure?.kind === 'transfer' ? departure : undefined)
  if (rung?.extension !== undefined && !state.lineCan.sendsKeys)
    return { code: 'line_cannot', message: 'No extension can be dialled on this line.' }
  return rung && refuseRing(state.grant, state.rung, telephoneText(rung))
    ? { code: 'call_limit_reached', message: 'They have been rung as often as a call may.' }
    : undefined
}

/** Somebody at the business sends the caller elsewhere: as if the assistant had decided it, who tells the caller. */
export const onTransferAsked = (state: CallState, transfer: OperatorTransfer): Step => {
  if (transferRefusal(state, transfer)) return [state, []]
  const { departure, consultation } = transfer
  if (consultation) {
    const [ringing, effects] = startConsultation(state, consultation)
    const [told, more] = tell(
      ringing,
      `A colleague has decided that ${consultation.label} is to take this call, and they are being rung now. Tell the caller in one short sentence that you are trying to reach them. You will be told whether they accept; until then stay with the caller.`,
    )
    return [told, [...effects, ...more]]
  }
  if (!departure) return [state, []]
  // Without a model nobody can tell the caller.
  if (state.phase === 'joining' || state.model !== 'configured') return handOver(startLeaving(state, departure), [])
  const [leaving, effects] = leaveAfterLastWords(state, departure)
  const [told, more] = tell(
    leaving,
    departure.kind === 'voicemail'
      ? 'A colleague has decided that the caller is to leave a recorded message. Ask them in one short sentence to do so after the tone.'
      : `A colleague has decided to connect the caller with ${departure.label}. Tell the caller so in one short sentence.`,
  )
  return [told, [...effects, ...more] satisfies readonly CallEffect[]]
}
