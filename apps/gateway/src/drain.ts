import type { CallRegistry, Clock } from '@llc-phone/core'
import type { Logger } from 'pino'

/** The way out: live calls finish before the process does. */
export interface Drain {
  readonly begun: boolean
  /** Resolves when no call is left. Asking again ends the calls that are left now. */
  begin(): Promise<void>
}

/** Longer than nearly every call to a business; platforms' grace periods must be longer still (docs/guides/deploy.md). */
export const DRAIN_DEADLINE_MS = 30 * 60_000

/** Time for hang-ups that were asked for at the deadline to reach Twilio. */
const HANG_UP_GRACE_MS = 5_000

const LOOK_AGAIN_MS = 100

/** Waits for the registry to be empty; at the deadline, and on the second request, it hangs up on who is left. */
export const createDrain = (options: {
  readonly registry: Pick<CallRegistry, 'active' | 'closeAll'>
  readonly clock: Clock
  readonly log: Logger
  readonly deadlineMs: number
}): Drain => {
  const { registry, clock, log } = options
  let endsAt: number | undefined
  let hangingUp = false
  let finished: Promise<void> | undefined

  const look = (resolve: () => void) => {
    const left = registry.active()
    const now = clock.now()
    if (left.length === 0) return resolve()
    if (now >= endsAt! + (hangingUp ? HANG_UP_GRACE_MS : 0)) {
      if (hangingUp) {
        registry.closeAll('drained')
        return resolve()
      }
      hangingUp = true
      endsAt = now
      log.warn({ calls: left.length }, 'drain deadline reached, hanging up')
      for (const call of left) call.hangUp('drain')
    }
    clock.after(LOOK_AGAIN_MS, () => look(resolve))
  }

  return {
    get begun() {
      return endsAt !== undefined
    },
    begin() {
      if (finished) {
        endsAt = Math.min(endsAt!, clock.now())
        return finished
      }
      endsAt = clock.now() + options.deadlineMs
      const calls = registry.active().length
      log.info({ calls, deadlineMs: options.deadlineMs }, 'draining: new calls go elsewhere, live ones finish')
      finished = new Promise((resolve) => look(resolve))
      return finished
    },
  }
}
