import type { Fault } from '../../errors.ts'
import type { HeardPart } from '../../model.ts'
import type { CallEffect } from '../events.ts'
import type { CallState, Owed, Step } from '../state.ts'
import { handOver, fallBack } from './leaving.ts'
import { askForReply, askForReplyAgain, isCallersTurn, closeSpare, mayOpen, note, openModel } from './connecting.ts'
import { MAX_REPLY_RETRIES } from './conversation.ts'
import { hasFresh } from './refresh.ts'
import { isTalkingToMachine } from './screening.ts'

type Action = 'hasten' | 'giveUp'

/**
 * What is done about something we owe, by the time (ms) the caller has waited for it in silence. People ask whether
 * anybody is there after about two seconds; after seven they have decided whether to hang up.
 */
const PLAN: Readonly<Record<Owed, readonly (readonly [afterMs: number, action: Action])[]>> = {
  reply: [
    [2_500, 'hasten'],
    [7_000, 'giveUp'],
  ],
  // Tools, and pauses that a server asks for, have limits of their own.
  result: [],
  goodbye: [[4_500, 'giveUp']],
}

/** A phrase is played after this much dead air, whatever the caller waits for. */
const FIRST_PHRASE_MS = 1_500
/** The same while a tool runs that is known to be slow: no answer can come any sooner. */
const SLOW_TOOL_PHRASE_MS = 1_200
/** The same for a caller whose process died: they have waited for the restart. */
const RESTARTED_PHRASE_MS = 600
/** The same for later phrases while a tool runs: the caller already knows that it takes a while. */
const LATER_PHRASE_MS = 2_200
/** Each turn of the caller's restarts the timer. After this many unanswered turns the model is given up all the same. */
const MAX_UNANSWERED_TURNS = 3

/** What the caller waits for in silence; `undefined` while it is their turn, or they hear the model. */
export const findOwed = (state: CallState): Owed | undefined => {
  const { phase, toolsLeft, replyActive, turn } = state
  // Without a model, keys that were pressed are not a turn that could end.
  if (!state.mediaAttached || (phase === 'joining' ? state.callerSpeaking : isCallersTurn(state))) return undefined
  if (state.sounding && !state.bridging) return undefined
  // A recording machine can wait for its message.
  if (phase === 'leaving') return isTalkingToMachine(state) ? undefined : owedGoodbye(state)
  if (phase === 'joining') return 'reply'
  if (phase !== 'live') return undefined
  if (state.pausing || (isToolAwaited(state) && (!replyActive || state.cut))) return 'result'
  if ((replyActive && !state.cut) || turn === 'thinking') return 'reply'
  return toolsLeft.length > 0 ? 'result' : undefined
}

/** The result of a running tool is owed before a goodbye or transfer, because it may have to be told; after a goodbye it is not. */
const owedGoodbye = ({ goodbye, departure, toolsRunning, replyActive, cut }: CallState): Owed | undefined => {
  const isSaid = goodbye === 'playing' && departure?.kind !== 'hangUp' && departure?.kind !== 'keys'
  if ((goodbye === 'due' || isSaid) && toolsRunning.length > 0 && (!replyActive || cut)) return 'result'
  return goodbye === 'due' || goodbye === 'perhaps' || goodbye === 'speaking' ? 'goodbye' : undefined
}

/** Whether the caller waits for a tool. A caller who was answered does not wait for tools whose result is not spoken. */
const isToolAwaited = ({ toolsRunning, turn, replyDue, silentReplies }: CallState): boolean =>
  turn === 'thinking' || replyDue === 'now' || silentReplies > 0
    ? toolsRunning.length > 0
    : toolsRunning.some(({ silent }) => !silent)

/** Starts and stops the timers for what is owed, and closes a spare connection that is not needed any more. */
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

const startDeadAir = ({ phrases, restarted }: CallState, what: Owed): CallEffect => ({
  type: 'timer.start',
  timer: 'deadAir',
  delayMs:
    phrases > 0
      ? what === 'result'
        ? LATER_PHRASE_MS
        : FIRST_PHRASE_MS
      : restarted
        ? RESTARTED_PHRASE_MS
        : SLOW_TOOL_PHRASE_MS,
})

/** The caller has heard nothing for long enough: play a phrase. Without a slow tool, wait a little longer for the reply. */
export const onDeadAir = (state: CallState): Step => {
  if (state.deadAir === 'no') return [state, []]
  if (
    state.deadAir === 'lasting' ||
    state.phrases > 0 ||
    state.restarted ||
    state.toolsRunning.some(({ slow }) => slow)
  )
    return playPhrase(state)
  const rest = FIRST_PHRASE_MS - SLOW_TOOL_PHRASE_MS
  return [{ ...state, deadAir: 'lasting' }, [{ type: 'timer.start', timer: 'deadAir', delayMs: rest }]]
}

/** A spare connection has not heard what the caller is saying now, so it is of no use while they speak. */
const mayUseSpare = ({ phase, mediaAttached, callerSpeaking }: CallState): boolean =>
  mediaAttached && !callerSpeaking && (phase === 'joining' || phase === 'live')

/** The timer for what is owed has run out: takes the next step of the plan. */
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

/** Plays a phrase, alternating between two, unless audio is playing already. */
export const playPhrase = (state: CallState): Step => {
  // No phrase for a recording machine, nor before we hang up, unless the caller waits for the result of a tool.
  const isOver = state.departure?.kind === 'hangUp' && state.owed?.what !== 'result'
  if (state.sounding || isOver || isTalkingToMachine(state)) return [state, []]
  const phrase = state.phrases % 2 === 0 ? 'oneMoment' : 'stillHere'
  return [{ ...state, bridging: true, phrases: state.phrases + 1 }, [{ type: 'phrase.play', phrase }]]
}

/** Asks the model again and opens a spare connection beside it; the first of them to speak is heard. */
const speedUpReply = (state: CallState, heard: readonly HeardPart[]): Step => {
  const [asked, effects] = state.model === 'configured' ? askModelAgain(state, heard) : ([state, []] as const)
  if (asked.phase === 'leaving' || asked.spare || !mayOpen(asked)) return [asked, effects]
  // The first connection is closed and waits to be opened again: open it now.
  if (asked.model === 'closed') return openModel(asked, [...effects, { type: 'timer.stop', timer: 'reopen' }])
  // It takes the place of a fresh session that was not asked for anything.
  const refresh: CallState['refresh'] = hasFresh(asked) ? { ...asked.refresh, stage: 'due' } : asked.refresh
  return [
    { ...asked, refresh, spare: true, connections: asked.connections + 1 },
    [...effects, { type: 'model.openSpare' }],
  ]
}

/** Asks for the reply again. A reply without sound so far is left running; one that stalled after some sound is cancelled. */
const askModelAgain = (state: CallState, heard: readonly HeardPart[]): Step => {
  if (!state.replyActive || state.cut) return [state, askForReplyAgain]
  if (heard.length === 0 && !state.delivered) return [state, []]
  // What the model sent has been played; no `media.clear`, which would stop the phrase.
  const cut: CallEffect = { type: 'model.send', command: { type: 'interrupt', heard, cause: 'gateway' } }
  const stalled: CallState = { ...state, cut: true, turn: 'thinking', failedReplies: state.failedReplies + 1 }
  if (stalled.failedReplies > MAX_REPLY_RETRIES) return giveUp(stalled)
  // A connection that has stalled twice is not asked again: the spare connection is.
  if (stalled.failedReplies > 1 && mayOpen(stalled)) return [stalled, [cut]]
  return [stalled, [cut, note(state.delivered ? PAUSED : BROKE_OFF), ...askForReply]]
}

const BROKE_OFF = 'Your last sentence broke off. Go on from there.'
/** The reply may have stopped between sentences or before a tool call, or only its end was not reported: we cannot tell which. */
const PAUSED =
  'You stopped after your last sentence. Go on with what you were about to say or do; if that was all, ask what else you can do.'

const giveUp = (state: CallState): Step => {
  if (state.phase === 'leaving') return handOver(state, [])
  const error: Fault = {
    code: 'model_timeout',
    message: 'The model did not speak in time; the caller goes to the fallback.',
  }
  return fallBack({ ...state, replyActive: false, model: 'closed' }, error, [
    { type: 'report', error },
    { type: 'model.close' },
    { type: 'timer.stop', timer: 'model' },
    { type: 'timer.stop', timer: 'reopen' },
    { type: 'timer.stop', timer: 'retryReply' },
  ])
}
