import { maskNumber } from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { ofNumber, requireNumber } from './parse.ts'

const known = z.object({
  number: z.string(),
  calls: z.int(),
  live: z.int(),
  messages: z.int(),
  customers: z.int(),
  contacts: z.int(),
})
const forgotten = z.object({
  number: z.string(),
  calls: z.int(),
  messages: z.int(),
  notes: z.int(),
  outboundCalls: z.int(),
  contacts: z.int(),
  customers: z.int(),
  appointments: z.int(),
  waitingStories: z.int(),
  recordings: z.int(),
  scrubbed: z.boolean(),
})

/** `GET` and `DELETE /callers/NUMBER`: how much is kept of a caller, and deleting all of it. */
export const addCallerRoutes = (scope: AdminScope, deps: GatewayDeps): void => {
  const { callers, audit, log } = deps

  const look = { summary: 'How much is kept of a caller', params: ofNumber, response: { 200: known } }
  scope.get('/callers/:number', { config: { role: 'manager' }, schema: look }, async ({ params }) => {
    const number = requireNumber(deps, params.number)
    return { number, ...(await callers.find(number)) }
  })

  const erase = {
    summary: 'Deletes everything that is kept of a caller',
    params: ofNumber,
    response: { 200: forgotten },
  }
  scope.delete('/callers/:number', { config: { role: 'manager' }, schema: erase }, async ({ params, actor, ip }) => {
    const number = requireNumber(deps, params.number)
    const counts = await callers.forget(number)
    const target = maskNumber(number)
    log.info({ number: target, ...counts }, 'caller forgotten')
    // Without this line nobody could say later why the calls are gone: a failure is told.
    await audit.add({ who: actor.name, address: ip, action: 'caller_forgotten', target, details: { ...counts } })
    return { number, ...counts }
  })
}
