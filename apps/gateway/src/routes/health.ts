import type { FastifyInstance } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { errorBody } from './http-errors.ts'
import { requireAdmin } from './require-admin.ts'

/** `GET /healthz` (the process is alive), `/readyz` (it takes new calls) and `/metrics`. None of them uses the database. */
export const addHealthRoutes = (app: FastifyInstance, deps: GatewayDeps): void => {
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/readyz', (_request, reply) =>
    deps.isDraining()
      ? reply.code(503).send(errorBody('draining', 'This instance finishes its calls and takes no new ones.'))
      : // Ready without storage or a model too, and when full: calls are still answered, or go to the fallback route, and the
        // balancer must go on sending the requests of live calls.
        reply.send({
          status: 'ready',
          storage: deps.storage?.problem() ? 'unavailable' : 'ok',
          model: deps.model?.outage ? 'unavailable' : 'ok',
          room: deps.registry.room.level,
        }),
  )
  app.get('/metrics', { onRequest: requireAdmin(deps.adminToken) }, async (_request, reply) =>
    reply.type(deps.metrics.contentType).send(await deps.metrics.read()),
  )
}
