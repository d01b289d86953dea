/** A running timer; `stop` is safe to call twice. */
export interface Timer {
  stop(): void
}

/** The source of all time, so that tests can control it. */
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
    // Timers alone do not keep the process alive.
    const handle = setTimeout(task, delayMs).unref()
    return { stop: () => clearTimeout(handle) }
  },
}

/** The part of a {@link Clock} that waiting needs. */
type Timing = Pick<Clock, 'after'>

/** Resolves to `undefined` after that time (ms), or to the result of `until` if that comes first. */
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

/** The result of `work`; rejects with `late` when it takes longer than `limitMs`. A later result is dropped. */
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

/** The result of `work`; rejects with the signal's reason as soon as it aborts, even if the work goes on. */
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

/** The result of `work`, retried after each of these pauses (ms) while it fails and `mayRetry`; rejects with the last error. */
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
