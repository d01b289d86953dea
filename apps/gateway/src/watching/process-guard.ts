import type { Logger } from 'pino'
import { describeCause } from './describe-cause.ts'

/** The kinds of unhandled failures. */
export type DefectKind = 'rejection' | 'exception'

interface Target {
  exitCode?: typeof process.exitCode
  on(name: 'unhandledRejection' | 'uncaughtException', listener: (cause: unknown) => void): unknown
  off(name: 'unhandledRejection' | 'uncaughtException', listener: (cause: unknown) => void): unknown
}

/** The first failures are all logged, later ones each time their number has doubled. */
const LOGGED_ONE_BY_ONE = 10

const MESSAGES = {
  rejection: 'a promise failed that nobody waited for: no new calls, live ones finish',
  exception: 'an exception was caught by nobody: no new calls, live ones finish',
} as const

/** Ignores exceptions in the guard itself: they would end the process, and its calls. */
const attempt = (work: () => unknown): void => {
  try {
    work()
  } catch {}
}

/**
 * Keeps the process alive after an unhandled failure: one unawaited promise of a mode must not end every call. The failure is
 * logged without its message and counted, and `drain` is called each time; the process then exits with 1. Returns a
 * function that removes the guard.
 */
export const guardProcess = (options: {
  readonly log: Logger
  count(kind: DefectKind): void
  drain(): void
  /** Replaces this process in tests. */
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
