import type { Clock } from '@llc-phone/core'

/** Resolves after that time, to nothing, or as soon as `until` does, to what it does. */
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
