import { systemClock } from '@llc-phone/core'
import type { Logger } from 'pino'
import type { Drain } from './drain.ts'
import type { Metrics } from './watching/metrics.ts'
import { guardProcess } from './watching/process-guard.ts'

/** Longer than a process takes to end once its gateway has stopped. */
const GUARDED_AFTERWARDS_MS = 5_000

/** How a gateway ends. */
export interface Stop {
  /** Lets live calls finish, then closes everything. A second call hands on what is left at once. */
  stop(): Promise<void>
  /** Settles when the gateway has stopped: on request, or by itself after a defect. */
  readonly stopped: Promise<void>
}

/** Ends a gateway on request, and after a failure that nobody has handled. */
export const createStop = (options: {
  readonly log: Logger
  readonly metrics: Pick<Metrics, 'defect'>
  readonly drain: Drain
  /** Begins nothing new, while live calls finish. */
  rest(): Promise<unknown>
  /** Closes everything, once, when no call is left. */
  close(): Promise<void>
}): Stop => {
  const { log, metrics, drain, rest } = options
  let closed: Promise<void> | undefined
  const close = async () => {
    await options.close()
    log.info('gateway stopped')
  }
  const stop = async (by: 'operator' | 'defect') => {
    // Closing the server before calls have finished would hang up on everybody.
    await Promise.all([drain.begin(by), rest()])
    closed ??= close()
    await closed
  }
  const stopped = Promise.withResolvers<void>()
  const removeGuard = guardProcess({
    log,
    count: (kind) => metrics.defect(kind),
    drain() {
      if (!drain.begun) stop('defect').then(stopped.resolve, stopped.reject)
    },
  })
  // Keep the guard for a moment: tasks that are still running may fail because everything is closed.
  const removeGuardLater = () => void systemClock.after(GUARDED_AFTERWARDS_MS, removeGuard)
  stopped.promise.then(removeGuardLater, removeGuardLater)
  return {
    stopped: stopped.promise,
    stop() {
      const stopping = stop('operator')
      stopping.then(stopped.resolve, stopped.reject)
      return stopping
    },
  }
}
