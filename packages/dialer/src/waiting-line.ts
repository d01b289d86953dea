import { CallRefused, type Clock, type GatewayError, type Timer } from '@llc-phone/core'
import { createPacer } from './pacer.ts'
import type { DialingPolicy } from './policy.ts'

/** A slot among the calls that may be under way at a time. */
export interface Turn {
  /** Safe to call twice. `unused`: nothing was placed, so the next one need not wait for the carrier's pace. */
  release(how?: 'unused'): void
}

/** What a call has in the line, and after it. */
export interface Place {
  /** `now`: it is its turn at once; `soon`: it waits for the pace only; `later`: for a slot. */
  readonly comes: 'now' | 'soon' | 'later'
  readonly turn: Promise<Turn>
  /** Nothing is placed: the turn is refused with this error, or released if it was granted. Safe to call twice. */
  leave(error: GatewayError): void
}

/** A place that is kept while it is found out whether a call may be placed at all. */
export interface Admission {
  /** Goes to the end of the line. */
  enter(expiresAtMs: number): Place
  /** It needs none. Safe to call twice, and after `enter`. */
  leave(): void
}

interface Waiting {
  grant(turn: Turn): void
  refuse(error: GatewayError): void
}

/** Who waits for a slot and for the carrier's pace: first come, first served; bounded in length and in time. */
export const createWaitingLine = (
  clock: Clock,
  { callsPerSecond, maxConcurrent, queue }: Pick<DialingPolicy, 'callsPerSecond' | 'maxConcurrent' | 'queue'>,
) => {
  const pacer = createPacer(clock, callsPerSecond)
  const waiting: Waiting[] = []
  let busy = 0
  let admitted = 0
  let latest: Turn | undefined
  let wake: Timer | undefined
  let closed: GatewayError | undefined

  const isFree = (): boolean => busy < maxConcurrent && pacer.waitMs === 0

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
    if (waiting.length > 0 && busy < maxConcurrent) wake = clock.after(pacer.waitMs, advance)
  }

  const wait = (expiresAtMs: number): Pick<Place, 'turn' | 'leave'> => {
    const { promise, resolve, reject } = Promise.withResolvers<Turn>()
    let granted: Turn | undefined
    const entry: Waiting = {
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
    const leave = (error: GatewayError): void => {
      if (granted) return granted.release('unused')
      const index = waiting.indexOf(entry)
      if (index === -1) return
      waiting.splice(index, 1)
      entry.refuse(error)
    }
    const timer = clock.after(expiresAtMs - clock.now(), () => {
      const sentence = `The call has waited longer than ${queue.maxAgeMs / 1_000} seconds for its turn.`
      leave(new CallRefused('queue_age', sentence))
    })
    waiting.push(entry)
    advance()
    return { turn: promise, leave }
  }

  return {
    /** `undefined` when the line is full. */
    admit(): Admission | undefined {
      if (waiting.length + admitted >= queue.max + (isFree() ? 1 : 0)) return undefined
      admitted++
      let inside = true
      const leave = (): void => {
        if (inside) admitted--
        inside = false
      }
      return {
        leave,
        enter(expiresAtMs) {
          leave()
          if (closed) return { comes: 'now', turn: Promise.reject(closed), leave() {} }
          if (waiting.length === 0 && isFree()) {
            const turn = takeTurn()
            return { comes: 'now', turn: Promise.resolve(turn), leave: () => turn.release('unused') }
          }
          const comes = waiting.length + busy < maxConcurrent ? 'soon' : 'later'
          return { comes, ...wait(expiresAtMs) }
        },
      }
    },
    /** Nobody waits any more, and nobody will. */
    close(error: GatewayError): void {
      closed = error
      wake?.stop()
      for (const entry of waiting.splice(0)) entry.refuse(error)
    },
    get waiting() {
      return waiting.length
    },
  }
}
