import type { Clock, Timer } from '../clock.ts'
import type { TimerName } from './events.ts'

const TIMER_MS: Readonly<Record<Exclude<TimerName, 'model'>, number>> = {
  // Wait before connecting to a server that has just refused or dropped us.
  reopen: 250,
  // A carrier connects the media stream within seconds of our answer.
  unclaimed: 90_000,
  // A carrier asks for the next instruction right after a media stream ends.
  away: 4_000,
  // Time for the model to think of a sentence, and for the caller to hear it.
  departure: 15_000,
  // A setting of the mode: people read digits off a card.
  keypad: 3_500,
  retryReply: 500,
  // The first step; the others are in steps/owed.ts.
  owed: 2_500,
  deadAir: 1_500,
  // Time for some rings, the introduction and pressing a key.
  consultation: 45_000,
  // A setting of the mode: how long the callee may stay silent.
  opener: 3_000,
  // Time for a person to read who is calling and to get to their telephone.
  screening: 60_000,
  // These two depend on how long the session lives; see steps/refresh.ts.
  refresh: 3_000_000,
  refreshLate: 3_540_000,
  // These three are settings of the mode; see Patience.
  silence: 20_000,
  limitWarning: 1_740_000,
  limit: 1_800_000,
}

/** The timers of one call; starting one again restarts it. */
export interface Timers {
  start(timer: TimerName, delayMs?: number): void
  stop(timer: TimerName): void
  stopAll(): void
}

/** `modelMs` is the deadline of a model connection; `fire` is told which timer ran out. */
export const createTimers = (clock: Clock, modelMs: number, fire: (timer: TimerName) => void): Timers => {
  const running = new Map<TimerName, Timer>()
  const stop = (timer: TimerName): void => running.get(timer)?.stop()
  return {
    start(timer, delayMs = timer === 'model' ? modelMs : TIMER_MS[timer]) {
      stop(timer)
      running.set(
        timer,
        clock.after(delayMs, () => fire(timer)),
      )
    },
    stop,
    stopAll() {
      for (const timer of running.values()) timer.stop()
    },
  }
}
