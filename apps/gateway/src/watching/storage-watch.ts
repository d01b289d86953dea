import { GatewayError, systemClock, type Clock } from '@llc-phone/core'
import type { Logger } from 'pino'
import { describeCause } from './describe-cause.ts'

/** Tells the operator when nothing can be stored, and does later what could not be done then. */
export interface StorageWatch {
  /** What the store has come across; `undefined`: writes are kept again. */
  report(problem: GatewayError | undefined): void
  /** Does now what needs the database, or else when it is back. What fails for another reason is thrown. */
  nowOrLater(task: () => Promise<void>): Promise<void>
}

/** When a task that has failed although the storage is well is tried again. */
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
