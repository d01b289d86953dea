import type { FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { describeCause } from '../watching/describe-cause.ts'

/**
 * A handler to run before that of a route about a live call: sends the client to the instance that serves the call, if another
 * one does. 307, so that method and body are sent again.
 */
export const atOwner =
  ({ registry, fleet, log }: Pick<GatewayDeps, 'registry' | 'fleet' | 'log'>) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { id } = request.params as { readonly id: string }
    if (registry.byCallId(id) ?? registry.byLegId(id)) return
    // Without the database the call is as unknown here as it would be without the fleet.
    const location = await fleet.locate(id, request.url).catch((error: unknown) => {
      log.warn({ callId: id, ...describeCause(error) }, 'not known which instance serves the call')
      return undefined
    })
    if (location !== undefined) await reply.code(307).header('location', location).send()
  }
