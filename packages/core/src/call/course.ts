import type { CallEvent } from './events.ts'
import type { CallerSpeech, PhaseTime } from './call-story.ts'
import type { CallState } from './state.ts'
import { isShielded } from './steps/conversation.ts'

/** More than half an hour of talk has; what comes later is not told. */
const MAX_SPEECHES = 1_000
const MAX_PHASES = 200
/** Approximate size of one entry of either list. */
const ENTRY_BYTES = 100

type Writable<Value> = { -readonly [Key in keyof Value]: Value[Key] }

/** Whether the event is the moment at which the assistant is interrupted after some speech was weighed. */
const isConfirmed = (before: CallState, event: CallEvent): boolean =>
  event.type === 'bargeInConfirmed' && before.bargeInPending && (event.heard.length > 0 || before.sounding)

/** Collects when the caller spoke, what it was taken for, and the phases of a call; `now` is in ms since the call began. */
export const createCourse = (now: () => number) => {
  const speech: Writable<CallerSpeech>[] = []
  const phases: PhaseTime[] = [{ phase: 'warming', atMs: now() }]

  const began = (before: CallState): void => {
    if (speech.length >= MAX_SPEECHES) return
    const isKept = before.phase === 'live' && isShielded(before) && !before.bridging
    speech.push({ startedMs: now(), ...(isKept ? { as: 'kept' } : {}) })
  }

  return {
    /** Notes what an event was for the caller's speech and the phase, from the states before and after it. */
    decided(before: CallState, after: CallState, event: CallEvent): void {
      if (event.type === 'speechStarted') began(before)
      const last = speech.at(-1)
      const isOpen = last !== undefined && last.endedMs === undefined
      if (isOpen && isConfirmed(before, event)) last.clearedAfterMs ??= now() - last.startedMs
      if (isOpen && event.type !== 'speechStarted' && !after.callerSpeaking) {
        last.endedMs = now()
        const isWeighed = before.phase === 'live' || before.phase === 'leaving'
        if (event.type === 'speechStopped' && before.bargeInPending && isWeighed) last.as = 'noise'
      }
      if (after.phase !== before.phase && phases.length < MAX_PHASES) phases.push({ phase: after.phase, atMs: now() })
    },
    /** The caller's speech has emptied the line's queue this long (ms) after it was noticed. */
    cleared(afterMs: number): void {
      const last = speech.at(-1)
      if (last && last.endedMs === undefined) last.clearedAfterMs ??= afterMs
    },
    get bytes() {
      return (speech.length + phases.length) * ENTRY_BYTES
    },
    tell: () => ({ speech: speech.map((each) => ({ ...each })), phases: [...phases] }),
  }
}
