import { GatewayError } from '@llc-phone/core'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { instanceIn } from '../fleet/instance-path.ts'
import { describeCause } from '../watching/describe-cause.ts'

type OwnerDeps = Pick<GatewayDeps, 'registry' | 'fleet' | 'log'>

/**
 * Finds where a request about a live call belongs, when another instance that is up serves the call. `url`: the request's without
 * the path of an instance; `asked`: as it came. Throws `misrouted` for one that was sent there already.
 */
export const createOwnerSearch =
  ({ registry, fleet, log }: OwnerDeps) =>
  async (id: string, url: string, asked: string): Promise<string | undefined> => {
    if (registry.byCallId(id) ?? registry.byLegId(id)) return undefined
    // Without the database the call is as unknown here as it would be without the fleet.
    const location = await fleet.locate(id, url).catch((error: unknown) => {
      log.warn({ callId: id, ...describeCause(error) }, 'not known which instance serves the call')
      return undefined
    })
    if (location === undefined || location !== asked) return location
    const owner = instanceIn(asked)!
    throw new GatewayError(
      'misrouted',
      `Instance ${owner} serves this call, and this is ${fleet.id}: the proxy must send what is below /i/${owner} to ${owner}.`,
    )
  }

/**
 * A handler to run before that of a route about a live call: sends the client to the instance that serves the call, if another
 * one does. 307, so that method and body are sent again.
 */
export const atOwner = (deps: OwnerDeps) => {
  const search = createOwnerSearch(deps)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { id } = request.params as { readonly id: string }
    const location = await search(id, request.url, request.originalUrl)
    if (location !== undefined) await reply.code(307).header('location', location).send()
  }
}
