import { GatewayError } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { requireAdmin } from './require-admin.ts'

interface OfGreeting {
  Params: { id: string }
}

/** `GET /greetings` lists the recorded greetings; `DELETE /greetings/ID` has the model speak one again in the next call. */
export const addGreetingRoutes = async (scope: FastifyInstance, deps: GatewayDeps): Promise<void> => {
  const { greetings, log } = deps
  scope.addHook('onRequest', requireAdmin(deps.adminToken))

  scope.get('/greetings', () => ({ greetings: greetings.list() }))

  scope.delete<OfGreeting>('/greetings/:id', async (request) => {
    const { id } = request.params
    if (!(await greetings.remove(id)))
      throw new GatewayError('not_found', 'There is no recorded greeting with this id.')
    log.info({ id }, 'recorded greeting removed')
    return { id }
  })
}
