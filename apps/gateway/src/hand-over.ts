import { pause, type CallSession, type Clock } from '@llc-phone/core'
import type { Instance } from '@llc-phone/store'
import type { Logger } from 'pino'
import type { LiveLog } from './watching/live-log.ts'

/** Proxies ask `/lbz` every second, and two answers in a row decide. */
const NOTICED_AFTER_MS = 2_500
/** Between two calls, so that those who take them over are not overrun. */
const EVERY_MS = 50
/** A call that could not be written down within this: the database does not answer, and would keep a hundred callers for minutes. */
const AWAY_AFTER_MS = 1_000

/**
 * Leaves the calls of this instance to others at the end of its drain: each is written down, and its audio is closed; its
 * carrier asks what is next, and another instance answers. Resolves to the calls that stay, all of them where nobody is ready.
 */
export const createHandOver =
  (options: {
    /** The other instances that are up. */
    others(): readonly Pick<Instance, 'state'>[]
    readonly live: Pick<LiveLog, 'release'>
    readonly clock: Clock
    readonly log: Logger
  }) =>
  async (calls: readonly CallSession[]): Promise<readonly CallSession[]> => {
    const { others, live, clock, log } = options
    if (!others().some(({ state }) => state === 'ready')) return calls
    await pause(clock, NOTICED_AFTER_MS)
    const staying: CallSession[] = []
    let isAway = false
    for (const call of calls) {
      if (call.state.phase === 'ended') continue
      if (isAway) {
        staying.push(call)
        continue
      }
      const askedAt = clock.now()
      // oxlint-disable-next-line no-await-in-loop -- one after the other, at a steady pace
      const isLeft = await live.release(call)
      isAway = !isLeft && clock.now() - askedAt >= AWAY_AFTER_MS
      if (!isLeft) staying.push(call)
      // oxlint-disable-next-line no-await-in-loop -- as above
      else await pause(clock, EVERY_MS)
    }
    log.info(
      { calls: calls.length - staying.length, staying: staying.length },
      'calls are handed over to other instances',
    )
    return staying
  }
