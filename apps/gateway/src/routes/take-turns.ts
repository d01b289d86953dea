import type { FastifyInstance } from 'fastify'

/**
 * Handles one request for each turn of the event loop, so that audio is relayed in between. Hundreds of webhooks that come at
 * once are otherwise handled in one go, and every call hears the gap. A single request is not delayed.
 */
export const takeTurns = (app: FastifyInstance): void => {
  let waiting: (() => void)[] = []
  let next = 0
  let isTaken = false

  const nextTurn = (): void => {
    isTaken = next < waiting.length
    if (isTaken) {
      setImmediate(nextTurn)
      return waiting[next++]!()
    }
    waiting = []
    next = 0
  }

  app.addHook('onRequest', (_request, _reply, done) => {
    if (isTaken) return void waiting.push(done)
    isTaken = true
    setImmediate(nextTurn)
    done()
  })
}
