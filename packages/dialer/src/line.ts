import { CallRefused, type Clock, type GatewayError, type Timer } from '@llc-phone/core'
import { createPacer } from './pacer.ts'
import type { DialingPolicy } from './policy.ts'

/** A slot among the calls that may be under way at a time. */
export interface Turn {
  /** Safe to call twice. `unused`: nothing was placed, so the next one need not wait for the carrier's pace. */
  release(how?: 'unused'): void
}

/** A place that is kept while it is found out whether a call may be placed at all. */
export interface Admission {
  /** Goes to the end of the line. `now`: it is its turn at once; `soon`: it waits for the pace only; `later`: for a slot. */
  enter(expiresAtMs: number): { readonly comes: 'now' | 'soon' | 'later'; readonly turn: Promise<Turn> }
  /** It needs none. Safe to call twice, and after `enter`. */
  leave(): void
}

interface Waiting {
  readonly resolve: (turn: Turn) => void
  readonly reject: (error: GatewayError) => void
  readonly timer: Timer
}

/** Who waits for a slot and for the carrier's pace: first come, first served; bounded in length and in time. */
export const createLine = (
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
    while (waiting.length > 0 && isFree()) {
      const { resolve, timer } = waiting.shift()!
      timer.stop()
      resolve(takeTurn())
    }
    if (waiting.length > 0 && busy < maxConcurrent) wake = clock.after(pacer.waitMs, advance)
  }

  const wait = (expiresAtMs: number): Promise<Turn> =>
    new Promise((resolve, reject) => {
      const expire = (): void => {
        waiting.splice(waiting.indexOf(entry), 1)
        reject(
          new CallRefused(
            'queue_age',
            `The call has waited longer than ${queue.maxAgeMs / 1_000} seconds for its turn.`,
          ),
        )
      }
      const entry: Waiting = { resolve, reject, timer: clock.after(expiresAtMs - clock.now(), expire) }
      waiting.push(entry)
      advance()
    })

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
          if (closed) return { comes: 'now', turn: Promise.reject(closed) }
          if (waiting.length === 0 && isFree()) return { comes: 'now', turn: Promise.resolve(takeTurn()) }
          const comes = waiting.length + busy < maxConcurrent ? 'soon' : 'later'
          return { comes, turn: wait(expiresAtMs) }
        },
      }
    },
    /** Nobody waits any more, and nobody will. */
    close(error: GatewayError): void {
      closed = error
      wake?.stop()
      for (const { reject, timer } of waiting.splice(0)) {
        timer.stop()
        reject(error)
      }
    },
    get waiting() {
      return waiting.length
    },
  }
}
