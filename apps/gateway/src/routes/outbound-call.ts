import { createHash } from 'node:crypto'
import { CallRefused, gates, GatewayError, maskNumber } from '@llc-phone/core'
import type { OutboundCall } from '@llc-phone/store'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import { callRequest, createCallPlanner } from '../call-request.ts'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'

const accepted = z
  .object({
    callId: z.string(),
    callSid: z.string().optional(),
    state: z.string(),
    to: z.string(),
    mode: z.string(),
    scenario: z.string(),
    requestedAt: z.iso.datetime(),
  })
  .meta({ id: 'AcceptedCall' })

const record = z.record(z.string(), z.unknown())
const asRecord = (value: object | undefined) => JSON.parse(JSON.stringify(value ?? {})) as Record<string, unknown>

/** What calls can be placed for. */
const offer = z
  .object({
    /** `false`: the settings have no outbound modes. */
    isOn: z.boolean(),
    from: z.string(),
    default: z.string().optional(),
    modes: z.array(
      z.object({
        name: z.string(),
        /** `context`: a JSON Schema of what the scenario asks. */
        scenarios: z.array(z.object({ name: z.string(), context: record.optional() })),
      }),
    ),
    policy: record,
  })
  .meta({ id: 'OutboundOffer' })

/** Whether a call may be placed now. */
const verdict = z
  .object({
    isOpen: z.boolean(),
    to: z.string(),
    from: z.string(),
    mode: z.string(),
    scenario: z.string(),
    gate: z.enum(gates).optional(),
    message: z.string().optional(),
    until: z.iso.datetime().optional(),
  })
  .meta({ id: 'CallVerdict' })

const idempotencyKeyOf = ({ headers }: FastifyRequest): string | undefined => {
  const key = headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && /^[\u0020-\u007e]{1,255}$/.test(key)) return key
  throw new GatewayError('request_invalid', 'Idempotency-Key must be one value of 1 to 255 printable ASCII characters.')
}

/** JSON with sorted keys: the same text for the same value. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )

/** The answer to an accepted dial request. */
const answerOf = ({ callId, legId, state, to, mode, scenario, requestedAt }: OutboundCall) => ({
  callId,
  ...(legId === undefined ? {} : { callSid: legId }),
  state,
  to: maskNumber(to),
  mode,
  scenario,
  requestedAt: requestedAt.toISOString(),
})

/** `GET /outbound` tells what can be asked for, `POST /outbound-call/check` whether it may be; `POST /outbound-call` calls somebody. 201 when the call is placed, 202 when it is queued or its state is unknown. */
export const addOutboundRoute = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { outbound, dialer, settings, log, isDraining, traces } = deps
  const planned = createCallPlanner(deps)
  scope.removeContentTypeParser('text/plain')

  const offered = {
    summary: 'What calls can be placed for, from which number, and by which rules',
    response: { 200: offer },
  }
  scope.get('/outbound', { config: { role: 'viewer' }, schema: offered }, () => {
    const { built } = settings.inForce
    return {
      isOn: built.outbound !== undefined,
      from: outbound.from,
      ...(built.outbound ? { default: built.outbound.default } : {}),
      modes: outbound.list().map(({ name: modeName, mode }) => ({
        name: modeName,
        scenarios: mode.scenarios.map((scenario) => ({
          name: scenario,
          ...(mode.contextOf ? { context: asRecord(mode.contextOf(scenario)) } : {}),
        })),
      })),
      policy: asRecord(outbound.policy()),
    }
  })

  const check = {
    summary: 'Says whether a call may be placed now; calls nobody',
    body: callRequest,
    response: { 200: verdict },
  }
  scope.post('/outbound-call/check', { config: { role: 'operator' }, schema: check }, async ({ body }) => {
    const { to, from, modeName: mode, plan } = await planned(body)
    const told = { to, from, mode, scenario: plan.scenario }
    try {
      await dialer.check({ to, from, plan })
      return { ...told, isOpen: true }
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error
      const { gate, message, until } = error
      return { ...told, isOpen: false, gate, message, ...(until ? { until: until.toISOString() } : {}) }
    }
  })

  const schema = { summary: 'Calls somebody', body: callRequest, response: { 201: accepted, 202: accepted } }
  scope.post('/outbound-call', { config: { role: 'operator' }, schema }, async (incoming, reply) => {
    if (isDraining()) throw new GatewayError('draining', 'This instance is stopping and places no new calls.')
    const idempotencyKey = idempotencyKeyOf(incoming)
    const { body } = incoming
    const wanted = await planned(body)
    const { to, modeName } = wanted
    const call = await dialer.dial({
      ...wanted,
      asked: body,
      requestHash: createHash('sha256').update(canonical(body)).digest('hex'),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    })
    const { callId, legId, state } = call
    const { traceparent } = incoming.headers
    if (typeof traceparent === 'string') traces?.continue(callId, traceparent)
    log.info({ callId, legId, state, instance: modeName, scenario: call.scenario, to: maskNumber(to) }, 'outbound call')
    await noteDeed(deps, incoming, {
      action: 'call_placed',
      target: callId,
      details: { mode: modeName, scenario: call.scenario },
    })
    const isPlaced = legId !== undefined && state !== 'queued' && state !== 'unknown'
    return reply
      .code(isPlaced ? 201 : 202)
      .header('location', `/calls/${callId}`)
      .send(answerOf(call))
  })
}
