import type { Fault } from '../../errors.ts'
import type { HeardPart } from '../../model.ts'
import type { CallEffect } from '../events.ts'
import type { CallState, Owed, Step } from '../state.ts'
import { handOver, fallBack } from './leaving.ts'
import { askForReply, askForReplyAgain, isCallersTurn, closeSpare, mayOpen, note, openModel } from './connecting.ts'
import { MAX_REPLY_RETRIES } from './conversation.ts'
import { isTalkingToMachine } from './screening.ts'

type Action = 'hasten' | 'giveUp'

/**
 * What is done about something that we owe, in milliseconds since the caller began to wait for it in silence. People ask
 * whether anybody is there after about two seconds; after seven they have made up their mind.
 */
const PLAN: Readonly<Record<Owed, readonly (readonly [afterMs: number, action: Action])[]>> = {
  reply: [
    [2_500, 'hasten'],
    [7_000, 'giveUp'],
  ],
  // Tools and waits that a server asks for have limits of their own.
  result: [],
  goodbye: [[4_500, 'giveUp']],
}

/** After this much silence there are words of our own, whatever is waited for and however often that has changed. */
const FIRST_PHRASE_MS = 1_500
/** Where a tool runs that is known to be slow, waiting longer only makes the silence longer. */
const SLOW_TOOL_PHRASE_MS = 1_200
/** Who has been told that it takes a while is told less often, and still hears nothing for no longer than this. */
const LATER_PHRASE_MS = 2_200
/** Each turn of the caller's starts the clock again: who asks again and again whether anybody is there is not put off for ever. */
const MAX_UNANSWERED_TURNS = 3

/** What the caller waits for while they hear nothing of the model; `undefined` while it is their turn, or they hear it. */
export const findOwed = (state: CallState): Owed | undefined => {
  const { phase, toolsLeft, replyActive, turn } = state
  // Keys that nobody is there to be told of yet are no turn that could end.
  if (!state.mediaAttached || (phase === 'joining' ? state.callerSpeaking : isCallersTurn(state))) return undefined
  if (state.sounding && !state.bridging) return undefined
  // A machine that records can wait for its message.
  if (phase === 'leaving') return isTalkingToMachine(state) ? undefined : owedGoodbye(state)
  if (phase === 'joining') return 'reply'
  if (phase !== 'live') return undefined
  if (state.pausing || (isToolAwaited(state) && (!replyActive || state.cut))) return 'result'
  if ((replyActive && !state.cut) || turn === 'thinking') return 'reply'
  return toolsLeft.length > 0 ? 'result' : undefined
}

/** What still runs is waited for, before a goodbye as before a transfer: it may have to be told of. Behind a goodbye nobody waits. */
const owedGoodbye = ({ goodbye, departure, toolsRunning, replyActive, cut }: CallState): Owed | undefined => {
  const isSaid = goodbye === 'playing' && departure?.kind !== 'hangUp' && departure?.kind !== 'keys'
  if ((goodbye === 'due' || isSaid) && toolsRunning.length > 0 && (!replyActive || cut)) return 'result'
  return goodbye === 'due' || goodbye === 'perhaps' || goodbye === 'speaking' ? 'goodbye' : undefined
}

/** Who has been answered does not wait for a note that is taken in silence. */
const isToolAwaited = ({ toolsRunning, turn, replyDue, silentReplies }: CallState): boolean =>
  turn === 'thinking' || replyDue === 'now' || silentReplies > 0
    ? toolsRunning.length > 0
    : toolsRunning.some(({ silent }) => !silent)

/** Runs the clocks exactly while something is owed, and lets go of a second connection that is not needed any more. */
export const watchOwed = ([state, effects]: Step): Step => {
  if (state.phase === 'ended') return [state, effects]
  const [settled, more] = mayUseSpare(state) ? ([state, []] as const) : closeSpare(state)
  const what = findOwed(settled)
  const inDeadAir = what !== undefined && !settled.sounding
  const all: CallEffect[] = [...effects, ...more]
  const deadAir = !inDeadAir ? 'no' : settled.deadAir === 'no' ? 'begun' : settled.deadAir
  if (inDeadAir !== (settled.deadAir !== 'no'))
    all.push(inDeadAir ? startDeadAir(settled, what) : { type: 'timer.stop', timer: 'deadAir' })
  if (what === settled.owed?.what) return [{ ...settled, deadAir }, all]
  const { owed: _, ...rest } = settled
  const first = what && PLAN[what][0]
  all.push(first ? { type: 'timer.start', timer: 'owed', delayMs: first[0] } : { type: 'timer.stop', timer: 'owed' })
  return [{ ...rest, deadAir, ...(what ? { owed: { what, step: 0 } } : {}) }, all]
}

const startDeadAir = ({ phrases }: CallState, what: Owed): CallEffect => ({
  type: 'timer.start',
  timer: 'deadAir',
  delayMs: phrases > 0 ? (what === 'result' ? LATER_PHRASE_MS : FIRST_PHRASE_MS) : SLOW_TOOL_PHRASE_MS,
})

/** The caller has heard nothing for long enough; where no slow tool runs the answer may be about to come. */
export const onDeadAir = (state: CallState): Step => {
  if (state.deadAir === 'no') return [state, []]
  if (state.deadAir === 'lasting' || state.phrases > 0 || state.toolsRunning.some(({ slow }) => slow))
    return playPhrase(state)
  const rest = FIRST_PHRASE_MS - SLOW_TOOL_PHRASE_MS
  return [{ ...state, deadAir: 'lasting' }, [{ type: 'timer.start', timer: 'deadAir', delayMs: rest }]]
}

/** A second connection has not heard what the caller says now. */
const mayUseSpare = ({ phase, mediaAttached, callerSpeaking }: CallState): boolean =>
  mediaAttached && !callerSpeaking && (phase === 'joining' || phase === 'live')

/** The clock has come to its next step. */
export const onOwed = (state: CallState, heard: readonly HeardPart[]): Step => {
  const { owed } = state
  if (!owed) return [state, []]
  const { what, step } = owed
  const due = PLAN[what][step]
  if (!due) return [state, []]
  const [now, action] = due
  const next = PLAN[what][step + 1]
  const waiting: CallState = { ...state, owed: { what, step: step + 1 } }
  const again: CallEffect[] = next ? [{ type: 'timer.start', timer: 'owed', delayMs: next[0] - now }] : []
  switch (action) {
    case 'hasten': {
      if (state.unansweredTurns >= MAX_UNANSWERED_TURNS) return giveUp(state)
      const [hastened, effects] = speedUpReply(waiting, heard)
      return [hastened, hastened.phase === 'leaving' ? effects : [...effects, ...again]]
    }
    case 'giveUp':
      return giveUp(state)
  }
}

/** Words of our own, other ones each time, unless they are being heard already. */
export const playPhrase = (state: CallState): Step => {
  // Neither a caller whose call is being ended, if nothing else is waited for, nor a machine that records need be asked for patience.
  const isOver = state.departure?.kind === 'hangUp' && state.owed?.what !== 'result'
  if (state.sounding || isOver || isTalkingToMachine(state)) return [state, []]
  const phrase = state.phrases % 2 === 0 ? 'oneMoment' : 'stillHere'
  return [{ ...state, bridging: true, phrases: state.phrases + 1 }, [{ type: 'phrase.play', phrase }]]
}

/** The model may still answer; a second connection is opened beside it, and the first to speak is heard. */
const speedUpReply = (state: CallState, heard: readonly HeardPart[]): Step => {
  const [asked, effects] = state.model === 'configured' ? askModelAgain(state, heard) : ([state, []] as const)
  if (asked.phase === 'leaving' || asked.spare || !mayOpen(asked)) return [asked, effects]
  // Between two tries there is no first to open one beside.
  if (asked.model === 'closed') return openModel(asked, [...effects, { type: 'timer.stop', timer: 'reopen' }])
  return [{ ...asked, spare: true, connections: asked.connections + 1 }, [...effects, { type: 'model.openSpare' }]]
}

/** A reply that has begun to think is left alone; one that stopped after something was heard is cut. */
const askModelAgain = (state: CallState, heard: readonly HeardPart[]): Step => {
  if (!state.replyActive || state.cut) return [state, askForReplyAgain]
  if (heard.length === 0 && !state.delivered) return [state, []]
  // All of it has been heard: what sounds now is a phrase, and goes on.
  const cut: CallEffect = { type: 'model.send', command: { type: 'interrupt', heard, cause: 'gateway' } }
  const stalled: CallState = { ...state, cut: true, turn: 'thinking', failedReplies: state.failedReplies + 1 }
  if (stalled.failedReplies > MAX_REPLY_RETRIES) return giveUp(stalled)
  // A connection that stalls again is not asked a third time: another one is.
  if (stalled.failedReplies > 1 && mayOpen(stalled)) return [stalled, [cut]]
  return [stalled, [cut, note(state.delivered ? PAUSED : BROKE_OFF), ...askForReply]]
}

const BROKE_OFF = 'Your last sentence broke off. Go on from there.'
/** Between two sentences, before a tool, or only the notice that the reply is over was lost: nobody can tell which. */
const PAUSED =
  'You stopped after your last sentence. Go on with what you were about to say or do; if that was all, ask what else you can do.'

const giveUp = (state: CallState): Step => {
  if (state.phase === 'leaving') return handOver(state, [])
  const error: Fault = { code: 'model_timeout', message: 'The model did not speak in time: the caller was handed on.' }
  return fallBack({ ...state, replyActive: false, model: 'closed' }, error, [
    { type: 'report', error },
    { type: 'model.close' },
    { type: 'timer.stop', timer: 'model' },
    { type: 'timer.stop', timer: 'reopen' },
    { type: 'timer.stop', timer: 'retryReply' },
  ])
}
