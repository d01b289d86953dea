import type { ListeningReason } from '../../departure.ts'
import type { CallState, Step } from '../state.ts'
import { note } from './connecting.ts'
import { keepSilenceClock } from './patience.ts'
import { awaitPerson } from './screening.ts'

/** The model called keep_listening: it heard this many `turns` and does not answer them, for the reason given. */
export const keepListening = (state: CallState, why: ListeningReason, turns: number): Step => {
  switch (why) {
    case 'person':
      return awaitPerson(state)
    case 'tone':
      return [{ ...state, recordedTurns: state.recordedTurns + turns }, []]
    case 'noise':
      return onNoise({ ...state, callerTurns: Math.max(0, state.callerTurns - turns) })
    case 'hold':
      // While we wait for an answer to "are you still there?", a request to wait does not count.
      return state.holding || state.nobodyThere
        ? [state, []]
        : [{ ...state, holding: true, silenceClock: 'stopped' }, [{ type: 'timer.stop', timer: 'silence' }]]
  }
}

/** Noise has interrupted the assistant: have it finish its sentence, once; continuing noise would cut off the rest too. */
const onNoise = (state: CallState): Step => {
  if (state.phase !== 'live' || state.model !== 'configured') return [state, []]
  if (!state.brokenOff || state.resumed) return keepSilenceClock({ ...state, brokenOff: false })
  return [{ ...state, brokenOff: false, resumed: true, replyDue: 'now' }, [note(GO_ON)]]
}

const GO_ON = 'Noise has cut your last sentence off. Say the rest of it, without what was heard already.'

/** The model acts on what was said, so the caller is there: reset what counts their silences. */
export const noteCallerPresent = (state: CallState): CallState =>
  state.unansweredTurns > 0 ? { ...state, ...callerPresent } : state

/** The silence counters of a caller who has just shown that they are there. */
export const callerPresent = { silences: 0, holding: false, resumed: false, nobodyThere: false } as const
