import type { FastifyInstance } from 'fastify'
import * as z from 'zod'
import { notBuilt } from '../configuration/in-force.ts'
import type { GatewayDeps } from '../deps.ts'
import { lbzStatusOf } from '../fleet/instance-state.ts'
import type { AdminScope } from './admin-scope.ts'
import { errorBody } from './http-errors.ts'

/** `partly`: an instance could not be built, and its numbers go to the fallback; `copy`: the database could not be read. */
const stateOf = ({ inForce, isExample }: GatewayDeps['settings']): 'ok' | 'partly' | 'copy' | 'example' => {
  if (notBuilt(inForce).length > 0) return 'partly'
  if (inForce.source === 'copy') return 'copy'
  return isExample ? 'example' : 'ok'
}

const LBZ_MESSAGES = {
  ready: 'Send new calls.',
  full: 'This instance has as many calls as it takes: send only what belongs to them.',
  draining: 'This instance finishes its calls: send only what belongs to them.',
  starting: 'This instance is starting.',
  closing: 'This instance hands its last calls over.',
  closed: 'This instance has ended.',
  fenced: 'Another process has the INSTANCE_ID of this one.',
} as const

/**
 * `GET /healthz` (the process is alive), `/readyz` (it takes new calls) and `/lbz` (what a proxy may send it). None uses the
 * database.
 */
export const addHealthRoutes = (app: FastifyInstance, deps: GatewayDeps): void => {
  app.get('/healthz', () => ({ status: 'ok' }))
  app.get('/lbz', (_request, reply) => {
    const { state } = deps.fleet
    const status = lbzStatusOf(state)
    return reply.code(status).header('cache-control', 'no-store').send({ state, message: LBZ_MESSAGES[state] })
  })
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
          settings: stateOf(deps.settings),
        }),
  )
}

/** `GET /metrics`, for Prometheus; without the database. */
export const addMetricsRoute = (scope: AdminScope, { metrics }: GatewayDeps): void => {
  const schema = {
    summary: 'Counts and times, as text for Prometheus',
    response: { 200: { content: { 'text/plain': { schema: z.string() } } } },
  }
  scope.get('/metrics', { config: { role: 'viewer' }, schema }, async (_request, reply) =>
    reply.type(metrics.contentType).send(await metrics.read()),
  )
}
