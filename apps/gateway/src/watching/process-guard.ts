import type { Logger } from 'pino'
import { describeCause } from './describe-cause.ts'

/** What reached the process instead of whoever should have handled it. */
export type DefectKind = 'rejection' | 'exception'

interface Target {
  exitCode?: typeof process.exitCode
  on(name: 'unhandledRejection' | 'uncaughtException', listener: (cause: unknown) => void): unknown
  off(name: 'unhandledRejection' | 'uncaughtException', listener: (cause: unknown) => void): unknown
}

/** All of the first ones are logged, then each time their number has doubled. */
const LOGGED_ONE_BY_ONE = 10

const MESSAGES = {
  rejection: 'a promise failed that nobody waited for: no new calls, live ones finish',
  exception: 'an exception was caught by nobody: no new calls, live ones finish',
} as const

/** An exception out of the guard would end the process; the calls matter more than what it wanted to do. */
const attempt = (work: () => unknown): void => {
  try {
    work()
  } catch {}
}

/**
 * Keeps the process alive for its callers: a mode is code we run, and one forgotten promise of it must not cut everybody's
 * call. What happened is logged without its words and counted, and `drain` is asked for each time; the process then exits with 1.
 * Returns what takes the guard away.
 */
export const guardProcess = (options: {
  readonly log: Logger
  count(kind: DefectKind): void
  drain(): void
  /** Another process than this one, for tests. */
  readonly target?: Target
}): (() => void) => {
  const { target = process } = options
  let seen = 0
  const take = (kind: DefectKind, cause: unknown): void => {
    target.exitCode = 1
    seen++
    const isTold = seen <= LOGGED_ONE_BY_ONE || (seen & (seen - 1)) === 0
    attempt(() => options.count(kind))
    attempt(() => isTold && options.log.error({ seen, ...describeCause(cause) }, MESSAGES[kind]))
    attempt(() => options.drain())
  }
  const onRejection = (reason: unknown): void => take('rejection', reason)
  const onException = (error: unknown): void => take('exception', error)
  target.on('unhandledRejection', onRejection)
  target.on('uncaughtException', onException)
  return () => {
    target.off('unhandledRejection', onRejection)
    target.off('uncaughtException', onException)
  }
}
