import {
  createBudget,
  GatewayError,
  isPerson,
  reachOf,
  wordsIn,
  type Budget,
  type CallSession,
  type OperatorTransfer,
} from '@llc-phone/core'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { atOwner } from './owner.ts'

/** A sentence or two: the model reads it on every later turn. */
const MAX_NOTE_LENGTH = 500
/** Notes of one call: five at once, then one every ten seconds. */
const NOTES = { most: 5, perSecond: 0.1 }
/** What the person who is rung is told of the caller. */
const MAX_INTRODUCTION_LENGTH = 300

const ofCall = z.object({ id: z.string() })
const text = z.string('must be a text').trim().min(1, 'is empty')
const done = z.object({ callId: z.string(), phase: z.string() }).meta({ id: 'CallActedOn' })
const route = z
  .object({
    route: z.string(),
    label: z.string(),
    kind: z.enum(['person', 'voicemail']),
  })
  .meta({ id: 'CallRoute' })

/** `POST /calls/ID/note` and `/calls/ID/transfer`, and `GET /calls/ID/routes`: what people do in a call that is up. */
export const addCallActing = (scope: AdminScope, deps: GatewayDeps): void => {
  const { registry, log } = deps
  const acting = { config: { role: 'operator' }, preHandler: atOwner(deps) } as const
  const budgets = new WeakMap<CallSession, Budget>()

  const live = (id: string): CallSession => {
    const call = registry.byCallId(id) ?? registry.byLegId(id)
    if (!call) throw new GatewayError('not_found', 'There is no such call, or it ended more than ten minutes ago.')
    if (call.state.phase === 'ended') throw new GatewayError('call_not_talking', 'The call is over.')
    return call
  }

  const mayNote = (call: CallSession): boolean => {
    const budget = budgets.get(call) ?? createBudget(NOTES)
    budgets.set(call, budget)
    return budget.take(performance.now())
  }

  const noting = {
    summary: 'Tells the assistant of a live call something that the caller does not hear',
    params: ofCall,
    body: z.strictObject({ text: text.max(MAX_NOTE_LENGTH, 'is too long'), now: z.boolean().optional() }),
    response: { 202: done },
  }
  scope.post('/calls/:id/note', { ...acting, schema: noting }, async (request, reply) => {
    const { body, params, actor } = request
    const call = live(params.id)
    if (!mayNote(call)) throw new GatewayError('too_many_attempts', 'Five notes at once, then one every ten seconds.')
    const refusal = call.note(actor.name, body.text, body.now ?? false)
    if (refusal) throw new GatewayError(refusal.code, refusal.message)
    const { callId } = call.facts
    log.info({ callId }, 'note to the assistant')
    void noteDeed(deps, request, { action: 'call_note', target: callId, details: { now: body.now ?? false } })
    return reply.code(202).send({ callId, phase: call.state.phase })
  })

  const listing = {
    summary: 'Where the caller of a live call can be transferred',
    params: ofCall,
    response: { 200: z.object({ routes: z.array(route) }) },
  }
  scope.get('/calls/:id/routes', { ...acting, schema: listing }, async ({ params }) => ({
    routes: Object.entries(live(params.id).mode.routes).map(([key, to]) => ({
      route: key,
      label: to.label,
      kind: isPerson(to) ? 'person' : 'voicemail',
    })),
  }))

  /** As the assistant would: persons are asked first unless told otherwise. */
  const transferTo = (call: CallSession, by: string, wish: z.output<typeof transferring.body>): OperatorTransfer => {
    const { routes, language } = call.mode
    const to = Object.hasOwn(routes, wish.route) ? routes[wish.route] : undefined
    if (!to)
      throw new GatewayError('request_invalid', `route must be one of ${Object.keys(routes).join(', ') || 'none'}`)
    const { label } = to
    const reason = `${by} has decided it.`
    if (!isPerson(to)) return { departure: { kind: 'voicemail', route: wish.route, label, reason } }
    if (wish.ask === false) return { departure: { kind: 'transfer', route: wish.route, ...reachOf(to), label, reason } }
    const introduction = wish.introduction ?? wordsIn(language).sentences.handedOver
    return { consultation: { route: wish.route, ...reachOf(to), label, introduction } }
  }

  const transferring = {
    summary: 'Transfers the caller of a live call to a route; the assistant tells them so',
    params: ofCall,
    body: z.strictObject({
      route: z.string().max(64, 'is too long'),
      ask: z.boolean().optional(),
      introduction: text.max(MAX_INTRODUCTION_LENGTH, 'is too long').optional(),
    }),
    response: { 202: done },
  }
  scope.post('/calls/:id/transfer', { ...acting, schema: transferring }, async (request, reply) => {
    const { body, params, actor } = request
    const call = live(params.id)
    const refusal = call.transfer(actor.name, transferTo(call, actor.name, body))
    if (refusal) throw new GatewayError(refusal.code, refusal.message)
    const { callId } = call.facts
    log.info({ callId, route: body.route }, 'operator transfers')
    void noteDeed(deps, request, { action: 'call_transferred', target: callId, details: { route: body.route } })
    return reply.code(202).send({ callId, phase: call.state.phase })
  })
}
