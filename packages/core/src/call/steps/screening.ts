import type { CallEffect } from '../events.ts'
import type { CallState, Step } from '../state.ts'
import { leaveAfterLastWords } from './leaving.ts'
import { isCallersTurn, tell } from './connecting.ts'

/** Whoever speaks just now may be the person. */
const LOOK_AGAIN_MS = 3_000
/** A message of a few sentences, thought of and heard to its end. */
const MESSAGE_MS = 60_000

/** Whether a recorded voice has been told who is calling, and a person may come. */
export const isScreened = ({ screening }: CallState): boolean => screening === 'asked' || screening === 'waiting'

/** A machine has answered, or has let nobody come: no person waits for our words. */
export const isTalkingToMachine = ({ machineAnswered, screening }: CallState): boolean =>
  machineAnswered || screening === 'over'

/** Something has failed, and there are somebody to be told and somebody to tell them: neither a recording nor a menu between two keys is. */
export const hasUntoldFailure = (state: CallState): boolean =>
  state.failureUntold && state.model === 'configured' && state.departure?.kind !== 'keys' && !isTalkingToMachine(state)

/** Silence is no goodbye to a person, and a recording keeps the message that a tool was called instead of. */
export const needsGoodbye = (state: CallState): boolean =>
  !isTalkingToMachine(state) || (state.called === 'tools' && state.machine.action === 'leaveMessage')

/** The assistant has said who it is and waits in silence: neither patience nor a verdict about machines ends that. */
export const awaitPerson = (state: CallState): Step => {
  if (state.phase !== 'live') return [state, []]
  // What is being said now is for the recorded voice; what is said next is for a person.
  const screening = state.replyActive ? 'asked' : 'waiting'
  const starts: CallEffect[] = isScreened(state) ? [] : [{ type: 'timer.start', timer: 'screening' }]
  // A verdict that came while the assistant was still answering has asked for a message: not of a recorded voice that asks.
  const replyDue = state.verdict?.startsWith('machine') ? 'no' : state.replyDue
  return [{ ...state, screening, replyDue, machineAnswered: false, silences: 0 }, starts]
}

/** The sentence for the recorded voice is over. */
export const onScreeningAnswered = (state: CallState): CallState =>
  state.screening === 'asked' ? { ...state, screening: 'waiting' } : state

/** The assistant speaks again: it has heard a person, or the recorded voice has asked something else. */
export const endScreening = (state: CallState): Step => {
  if (state.screening !== 'waiting') return [state, []]
  const { screening: _, ...met } = state
  return [met, [{ type: 'timer.stop', timer: 'screening' }]]
}

/** Nobody has come for long enough. */
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

/** What is left on a recording, as the model is told. */
export const messageOf = ({ text }: { readonly text?: string }): string =>
  text === undefined
    ? 'leave a message of two or three sentences: who is calling, why, and how to reach us.'
    : `say exactly: "${text.replaceAll('"', "'")}"`
