import { systemClock } from '@llc-phone/core'

/** The work's result, or a rejection once `limitMs` have passed: a caller is waiting. */
export const inTime = <Result>(work: Promise<Result>, limitMs: number): Promise<Result> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = systemClock.after(limitMs, () => reject(new Error('The database did not answer in time.')))
  return Promise.race([work, promise]).finally(() => timer.stop())
}
