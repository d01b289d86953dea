import type { HeardPart } from '../../model.ts'
import type { AnsweredBy } from '../../line.ts'
import type { CallState, Step } from '../state.ts'
import { calleeSpeaks } from './callee-first.ts'
import { silenceAssistant } from './media.ts'
import { end, hangUp, leaveAfterLastWords } from './leaving.ts'
import { askForReply, note, tell } from './connecting.ts'
import { isScreened, messageOf } from './screening.ts'

/** A spoken message of a few sentences, thought of and heard to its end. */
const MESSAGE_MS = 60_000

/**
 * Detection says who has answered. About one verdict in ten is wrong, so it decides only where nobody has spoken: a voice
 * is judged by the model, who hears what it says, and is given the verdict as a hint. Nobody is cut off by a mistake.
 */
export const onAnsweredBy = (state: CallState, verdict: AnsweredBy, heard: readonly HeardPart[]): Step => {
  if (state.verdict) return [state, []]
  if (verdict === 'human' || verdict === 'unknown') return [{ ...state, verdict }, []]
  // It is a machine, and has asked a person: they are not to find a message, or nobody.
  if (isScreened(state)) return [{ ...state, verdict }, []]
  const known: CallState = { ...state, verdict, machineAnswered: true }
  if (state.phase === 'leaving' || state.phase === 'away') return [known, []]
  const isOver = verdict === 'machine_ended'
  // Without a model nobody has listened yet.
  const mayDecide = state.callerTurns === 0 && !state.callerSpeaking && state.phase !== 'joining'
  const plan = verdict === 'fax' ? ({ action: 'hangUp' } as const) : state.machine
  if (plan.action === 'hangUp') {
    if (!mayDecide)
      return tellVerdict(known, 'If what you hear is a recording and no person, call hang_up with silent true.')
    const [ended, effects] = end(known, 'answering_machine')
    return [ended, [hangUp, ...effects]]
  }
  if (plan.action === 'continue') return tellVerdict(known, 'Judge by what you hear.')
  if (!isOver) return tellVerdict(known, 'If it is a recording, stay silent until you are told that it is over.')
  const message = messageOf(plan)
  return mayDecide && !isOpeningPending(state)
    ? leaveMessage(known, message, heard)
    : tell(
        // Who is heard is answered anyway. An answer without a word, as to a recorded greeting, must not be the last one.
        { ...known, replyDue: state.callerSpeaking ? 'now' : state.replyDue },
        `${SEEMS_MACHINE} ${SCREENS} Otherwise its recording is over now. Unless a person talks with you, ${message} ${THEN_LEAVE}`,
      )
}

/** An opening was asked for and has not begun: nothing can stop it yet, and it must not be taken for the message. */
const isOpeningPending = ({ turn, greeting, replyActive }: CallState): boolean =>
  !replyActive && (turn === 'thinking' || (greeting === 'asked' && turn === 'listening'))

const SEEMS_MACHINE = 'Detection says that an answering machine has taken the call; it can be wrong.'

const SCREENS =
  'If it asks who is calling, a person may be listening: say in one sentence who you are and, without details, why you call, and wait for them.'

/** A goodbye behind the message would be recorded with it. */
const THEN_LEAVE = 'Then call hang_up with silent true.'

/** Told without asking for a word: whoever is there is in the middle of something. */
const tellVerdict = (state: CallState, what: string): Step => {
  const text = `${SEEMS_MACHINE} ${SCREENS} Otherwise: ${what}`
  if (state.phase !== 'live' || state.model !== 'configured') return [{ ...state, notes: [...state.notes, text] }, []]
  return [state, [note(text)]]
}

/** Nobody listens who could interrupt: the tone of the machine must not either. */
const leaveMessage = (state: CallState, message: string, heard: readonly HeardPart[]): Step => {
  const text = `An answering machine has taken the call and records now. Do not wait for an answer: ${message}`
  const [met, stops] = calleeSpeaks(state)
  if (state.phase !== 'live' || state.model !== 'configured') return tell(met, `${text} ${THEN_LEAVE}`)
  const [quiet, clears] = silenceAssistant(met, heard, 'gateway')
  const [leaving, leaves] = leaveAfterLastWords(quiet, { kind: 'hangUp' })
  return [
    { ...leaving, goodbye: 'due', replyActive: false },
    [
      ...stops,
      ...clears,
      { type: 'model.send', command: { type: 'configure', config: { turnDetection: { kind: 'none' } } } },
      ...leaves,
      { type: 'timer.start', timer: 'departure', delayMs: MESSAGE_MS },
      note(text),
      ...askForReply,
    ],
  ]
}
