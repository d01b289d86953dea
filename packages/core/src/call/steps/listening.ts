import type { ListeningReason } from '../../departure.ts'
import type { CallState, Step } from '../state.ts'
import { note } from './connecting.ts'
import { keepSilenceClock } from './patience.ts'
import { awaitPerson } from './screening.ts'

/** What the model was told by hearing it, in this many `turns`, and has said nothing about. */
export const keepListening = (state: CallState, why: ListeningReason, turns: number): Step => {
  switch (why) {
    case 'person':
      return awaitPerson(state)
    case 'tone':
      return [{ ...state, recordedTurns: state.recordedTurns + turns }, []]
    case 'noise':
      return onNoise({ ...state, callerTurns: Math.max(0, state.callerTurns - turns) })
    case 'hold':
      // Who does not answer has not asked us to wait: whoever is asked about is not waited for again.
      return state.holding || state.nobodyThere
        ? [state, []]
        : [{ ...state, holding: true, silenceClock: 'stopped' }, [{ type: 'timer.stop', timer: 'silence' }]]
  }
}

/** Nobody wanted to interrupt: half a sentence, and then silence, would sound like a fault. Noise that goes on cuts the rest off, too. */
const onNoise = (state: CallState): Step => {
  if (state.phase !== 'live' || state.model !== 'configured') return [state, []]
  if (!state.brokenOff || state.resumed) return keepSilenceClock({ ...state, brokenOff: false })
  return [{ ...state, brokenOff: false, resumed: true, replyDue: 'now' }, [note(GO_ON)]]
}

const GO_ON = 'Noise has cut your last sentence off. Say the rest of it, without what was heard already.'

/** The model acts on what was said: it was meant for us, so somebody is there, and is not waiting for anything else. */
export const noteCallerPresent = (state: CallState): CallState =>
  state.unansweredTurns > 0 ? { ...state, ...callerPresent } : state

/** What is forgotten about silences once somebody has shown that they are there. */
export const callerPresent = { silences: 0, holding: false, resumed: false, nobodyThere: false } as const
