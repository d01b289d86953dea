import type { FastifyInstance } from 'fastify'

/** Carriers give a webhook up after 15 s. Requests that have waited this long share a turn. */
const PATIENT_MS = 2_000
/** Requests that share a turn: a call hears a gap, but not one of seconds. */
const AT_ONCE = 10

/**
 * Handles one request for each turn of the event loop, so that audio is relayed in between. Hundreds of webhooks that come at
 * once are otherwise handled in one go, and every call hears the gap. A single request is not delayed. When turns take long,
 * several requests share one, because a carrier ends a call whose webhook gets no answer. `now` is in ms.
 */
export const takeTurns = (app: FastifyInstance, now: () => number = () => performance.now()): void => {
  let waiting: { readonly since: number; readonly go: () => void }[] = []
  let next = 0
  let isTaken = false

  const nextTurn = (): void => {
    isTaken = next < waiting.length
    if (!isTaken) {
      waiting = []
      next = 0
      return
    }
    setImmediate(nextTurn)
    const isLate = now() - waiting[next]!.since > PATIENT_MS
    for (let left = isLate ? AT_ONCE : 1; left > 0 && next < waiting.length; left--) waiting[next++]!.go()
  }

  app.addHook('onRequest', (_request, _reply, done) => {
    if (isTaken) return void waiting.push({ since: now(), go: done })
    isTaken = true
    setImmediate(nextTurn)
    done()
  })
}
