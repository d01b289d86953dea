import { GatewayError } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'

const ofGreeting = z.object({ id: z.string() })
const greeting = z
  .object({
    id: z.string(),
    mode: z.string(),
    promptVersion: z.string(),
    voice: z.string(),
    model: z.string(),
    text: z.string(),
    durationMs: z.number(),
    recordedAt: z.iso.datetime(),
  })
  .meta({ id: 'Greeting' })
const listed = z.object({ greetings: z.array(greeting) })

/** `GET /greetings` lists the recorded greetings; `DELETE /greetings/ID` has the model speak one again in the next call. */
export const addGreetingRoutes = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { greetings, log } = deps

  const read = { summary: 'The recorded greetings', response: { 200: listed } }
  scope.get('/greetings', { config: { role: 'viewer' }, schema: read }, () => ({ greetings: greetings.list() }))

  const remove = { summary: 'Has the model speak a greeting again', params: ofGreeting, response: { 200: ofGreeting } }
  scope.delete('/greetings/:id', { config: { role: 'manager' }, schema: remove }, async (request) => {
    const { id } = request.params
    if (!(await greetings.remove(id)))
      throw new GatewayError('not_found', 'There is no recorded greeting with this id.')
    log.info({ id }, 'recorded greeting removed')
    await noteDeed(deps, request, { action: 'greeting_removed', target: id })
    return { id }
  })
}
