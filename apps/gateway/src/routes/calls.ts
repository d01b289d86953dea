import { createHash, timingSafeEqual } from 'node:crypto'
import { GatewayError, type CallSession } from '@llc-phone/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { maskNumbersIn } from '../mask.ts'

const digest = (text: string) => createHash('sha256').update(text).digest()

/** A hook that wants `Authorization: Bearer ADMIN_TOKEN`. Hashing first makes the comparison independent of length. */
export const requireAdmin = (adminToken: string) => {
  const wanted = digest(adminToken)
  return async (request: FastifyRequest): Promise<void> => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ', 2)
    if (scheme?.toLowerCase() !== 'bearer' || !timingSafeEqual(digest(token ?? ''), wanted))
      throw new GatewayError(
        'unauthorized',
        'Send the header "Authorization: Bearer ADMIN_TOKEN" with the value of ADMIN_TOKEN.',
      )
  }
}

/** `GET /calls`, `/calls/ID`, `/calls/events` and `POST /calls/ID/hangup`. ID is ours or Twilio's CallSid. */
export const addCallRoutes = async (scope: FastifyInstance, deps: GatewayDeps): Promise<void> => {
  const { registry, feed, log } = deps
  scope.addHook('onRequest', requireAdmin(deps.adminToken))

  const find = (id: string): CallSession => {
    const call = registry.byCallId(id) ?? registry.byCallSid(id)
    if (!call) throw new GatewayError('not_found', 'There is no such call, or it ended more than ten minutes ago.')
    return call
  }

  scope.get('/calls', () => ({ calls: [...registry.active().toReversed(), ...registry.recent()].map(headOf) }))

  scope.get('/calls/events', (_request, reply) => {
    reply.hijack()
    feed.subscribe(reply.raw)
  })

  scope.get<{ Params: { id: string } }>('/calls/:id', (request) => masked(find(request.params.id).story()))

  scope.post<{ Params: { id: string } }>('/calls/:id/hangup', (request, reply) => {
    const call = find(request.params.id)
    if (call.state.phase !== 'ended') {
      call.hangUp('operator')
      log.info({ callId: call.facts.callId, callSid: call.facts.callSid }, 'operator hangs up')
    }
    return reply.code(202).send(headOf(call))
  })
}

const headOf = (call: CallSession) => {
  const { callId, callSid, mode, direction, caller, dialled, phase, disposition, startedAt, endedAt } = call.story()
  return masked({ callId, callSid, mode, direction, caller, dialled, phase, disposition, startedAt, endedAt })
}

/** Other people's numbers are shown masked wherever they stand in a story; `dialled` is our own. */
const masked = (value: unknown, key?: string): unknown => {
  if (typeof value === 'string') return key === 'dialled' ? value : maskNumbersIn(value)
  if (Array.isArray(value)) return value.map((item) => masked(item))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, name)]))
}
