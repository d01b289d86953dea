import type { FastifyInstance } from 'fastify'

/**
 * Has requests take turns with the audio: one is handled, then the sockets of the calls are looked at again. Hundreds of
 * webhooks that come at once are otherwise handled in one go, and every call hears the gap. A request that comes alone waits
 * for nothing.
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
