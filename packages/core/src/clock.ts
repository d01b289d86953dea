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

/** All that waiting needs of a {@link Clock}. */
type Timing = Pick<Clock, 'after'>

/** Resolves after that time (ms) to nothing, or as soon as `until` does, to what it does. */
export const pause = async <Result>(
  clock: Timing,
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

/** What `work` comes to; rejects with `late` when it takes longer than `limitMs`. What comes of it then is dropped. */
export const inTime = async <Result>(
  clock: Timing,
  limitMs: number,
  work: Promise<Result>,
  late: () => Error = () => new Error(`It took longer than ${limitMs} ms.`),
): Promise<Result> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = clock.after(limitMs, () => reject(late()))
  work.catch(() => {})
  try {
    return await Promise.race([promise, work])
  } finally {
    timer.stop()
  }
}

/** What `work` comes to; rejects with the signal's reason as soon as it aborts, even if the work goes on. */
export const unlessAborted = async <Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> => {
  signal.throwIfAborted()
  const { promise, reject } = Promise.withResolvers<never>()
  const giveUp = (): void => reject(signal.reason)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    return await Promise.race([work(), promise])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

/** Does `work`, and again after each of these pauses (ms) while it fails and `mayRetry`; rejects with the last error. */
export const retried = async <Result>(
  clock: Timing,
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
