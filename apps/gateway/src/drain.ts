import { inTime, type CallRegistry, type CallSession, type Clock } from '@llc-phone/core'
import type { Logger } from 'pino'
import { describeCause } from './watching/describe-cause.ts'

/** The way out: live calls finish before the process does. */
export interface Drain {
  readonly begun: boolean
  /** Balancers have had their time to notice: a new caller would be cut off, so the fallback takes them. */
  readonly turnsAway: boolean
  /**
   * Resolves when no call is left. An operator who asks again ends the calls that are left now; a defect asks for the time
   * of the shipped deadline at least, and never hurries.
   */
  begin(by?: 'operator' | 'defect'): Promise<void>
}

/** Longer than nearly every call to a business; platforms' grace periods must be longer still (docs/guides/deploy.md). */
export const DRAIN_DEADLINE_MS = 30 * 60_000

/** Balancers ask `/readyz` every few seconds. */
const TURN_AWAY_AFTER_MS = 10_000

/** Time for what was asked for at the deadline to reach the carrier. */
const HANG_UP_GRACE_MS = 5_000

/** Of that, what a last sentence may take to be accepted; then there is still time for a plain hang-up. */
const TELL_LIMIT_MS = 3_000

/** A carrier may ask at once what becomes of a caller whose stream was closed: that is still answered. */
const LAST_ANSWERS_MS = 500

const LOOK_AGAIN_MS = 100

/** Who has not picked up yet need not be told anything. */
const isOnTheLine = ({ facts, mediaSince }: CallSession): boolean =>
  facts.legId !== '' && (facts.direction === 'inbound' || mediaSince !== undefined)

/** Waits for the registry to be empty; at the deadline, and on the second request, whoever is left is told and let go. */
export const createDrain = (options: {
  readonly registry: Pick<CallRegistry, 'active' | 'closeAll'>
  readonly clock: Clock
  readonly log: Logger
  readonly deadlineMs: number
}): Drain => {
  const { registry, clock, log } = options
  let begunAt: number | undefined
  let endsAt = Number.POSITIVE_INFINITY
  let isAsked = false
  let hangingUp = false
  let finished: Promise<void> | undefined

  /** Whoever cannot be told is only hung up on. */
  const letGo = (call: CallSession): void => {
    if (!isOnTheLine(call)) return call.hangUp('drain')
    inTime(clock, TELL_LIMIT_MS, call.sayGoodbye()).then(
      () => call.end('drained'),
      (cause: unknown) => {
        log.warn({ callId: call.facts.callId, ...describeCause(cause) }, 'caller could not be told that the call ends')
        call.hangUp('drain')
      },
    )
  }

  const look = (resolve: () => void) => {
    const left = registry.active()
    const now = clock.now()
    if (left.length === 0) return resolve()
    if (now >= endsAt + (hangingUp ? HANG_UP_GRACE_MS : 0)) {
      if (hangingUp) {
        registry.closeAll('drained')
        return void clock.after(LAST_ANSWERS_MS, resolve)
      }
      hangingUp = true
      endsAt = now
      log.warn({ calls: left.length }, 'drain deadline reached, telling callers and hanging up')
      for (const call of left) letGo(call)
    }
    clock.after(LOOK_AGAIN_MS, () => look(resolve))
  }

  return {
    get begun() {
      return begunAt !== undefined
    },
    get turnsAway() {
      return hangingUp || (begunAt !== undefined && clock.now() - begunAt >= TURN_AWAY_AFTER_MS)
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
