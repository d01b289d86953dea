import type { Clock, Timer } from '../clock.ts'
import type { TimerName } from './events.ts'

const TIMER_MS: Readonly<Record<Exclude<TimerName, 'model'>, number>> = {
  // A server that has just refused or dropped us needs a moment.
  reopen: 250,
  // A carrier connects within seconds of our answer; after this nobody is coming.
  unclaimed: 90_000,
  // `<Connect action>` follows the end of a stream at once.
  away: 4_000,
  // Long enough for a sentence to be thought of, spoken and heard.
  departure: 15_000,
  // A setting of the mode: people read digits off a card.
  keypad: 3_500,
  retryReply: 500,
  // The first step; see steps/owed.ts for the others.
  owed: 2_500,
  deadAir: 1_500,
  // A person needs some rings, the whisper and a moment to press a key.
  consultation: 45_000,
  // A setting of the mode: how long somebody we called may stay silent.
  opener: 3_000,
  // People read who is calling, and have to get to their telephone.
  screening: 60_000,
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
