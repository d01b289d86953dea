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

/** Resolves after that time (ms) to nothing, or as soon as `until` does, to what it does. */
export const pause = async <Result>(
  clock: Clock,
  delayMs: number,
  until?: Promise<Result>,
): Promise<Result | undefined> => {
  if (delayMs <= 0) return undefined
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = clock.after(delayMs, () => resolve(undefined))
  try {
    return await (until ? Promise.race([promise, until]) : promise)
  } finally {
    timer.stop()
  }
}

/** What `work` comes to; rejects when that takes longer than `limitMs`. What comes of it later is nobody's concern. */
export const inTime = async <Result>(clock: Clock, limitMs: number, work: Promise<Result>): Promise<Result> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = clock.after(limitMs, () => reject(new Error(`It took longer than ${limitMs} ms.`)))
  work.catch(() => {})
  try {
    return await Promise.race([promise, work])
  } finally {
    timer.stop()
  }
}

/** Does `work`, and again after each of these pauses (ms) while it fails and `mayRetry`; rejects with the last error. */
export const retried = async <Result>(
  clock: Clock,
  pausesMs: readonly number[],
  work: () => Promise<Result>,
  mayRetry: (error: unknown) => boolean = () => true,
): Promise<Result> => {
  for (const pauseMs of pausesMs) {
    try {
      return await work()
    } catch (error) {
      if (!mayRetry(error)) throw error
      await pause(clock, pauseMs)
    }
  }
  return work()
}
