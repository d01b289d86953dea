import type { CallRegistry, CallSession, Clock } from '@llc-phone/core'
import type { Logger } from 'pino'

/** Ends the process after its live calls have finished. */
export interface Drain {
  readonly begun: boolean
  /** Whether new callers go to the fallback: load balancers have had time to notice the drain. */
  readonly turnsAway: boolean
  /** Whether the calls that are left are being handed on: nothing new belongs here. */
  readonly handsOn: boolean
  /**
   * Resolves when no call is left. A second `operator` request hands the remaining calls on at once; a `defect` gives them
   * the default deadline at least, and never hands them on early.
   */
  begin(by?: 'operator' | 'defect'): Promise<void>
}

/** Longer than nearly every call to a business; platforms' grace periods must be longer still (docs/guides/deploy.md). */
export const DRAIN_DEADLINE_MS = 30 * 60_000

/** Time for load balancers to notice: they ask `/readyz` every few seconds. */
const TURN_AWAY_AFTER_MS = 10_000

/** Time for carriers to take the last callers over, or to ask where they go. */
const HAND_ON_GRACE_MS = 5_000

/** Time to answer carriers that ask what to do after a stream was closed. */
const LAST_ANSWERS_MS = 500

const LOOK_AGAIN_MS = 100

/** Whether somebody is listening: not on an outbound call that nobody has answered yet. */
const isOnTheLine = ({ facts, mediaSince }: CallSession): boolean =>
  facts.legId !== '' && (facts.direction === 'inbound' || mediaSince !== undefined)

/**
 * Waits for the registry to be empty. At the deadline, and on a second request, the remaining callers hear a sentence and go
 * to the fallback route: nobody is cut off.
 */
export const createDrain = (options: {
  readonly registry: Pick<CallRegistry, 'active' | 'closeAll'>
  readonly clock: Clock
  readonly log: Logger
  readonly deadlineMs: number
  /** Leaves calls to other instances, where there are any; resolves to those that it could not. Never rejects. */
  readonly handOver?: ((calls: readonly CallSession[]) => Promise<readonly CallSession[]>) | undefined
}): Drain => {
  const { registry, clock, log } = options
  let begunAt: number | undefined
  let endsAt = Number.POSITIVE_INFINITY
  let isAsked = false
  let handingOn = false
  let finished: Promise<void> | undefined

  const letGo = (call: CallSession): void => (isOnTheLine(call) ? call.handOn() : call.hangUp('drain'))

  const handOn = async (left: readonly CallSession[]): Promise<void> => {
    log.warn({ calls: left.length }, 'drain deadline reached, the calls that are left are handed on')
    if (!options.handOver) endsAt = clock.now()
    else {
      endsAt = Number.POSITIVE_INFINITY
      left = await options.handOver(left)
      endsAt = Math.min(endsAt, clock.now())
    }
    for (const call of left) letGo(call)
  }

  const look = (resolve: () => void) => {
    const left = registry.active()
    const now = clock.now()
    if (left.length === 0) return resolve()
    if (now >= endsAt + (handingOn ? HAND_ON_GRACE_MS : 0)) {
      if (handingOn) {
        registry.closeAll('drained')
        return void clock.after(LAST_ANSWERS_MS, resolve)
      }
      handingOn = true
      void handOn(left)
    }
    clock.after(LOOK_AGAIN_MS, () => look(resolve))
  }

  return {
    get begun() {
      return begunAt !== undefined
    },
    get turnsAway() {
      return handingOn || (begunAt !== undefined && clock.now() - begunAt >= TURN_AWAY_AFTER_MS)
    },
    get handsOn() {
      return handingOn
    },
    begin(by = 'operator') {
      const now = clock.now()
      const isHurried = isAsked && by === 'operator'
      const deadlineMs = by === 'operator' ? options.deadlineMs : Math.max(options.deadlineMs, DRAIN_DEADLINE_MS)
      isAsked ||= by === 'operator'
      endsAt = Math.min(endsAt, isHurried ? now : now + deadlineMs)
      if (finished) return finished
      begunAt = now
      const calls = registry.active().length
      log.info({ calls, deadlineMs }, 'draining: new calls go elsewhere, live ones finish')
      finished = new Promise((resolve) => look(resolve))
      return finished
    },
  }
}
