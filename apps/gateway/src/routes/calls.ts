import { createHash, timingSafeEqual } from 'node:crypto'
import { GatewayError, type CallSession } from '@llc-phone/core'
import type { CallSummary } from '@llc-phone/store'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { describeCause } from '../describe-cause.ts'
import { maskNumbersIn } from '../mask.ts'

/** Calls in a list: live ones always, then the latest. */
const LISTED = 100

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
  const { registry, calls, feed, log } = deps
  scope.addHook('onRequest', requireAdmin(deps.adminToken))

  const inMemory = (id: string): CallSession | undefined => registry.byCallId(id) ?? registry.byCallSid(id)

  scope.get('/calls', async () => {
    const known = [...registry.active().toReversed(), ...registry.recent()]
    const ids = new Set(known.map(({ facts }) => facts.callId))
    // Live calls must be seen even when the disk is the trouble.
    const older = await calls.recent(LISTED).catch((error: unknown) => {
      log.warn(describeCause(error), 'journal not read')
      return []
    })
    const all = [...known.map((call) => calls.tell(call)), ...older.filter(({ callId }) => !ids.has(callId))]
    return { calls: all.slice(0, Math.max(LISTED, known.length)).map(headOf) }
  })

  scope.get('/calls/events', (_request, reply) => {
    reply.hijack()
    feed.subscribe(reply.raw)
  })

  scope.get<{ Params: { id: string } }>('/calls/:id', async ({ params: { id } }) => {
    const call = inMemory(id)
    const told = call ? calls.tell(call) : await calls.find(id)
    if (!told) throw new GatewayError('not_found', 'There is no such call.')
    return masked(told)
  })

  scope.post<{ Params: { id: string } }>('/calls/:id/hangup', (request, reply) => {
    const call = inMemory(request.params.id)
    if (!call) throw new GatewayError('not_found', 'There is no such call, or it ended more than ten minutes ago.')
    if (call.state.phase !== 'ended') {
      call.hangUp('operator')
      log.info({ callId: call.facts.callId, callSid: call.facts.callSid }, 'operator hangs up')
    }
    return reply.code(202).send(headOf(calls.tell(call)))
  })
}

const headOf = (call: CallSummary & { readonly phase?: string }) => {
  const { callId, callSid, mode, direction, caller, dialled, phase, disposition, startedAt, endedAt, costUsd } = call
  return masked({ callId, callSid, mode, direction, caller, dialled, phase, disposition, startedAt, endedAt, costUsd })
}

/** Other people's numbers are shown masked wherever they stand in a story; `dialled` is our own. */
const masked = (value: unknown, key?: string): unknown => {
  if (typeof value === 'string') return key === 'dialled' ? value : maskNumbersIn(value)
  if (Array.isArray(value)) return value.map((item) => masked(item))
  if (typeof value !== 'object' || value === null || value instanceof Date) return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, masked(item, name)]))
}
