import type { Clock } from '@llc-phone/core'
import type { Logger } from 'pino'

const A_WHILE_MS = 10_000

/** What is told of refusals, and of how many. */
export interface RefusalLines {
  /** The message of a line for one of them. */
  readonly one: string
  /** The message of the line with the counts of the others. */
  readonly others: string
  /** How many have a line each in ten seconds. */
  readonly oneByOne: number
  /** These are counted for each reason by itself: a flood of one kind does not hide the others. */
  readonly byReason: boolean
}

const CALLS: RefusalLines = {
  one: 'call not answered by the assistant',
  others: 'more calls not answered by the assistant',
  oneByOne: 5,
  byReason: false,
}

/** For what anybody may send to us: a request that is refused. `what`: request, webhook, media socket. */
export const refusedRequests = (what: string): RefusalLines => ({
  one: `${what} refused`,
  others: `more ${what}s refused`,
  oneByOne: 20,
  byReason: true,
})

/** Logs who is refused something, so that a flood of them does not flood the log. */
export const createRefusalLog = (log: Pick<Logger, 'warn'>, clock: Clock, lines: RefusalLines = CALLS) => {
  let since = -Infinity
  let told: Record<string, number> = {}
  let untold: Record<string, number> = {}

  const tellOthers = (): void => {
    const reasons = untold
    untold = {}
    if (Object.keys(reasons).length > 0) log.warn({ reasons }, lines.others)
  }

  return (why: string, fields: object): void => {
    const now = clock.now()
    if (now - since >= A_WHILE_MS) {
      since = now
      told = {}
    }
    const kind = lines.byReason ? why : ''
    told[kind] = (told[kind] ?? 0) + 1
    if (told[kind] <= lines.oneByOne) return log.warn(fields, lines.one)
    if (Object.keys(untold).length === 0) clock.after(since + A_WHILE_MS - now, tellOthers)
    untold[why] = (untold[why] ?? 0) + 1
  }
}
