import { GatewayError } from '../../errors.ts'
import type { HeardPart } from '../../model.ts'
import type { CallEffect, CallState, Owed, Step } from '../state.ts'
import { depart, fallBack } from './leaving.ts'
import { askForReply, isCallersTurn, mayOpen, note, openModel } from './model-leg.ts'
import { onReplyEnded } from './conversation.ts'

const RESULT_EVERY_MS = 6_000

type Action = 'say' | 'hasten' | 'giveUp'

/**
 * What is done about a silence that we owe an end to, in milliseconds since it began for the caller. One clock a turn: how
 * many steps of ours were in between makes no difference to who waits. People ask whether anybody is there after about two
 * seconds; after seven they have made up their mind.
 */
const PLAN: Readonly<Record<Owed, readonly (readonly [afterMs: number, action: Action])[]>> = {
  reply: [
    [1_500, 'say'],
    [2_500, 'hasten'],
    [4_500, 'say'],
    [7_000, 'giveUp'],
  ],
  // Tools and waits that a server asks for have limits of their own.
  result: [
    [1_500, 'say'],
    [5_500, 'say'],
    // And so on, RESULT_EVERY_MS apart.
  ],
  goodbye: [
    [1_500, 'say'],
    [4_500, 'giveUp'],
  ],
}

/** What the caller waits for while they hear nothing of the model; `undefined` while it is their turn, or they hear it. */
export const owes = (state: CallState): Owed | undefined => {
  const { phase, toolsRunning, toolsLeft, replyActive, goodbye, turn } = state
  // Keys that nobody is there to be told of yet are no turn that could end.
  if (!state.mediaAttached || (phase === 'joining' ? state.callerSpeaking : isCallersTurn(state))) return undefined
  if (state.sounding && !state.bridging) return undefined
  // A machine that records can wait for its message.
  if (phase === 'leaving')
    return (goodbye === 'due' || goodbye === 'speaking') && !state.machineAnswered ? 'goodbye' : undefined
  if (phase === 'joining') return 'reply'
  if (phase !== 'live') return undefined
  if (state.pausing || (toolsRunning.length > 0 && (!replyActive || state.cut))) return 'result'
  if ((replyActive && !state.cut) || turn === 'thinking') return 'reply'
  return toolsLeft.length > 0 ? 'result' : undefined
}

/** Runs the clock exactly while something is owed, and lets go of a second connection that is not needed any more. */
export const watchOwed = ([state, effects]: Step): Step => {
  if (state.phase === 'ended') return [state, effects]
  const [settled, more] = state.spare && !mayUseSpare(state) ? letSpareGo(state) : ([state, []] as const)
  const all = [...effects, ...more]
  const what = owes(settled)
  if (what === settled.owed?.what) return [settled, all]
  const { owed: _, ...rest } = settled
  if (!what) return [rest, [...all, { type: 'timer.stop', timer: 'owed' }]]
  return [
    { ...rest, owed: { what, step: 0 } },
    [
      ...all,
      { type: 'timer.start', timer: 'owed', delayMs: PLAN[what][0]![0], ...(goesOn(settled) ? { noLater } : {}) },
    ],
  ]
}

const noLater = true

/** What comes next is another thing to wait for, and the same silence; a phrase that is perhaps still heard is not followed by one at once. */
const goesOn = ({ owed }: CallState): boolean => owed !== undefined && !(owed.what === 'reply' && owed.step === 1)

/** A second connection has not heard what the caller says now. */
const mayUseSpare = ({ phase, mediaAttached, callerSpeaking }: CallState): boolean =>
  mediaAttached && !callerSpeaking && (phase === 'joining' || phase === 'live')

export const letSpareGo = (state: CallState): Step =>
  state.spare ? [{ ...state, spare: false }, [{ type: 'model.closeSpare' }]] : [state, []]

/** The clock has come to its next step. */
export const onOwed = (state: CallState, heard: readonly HeardPart[]): Step => {
  const { owed } = state
  if (!owed) return [state, []]
  const { what, step } = owed
  const [now, action] = PLAN[what][step] ?? [0, 'say']
  const next = PLAN[what][step + 1] ?? (what === 'result' ? ([now + RESULT_EVERY_MS] as const) : undefined)
  const waiting: CallState = { ...state, owed: { what, step: step + 1 } }
  const again: CallEffect[] = next ? [{ type: 'timer.start', timer: 'owed', delayMs: next[0] - now }] : []
  switch (action) {
    case 'say': {
      const [said, effects] = say(waiting)
      return [said, [...effects, ...again]]
    }
    case 'hasten': {
      const [hastened, effects] = hasten(waiting, heard)
      return [hastened, [...effects, ...again]]
    }
    case 'giveUp':
      return giveUp(state)
  }
}

/** Words of our own, unless they are being heard already. */
export const say = (state: CallState): Step => {
  // Who is being taken leave of need not be asked for patience, nor a machine that records.
  if (state.sounding || state.departure?.kind === 'hangUp' || state.machineAnswered) return [state, []]
  const phrase = state.phrases === 0 ? 'oneMoment' : 'stillHere'
  return [{ ...state, bridging: true, phrases: state.phrases + 1 }, [{ type: 'phrase.play', phrase }]]
}

/** The model may still answer; a second connection is opened beside it, and the first to speak is heard. */
const hasten = (state: CallState, heard: readonly HeardPart[]): Step => {
  // Only the notice that the reply is over was lost.
  if (state.replyActive && state.delivered)
    return onReplyEnded(state, { outcome: 'completed', audible: true, acted: false })
  const [asked, effects] = state.model === 'configured' ? askAgain(state, heard) : ([state, []] as const)
  if (asked.spare || !mayOpen(asked)) return [asked, effects]
  // Between two tries there is no first to open one beside.
  if (asked.model === 'closed') return openModel(asked, [...effects, { type: 'timer.stop', timer: 'reopen' }])
  return [{ ...asked, spare: true, connections: asked.connections + 1 }, [...effects, { type: 'model.openSpare' }]]
}

/** A reply that has begun to think is left alone; one that stopped in the middle of a sentence is cut. */
const askAgain = (state: CallState, heard: readonly HeardPart[]): Step => {
  if (!state.replyActive || state.cut) return [state, askForReply]
  if (heard.length === 0) return [state, []]
  // All of it has been heard: what sounds now is a phrase, and goes on.
  const cut: CallEffect = { type: 'model.send', command: { type: 'interrupt', heard, cause: 'gateway' } }
  return [
    { ...state, cut: true, turn: 'thinking' },
    [cut, note('Your last sentence broke off. Go on from there.'), ...askForReply],
  ]
}

const giveUp = (state: CallState): Step => {
  if (state.phase === 'leaving') return depart(state, [])
  const error = new GatewayError('model_timeout', 'The model did not speak in time: the caller was handed on.')
  return fallBack({ ...state, replyActive: false, model: 'closed' }, error, [
    { type: 'report', error },
    { type: 'model.close' },
    { type: 'timer.stop', timer: 'model' },
    { type: 'timer.stop', timer: 'reopen' },
    { type: 'timer.stop', timer: 'retryReply' },
  ])
}
