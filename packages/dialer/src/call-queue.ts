import { CallRefused, type Clock, type GatewayError, type Timer } from '@llc-phone/core'
import { createPacer } from './pacer.ts'
import type { DialingPolicy } from './policy.ts'

/** One of the `maxConcurrent` slots for calls, taken while the process had room. */
export interface Turn {
  /** Safe to call twice. `unused`: nothing was placed, so the next call need not wait for the carrier's pace. */
  release(how?: 'unused'): void
}

/** A call's place in the queue, and the turn it gets there. */
export interface QueuePlace {
  /** `now`: the turn is granted already; `soon`: it waits for the carrier's pace only; `later`: it waits for a slot, or for room. */
  readonly starts: 'now' | 'soon' | 'later'
  readonly turn: Promise<Turn>
  /** Gives up the place: rejects `turn` with this error, or releases a granted turn as unused. Safe to call twice. */
  leaveQueue(error: GatewayError): void
}

/** Room reserved in the queue while the gates of a call are checked. */
export interface Admission {
  /** Joins the end of the queue. */
  enterQueue(expiresAtMs: number): QueuePlace
  /** Frees the room. Safe to call twice, and after `enterQueue`. */
  cancel(): void
}

interface Waiting {
  readonly sinceMs: number
  grant(turn: Turn): void
  refuse(error: GatewayError): void
}

/** How often `mayStart` is asked again while it says no. */
const ASK_AGAIN_MS = 500

/**
 * Queue of calls that wait for a slot, for the carrier's pace, and until one may start (`mayStart`: room in the process, a model
 * server that serves): first in, first out; bounded in length and in time.
 */
export const createCallQueue = (
  clock: Clock,
  policy: () => Pick<DialingPolicy, 'callsPerSecond' | 'maxConcurrent' | 'queue'>,
  mayStart: () => boolean = () => true,
) => {
  const pacer = createPacer(clock, () => policy().callsPerSecond)
  const waiting: Waiting[] = []
  let busy = 0
  let admitted = 0
  let latest: Turn | undefined
  let wake: Timer | undefined
  let closed: GatewayError | undefined

  const isFree = (): boolean => busy < policy().maxConcurrent && pacer.waitMs === 0 && mayStart()

  const takeTurn = (): Turn => {
    busy++
    pacer.next()
    let held = true
    const turn: Turn = {
      release(how) {
        if (!held) return
        held = false
        busy--
        if (how === 'unused' && latest === turn) pacer.giveBack()
        advance()
      },
    }
    latest = turn
    return turn
  }

  const advance = (): void => {
    wake?.stop()
    while (waiting.length > 0 && isFree()) waiting.shift()!.grant(takeTurn())
    if (waiting.length > 0 && busy < policy().maxConcurrent)
      wake = clock.after(mayStart() ? pacer.waitMs : Math.max(pacer.waitMs, ASK_AGAIN_MS), advance)
  }

  const wait = (expiresAtMs: number): Pick<QueuePlace, 'turn' | 'leaveQueue'> => {
    const { promise, resolve, reject } = Promise.withResolvers<Turn>()
    let granted: Turn | undefined
    const entry: Waiting = {
      sinceMs: clock.now(),
      grant(turn) {
        timer.stop()
        granted = turn
        resolve(turn)
      },
      refuse(error) {
        timer.stop()
        reject(error)
      },
    }
    const leaveQueue = (error: GatewayError): void => {
      if (granted) return granted.release('unused')
      const index = waiting.indexOf(entry)
      if (index === -1) return
      waiting.splice(index, 1)
      entry.refuse(error)
    }
    const waitMs = expiresAtMs - clock.now()
    const timer = clock.after(waitMs, () => {
      const sentence = `The call was queued for longer than ${Math.round(waitMs / 1_000)} seconds.`
      leaveQueue(new CallRefused('queue_age', sentence))
    })
    waiting.push(entry)
    advance()
    return { turn: promise, leaveQueue }
  }

  return {
    /** Reserves room; `undefined` when the queue is full. */
    admit(): Admission | undefined {
      if (waiting.length + admitted >= policy().queue.max + (isFree() ? 1 : 0)) return undefined
      admitted++
      let inside = true
      const cancel = (): void => {
        if (inside) admitted--
        inside = false
      }
      return {
        cancel,
        enterQueue(expiresAtMs) {
          cancel()
          if (closed) return { starts: 'now', turn: Promise.reject(closed), leaveQueue() {} }
          if (waiting.length === 0 && isFree()) {
            const turn = takeTurn()
            return { starts: 'now', turn: Promise.resolve(turn), leaveQueue: () => turn.release('unused') }
          }
          const starts = waiting.length + busy < policy().maxConcurrent && mayStart() ? 'soon' : 'later'
          return { starts, ...wait(expiresAtMs) }
        },
      }
    },
    /** Refuses every waiting call, and every later one, with this error. */
    close(error: GatewayError): void {
      closed = error
      wake?.stop()
      for (const entry of waiting.splice(0)) entry.refuse(error)
    },
    get waiting() {
      return waiting.length
    },
    /** How long the first has waited (ms). */
    get oldestMs() {
      return waiting[0] ? clock.now() - waiting[0].sinceMs : 0
    },
  }
}
