import { GatewayError, systemClock, type Clock } from '@llc-phone/core'
import type { Logger } from 'pino'
import { describeCause } from './describe-cause.ts'

/** Tells the operator when nothing can be stored, and runs postponed tasks when storage works again. */
export interface StorageWatch {
  /** Reports the store's problem; `undefined`: writes succeed again. */
  report(problem: GatewayError | undefined): void
  /** Runs a task that needs the database, now or when the database works again. Other failures reject. */
  nowOrLater(task: () => Promise<void>): Promise<void>
}

/** When a task is retried that failed although storage works. */
const TRY_AGAIN_MS = 5_000

/** Watches the store of one gateway. */
export const createStorageWatch = (log: Logger, clock: Clock = systemClock): StorageWatch => {
  const postponed = new Set<() => Promise<void>>()
  let current: GatewayError | undefined

  const attempt = async (task: () => Promise<void>): Promise<void> => {
    try {
      await task()
      postponed.delete(task)
    } catch (error) {
      if (!(error instanceof GatewayError && error.code === 'database_failed')) throw error
      postponed.add(task)
      if (!current) clock.after(TRY_AGAIN_MS, makeUp)
    }
  }

  const makeUp = (): void => {
    for (const task of postponed)
      attempt(task).catch((error: unknown) => {
        postponed.delete(task)
        log.error(describeCause(error), 'not made up for after an outage')
      })
  }

  return {
    report(problem) {
      current = problem
      if (problem) {
        log.error(
          { code: problem.code, reason: problem.message, ...describeCause(problem.cause) },
          'storage unavailable: calls are answered, nothing is stored and nobody is promised anything',
        )
        return
      }
      log.warn('storage available again')
      makeUp()
    },
    nowOrLater: attempt,
  }
}
