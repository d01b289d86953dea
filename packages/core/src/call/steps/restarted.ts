import { instructionOf } from '../instruction.ts'
import type { KeptState } from '../kept-state.ts'
import type { CallSettings } from '../settings.ts'
import { commonFields, startLeaving, type CallState, type Step } from '../state.ts'
import { openModel } from './connecting.ts'
import { LET_GO_MS } from './leaving.ts'
import { OFFERED_MS } from './media.ts'
import { limitTimers } from './patience.ts'

/** The carrier rings a person for twenty seconds, and the end of that may have been reported to a process that is dead. */
const STILL_RINGS_MS = 25_000

const stillRings = (label: string): string =>
  `${label} is still being rung. Ask the caller to hold on; you are told when ${label} can or cannot take the call.`

/** The state of a call whose process died, from what was kept: its caller is away, or on their way to a person or recording. */
export const resumedState = (fresh: CallState, kept: KeptState): CallState => {
  const { greeted, departure, awayKind, consultation, notes, ...counted } = kept
  const common = {
    ...commonFields(fresh),
    ...counted,
    restarted: greeted,
    resuming: greeted,
    opening: !greeted,
    greeting: greeted ? 'heard' : fresh.greeting,
    greetingBegun: greeted,
    notes: consultation && !departure ? [...notes, stillRings(consultation.label)] : notes,
    ...(consultation ? { consultation } : {}),
  } as const
  if (departure && awayKind) return { ...common, phase: 'away', awayKind, departure }
  const back: CallState = { ...common, phase: 'away', awayKind: 'reconnect' }
  return departure ? startLeaving(back, departure, 'gone') : back
}

/** The call goes on in this process. A caller on their way to a person or recording needs no model before they come back. */
export const onReopened = (state: CallState, { elapsedMs }: NonNullable<CallSettings['resumes']>): Step => {
  const rung = { type: 'timer.start', timer: 'consultation', delayMs: STILL_RINGS_MS } as const
  const limits = [...limitTimers(state, elapsedMs), ...(state.consultation ? [rung] : [])]
  if (state.phase === 'leaving')
    return [state, [{ type: 'timer.start', timer: 'departure', delayMs: LET_GO_MS }, ...limits]]
  const effects = [{ type: 'timer.start', timer: 'away', delayMs: OFFERED_MS } as const, ...limits]
  return instructionOf(state).kind === 'connect' ? openModel(state, effects) : [state, effects]
}
