import type { HeardPart } from '../../model.ts'
import type { Departure } from '../../departure.ts'
import { startLeaving, type CallState, type LeavingState, type Step } from '../state.ts'
import { silenceAssistant } from './media.ts'
import { handOver, MAX_LEAVINGS_CANCELLED } from './leaving.ts'

/** Less sound than this along with a call was no sentence: a breath, an "okay". */
export const WORDS_MS = 600
/** Long enough for a sentence to be thought of, spoken and heard. */
const LAST_WORDS_MS = 15_000

/** The reply that asked to leave has said its goodbye, or its announcement, already. */
export const hasSaidGoodbye = ({ saidWithCallMs }: CallState): boolean => saidWithCallMs >= WORDS_MS

/** Nothing more is said: what is being heard is heard out. */
export const finishLastWords = ([state, effects]: Step<LeavingState>): Step => [
  { ...state, goodbye: 'playing', replyDue: 'no' },
  [
    ...effects,
    // A long one must not be cut off by the clock of a short one.
    { type: 'timer.start', timer: 'departure', delayMs: LAST_WORDS_MS + state.saidWithCallMs },
    { type: 'playout.awaitEnd' },
  ],
]

/** Replies that were no goodbye, or not all of it; the next one counts, whatever it is. */
export const MAX_GOODBYES_MISSED = 3

/** There is still something to be said before the conversation is left, unless there was too often. */
export const askForGoodbye = (state: LeavingState): Step =>
  state.goodbyesMissed >= MAX_GOODBYES_MISSED
    ? finishLastWords([state, []])
    : [
        { ...state, goodbye: 'due', replyDue: 'now', goodbyesMissed: state.goodbyesMissed + 1 },
        [{ type: 'timer.start', timer: 'departure' }],
      ]

/** Leaves without a word, also without those that are being said. */
export const leaveSilently = (state: CallState, departure: Departure, heard: readonly HeardPart[]): Step => {
  const [quiet, clears] = silenceAssistant(state, heard, 'gateway')
  return handOver({ ...startLeaving(quiet, departure), replyDue: 'no' }, clears)
}

/** "Wait, one more thing": the last words have not been heard yet, and nobody but the assistant is on the line. */
export const mayCancelLeaving = ({ phase, goodbye, departure, takenBack, machineAnswered }: CallState): boolean =>
  phase === 'leaving' &&
  goodbye !== 'gone' &&
  takenBack < MAX_LEAVINGS_CANCELLED &&
  !machineAnswered &&
  (departure?.kind === 'hangUp' || departure?.kind === 'transfer' || departure?.kind === 'voicemail')

/** The reply that had a person rung is over: what it has said was the announcement, or there is still one to be made. */
export const settleAnnouncement = (state: CallState): CallState =>
  !state.announcing ? state : { ...state, announcing: false, replyDue: hasSaidGoodbye(state) ? state.replyDue : 'now' }
