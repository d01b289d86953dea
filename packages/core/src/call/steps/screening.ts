import type { CallEffect } from '../events.ts'
import type { CallState, Step } from '../state.ts'
import { leaveAfterLastWords } from './leaving.ts'
import { isCallersTurn, tell } from './connecting.ts'

/** How long to wait once more when somebody is just speaking: it may be the person. */
const LOOK_AGAIN_MS = 3_000
/** Time for the model to think of a message of a few sentences, and for the machine to record it. */
const MESSAGE_MS = 60_000

/** Whether call screening is going on: a recorded voice was told who is calling, and a person may come. */
export const isScreened = ({ screening }: CallState): boolean => screening === 'asked' || screening === 'waiting'

/** Whether no person is on the line: an answering machine has answered, or call screening brought nobody. */
export const isTalkingToMachine = ({ machineAnswered, screening }: CallState): boolean =>
  machineAnswered || screening === 'over'

/** Whether a failed tool must still be told: the model can tell it, and a person hears it, neither a recording nor a menu. */
export const hasUntoldFailure = (state: CallState): boolean =>
  state.failureUntold && state.model === 'configured' && state.departure?.kind !== 'keys' && !isTalkingToMachine(state)

/** Whether a goodbye must have words: always to a person; to a machine if a message is to be left and only tools were called. */
export const needsGoodbye = (state: CallState): boolean =>
  !isTalkingToMachine(state) || (state.called === 'tools' && state.machine.action === 'leaveMessage')

/** The assistant has said who is calling and waits for the person. Neither the silence timer nor a verdict ends the call meanwhile. */
export const awaitPerson = (state: CallState): Step => {
  if (state.phase !== 'live') return [state, []]
  // The active reply answers the recorded voice; the next one is for the person.
  const screening = state.replyActive ? 'asked' : 'waiting'
  const starts: CallEffect[] = isScreened(state) ? [] : [{ type: 'timer.start', timer: 'screening' }]
  // A machine verdict has asked for a message meanwhile; during call screening none is left.
  const replyDue = state.verdict?.startsWith('machine') ? 'no' : state.replyDue
  return [{ ...state, screening, replyDue, machineAnswered: false, silences: 0 }, starts]
}

/** The reply to the recorded voice has ended. */
export const onScreeningAnswered = (state: CallState): CallState =>
  state.screening === 'asked' ? { ...state, screening: 'waiting' } : state

/** The assistant speaks again: it has heard a person, or another question of the recorded voice. */
export const endScreening = (state: CallState): Step => {
  if (state.screening !== 'waiting') return [state, []]
  const { screening: _, ...met } = state
  return [met, [{ type: 'timer.stop', timer: 'screening' }]]
}

/** The screening timer has run out: says goodbye, or leaves the message of the plan. */
export const onScreening = (state: CallState): Step => {
  if (!isScreened(state) || state.phase !== 'live') return [state, []]
  if (isCallersTurn(state) || state.replyActive || state.sounding)
    return [state, [{ type: 'timer.start', timer: 'screening', delayMs: LOOK_AGAIN_MS }]]
  const { machine } = state
  const [leaving, effects] = leaveAfterLastWords({ ...state, screening: 'over' }, { kind: 'hangUp' })
  if (machine.action !== 'leaveMessage') {
    const [told, more] = tell(leaving, `${NOBODY} Say goodbye in one short sentence.`)
    return [told, [...effects, ...more]]
  }
  const [told, more] = tell(leaving, `${NOBODY} It may be recorded: ${messageOf(machine)}`)
  return [told, [...effects, { type: 'timer.start', timer: 'departure', delayMs: MESSAGE_MS }, ...more]]
}

const NOBODY = 'Nobody has come to the telephone.'

/** The instruction to leave a message, as the model is told. */
export const messageOf = ({ text }: { readonly text?: string | undefined }): string =>
  text === undefined
    ? 'leave a message of two or three sentences: who is calling, why, and how to reach us.'
    : `say exactly: "${text.replaceAll('"', "'")}"`
