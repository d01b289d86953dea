/** A running timer; `stop` is safe to call twice. */
export interface Timer {
  stop(): void
}

/** The only place time enters, so that a test can own it. */
export interface Clock {
  /** Milliseconds on a clock that never goes back. */
  now(): number
  /** The wall clock, for what people read. */
  date(): Date
  /** Runs `task` once after `delayMs`. */
  after(delayMs: number, task: () => void): Timer
}

/** Real time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => new Date(),
  after(delayMs, task) {
    // Sockets keep a process alive, not the things it means to do later.
    const handle = setTimeout(task, delayMs).unref()
    return { stop: () => clearTimeout(handle) }
  },
}
