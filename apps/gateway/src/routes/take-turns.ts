import type { FastifyInstance } from 'fastify'

/** Carriers give a webhook up after 15 s. Whoever has waited this long goes on with others at a time. */
const PATIENT_MS = 2_000
/** Handled in one turn when they have waited too long: as many as a call hears, but not for seconds. */
const AT_ONCE = 10

/**
 * Handles one request for each turn of the event loop, so that audio is relayed in between. Hundreds of webhooks that come at
 * once are otherwise handled in one go, and every call hears the gap. A single request is not delayed. Where each turn takes
 * long, several share one: a carrier that gets no answer takes the caller away. `now` is in ms.
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
