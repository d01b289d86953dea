import type { HeardPart } from '../../model.ts'
import type { AnsweredBy } from '../../line.ts'
import type { CallState, Step } from '../state.ts'
import { calleeSpeaks } from './callee-first.ts'
import { silenceAssistant } from './media.ts'
import { end, hangUp, leaveAfterLastWords } from './leaving.ts'
import { askForReply, note, tell } from './connecting.ts'
import { isScreened, messageOf } from './screening.ts'

/** Time for the model to think of a message of a few sentences, and for the machine to record it. */
const MESSAGE_MS = 60_000

/**
 * Handles the verdict of answering machine detection. About one in ten is wrong, so it decides only while nobody has spoken;
 * once somebody has, the model judges by what it hears and gets the verdict as a hint. No person is cut off by a mistake.
 */
export const onAnsweredBy = (state: CallState, verdict: AnsweredBy, heard: readonly HeardPart[]): Step => {
  if (state.verdict) return [state, []]
  if (verdict === 'human' || verdict === 'unknown') return [{ ...state, verdict }, []]
  // A call screening machine: the person it asks must find neither a recorded message nor an ended call.
  if (isScreened(state)) return [{ ...state, verdict }, []]
  const known: CallState = { ...state, verdict, machineAnswered: true }
  if (state.phase === 'leaving' || state.phase === 'away') return [known, []]
  const isOver = verdict === 'machine_ended'
  // While the model is connecting, nobody has listened to the line yet.
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
        // A reply without words, as to a recorded greeting, must not be the last one: ask for another. A caller who is
        // speaking gets one anyway.
        { ...known, replyDue: state.callerSpeaking ? 'now' : state.replyDue },
        `${SEEMS_MACHINE} ${SCREENS} Otherwise its recording is over now. Unless a person talks with you, ${message} ${THEN_LEAVE}`,
      )
}

/** The opening was requested and has not begun. It cannot be cancelled yet, and must not be taken for the message. */
const isOpeningPending = ({ turn, greeting, replyActive }: CallState): boolean =>
  !replyActive && (turn === 'thinking' || (greeting === 'asked' && turn === 'listening'))

const SEEMS_MACHINE = 'Detection says that an answering machine has taken the call; it can be wrong.'

const SCREENS =
  'If it asks who is calling, a person may be listening: say in one sentence who you are and, without details, why you call, and wait for them.'

/** A goodbye after the message would be recorded too. */
const THEN_LEAVE = 'Then call hang_up with silent true.'

/** Tells the model the verdict without asking for a reply, because the other party may be speaking. */
const tellVerdict = (state: CallState, what: string): Step => {
  const text = `${SEEMS_MACHINE} ${SCREENS} Otherwise: ${what}`
  if (state.phase !== 'live' || state.model !== 'configured') return [{ ...state, notes: [...state.notes, text] }, []]
  return [state, [note(text)]]
}

/** Leaves a message. Turn detection is switched off, so that the machine's tone does not interrupt it. */
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
