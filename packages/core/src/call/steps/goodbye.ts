import type { HeardPart } from '../../model.ts'
import type { Departure } from '../../departure.ts'
import { startLeaving, type CallState, type LeavingState, type Step } from '../state.ts'
import { silenceAssistant } from './media.ts'
import { handOver, MAX_LEAVINGS_CANCELLED } from './leaving.ts'

/** Less sound than this along with a tool call was no goodbye: a breath, an "okay". */
export const WORDS_MS = 600
/** Time for the model to think of a sentence, and for the caller to hear it. */
const LAST_WORDS_MS = 15_000

/** Whether the reply that asked to leave the call has already said its goodbye, or its announcement. */
export const hasSaidGoodbye = ({ saidWithCallMs }: CallState): boolean => saidWithCallMs >= WORDS_MS

/** Asks for no more words, and lets what was sent play to its end. */
export const finishLastWords = ([state, effects]: Step<LeavingState>): Step => [
  { ...state, goodbye: 'playing', replyDue: 'no' },
  [
    ...effects,
    // A long goodbye must not be cut off by the timer of a short one.
    { type: 'timer.start', timer: 'departure', delayMs: LAST_WORDS_MS + state.saidWithCallMs },
    { type: 'playout.awaitEnd' },
  ],
]

/** Replies that may miss the goodbye, or part of it; the next one counts, whatever it says. */
export const MAX_GOODBYES_MISSED = 3

/** Asks for the goodbye once more, unless that was done too often. */
export const askForGoodbye = (state: LeavingState): Step =>
  state.goodbyesMissed >= MAX_GOODBYES_MISSED
    ? finishLastWords([state, []])
    : [
        { ...state, goodbye: 'due', replyDue: 'now', goodbyesMissed: state.goodbyesMissed + 1 },
        [{ type: 'timer.start', timer: 'departure' }],
      ]

/** Leaves the call at once, and stops what is being said. */
export const leaveSilently = (state: CallState, departure: Departure, heard: readonly HeardPart[]): Step => {
  const [quiet, clears] = silenceAssistant(state, heard, 'gateway')
  return handOver({ ...startLeaving(quiet, departure), replyDue: 'no' }, clears)
}

/** Whether the caller's speech can cancel leaving ("wait, one more thing"): the audio is still connected, and no machine is. */
export const mayCancelLeaving = ({ phase, goodbye, departure, takenBack, machineAnswered }: CallState): boolean =>
  phase === 'leaving' &&
  goodbye !== 'gone' &&
  takenBack < MAX_LEAVINGS_CANCELLED &&
  !machineAnswered &&
  (departure?.kind === 'hangUp' || departure?.kind === 'transfer' || departure?.kind === 'voicemail')

/** The reply that had a person rung has ended: if it did not announce that, ask for an announcement. */
export const settleAnnouncement = (state: CallState): CallState =>
  !state.announcing ? state : { ...state, announcing: false, replyDue: hasSaidGoodbye(state) ? state.replyDue : 'now' }
