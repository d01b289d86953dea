import { instanceStates } from '@llc-phone/store'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { instanceProblems } from '../fleet/fleet.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'

const state = z.enum(instanceStates)

const instance = z
  .object({
    id: z.string(),
    /** The id of this start of its process. */
    bootId: z.string(),
    state,
    /** Whether it has said something within three seconds. */
    isUp: z.boolean(),
    /** The one that answers. */
    isThis: z.boolean(),
    /** Its FLEET_SECRET is not that of the one that answers, or another one that is up has its INSTANCE_ID. */
    problem: z.enum(instanceProblems).optional(),
    /** Live calls, and how many it takes at most. */
    active: z.int(),
    rated: z.int(),
    /** Delay of its event loop, 99th percentile of a second. */
    loopP99Ms: z.number(),
    version: z.string(),
    /** INSTANCE_URL. */
    address: z.string().optional(),
    startedAt: z.iso.datetime(),
    /** Time since its last sign of life. */
    silentMs: z.number(),
  })
  .meta({ id: 'Instance' })

const resting = z.object({ instance: z.string().optional(), state }).meta({ id: 'InstanceNow' })

/**
 * `GET /fleet`: the instances on this database; `POST /admin/drain` and `/admin/undrain`: has new calls go to the others, for this
 * instance.
 */
export const addFleetRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { fleet } = deps
  const listing = {
    summary: 'The instances on this database, and what each does',
    response: {
      200: z.object({ instance: z.string().optional(), instances: z.array(instance) }).meta({ id: 'Fleet' }),
    },
  }
  scope.get('/fleet', { config: { role: 'viewer' }, schema: listing }, async () => ({
    instance: fleet.id,
    instances: await fleet.list(),
  }))

  const now = () => ({ instance: fleet.id, state: fleet.state })
  const draining = {
    summary: 'Has new calls go to other instances; those of this one go on',
    response: { 202: resting },
  }
  scope.post('/admin/drain', { config: { role: 'operator' }, schema: draining }, async (request, reply) => {
    fleet.rest()
    await noteDeed(deps, request, { action: 'instance_drained', target: fleet.id })
    return reply.code(202).send(now())
  })
  const undraining = { summary: 'Takes new calls again after a drain', response: { 202: resting } }
  scope.post('/admin/undrain', { config: { role: 'operator' }, schema: undraining }, async (request, reply) => {
    fleet.resume()
    await noteDeed(deps, request, { action: 'instance_undrained', target: fleet.id })
    return reply.code(202).send(now())
  })
}
