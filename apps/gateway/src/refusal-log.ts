import type { Clock } from '@llc-phone/core'
import type { Logger } from 'pino'

/** This many callers per interval are logged one by one; the others share one line with their count. */
const ONE_BY_ONE = 5
const A_WHILE_MS = 10_000

/** Logs callers who get no session, so that a flood of them does not flood the log. */
export const createRefusalLog = (log: Logger, clock: Clock) => {
  let since = -Infinity
  let told = 0
  let untold: Record<string, number> = {}

  const tellRest = (): void => {
    const reasons = untold
    untold = {}
    if (Object.keys(reasons).length > 0) log.warn({ reasons }, 'more calls not answered by the assistant')
  }

  return (why: string, fields: object): void => {
    const now = clock.now()
    if (now - since >= A_WHILE_MS) {
      since = now
      told = 0
    }
    if (++told <= ONE_BY_ONE) return log.warn(fields, 'call not answered by the assistant')
    if (Object.keys(untold).length === 0) clock.after(since + A_WHILE_MS - now, tellRest)
    untold[why] = (untold[why] ?? 0) + 1
  }
}
