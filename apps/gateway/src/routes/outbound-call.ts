import { createHash } from 'node:crypto'
import {
  CallRefused,
  extensionSchema,
  gates,
  GatewayError,
  maskNumber,
  readTelephone,
  type E164,
} from '@llc-phone/core'
import type { OutboundCall } from '@llc-phone/store'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
import { noteDeed } from './note-deed.ts'
import { requireNumber } from './parse.ts'

const name = z.string('must be a name').min(1, 'is empty').max(64, 'is too long')

const request = z.strictObject({
  to: z.string('is missing: the number to call, like +14155550100').max(64, 'is too long'),
  extension: extensionSchema.optional(),
  from: z.string('must be a number of ours').max(64, 'is too long').optional(),
  mode: name.optional(),
  scenario: name.optional(),
  context: z.record(z.string(), z.unknown(), 'must be an object').optional(),
  // It ends up in the prompt.
  callerName: z
    .string('must be a name')
    .trim()
    .regex(/^[\p{L}\p{M}\p{N} '’.,&()-]{1,60}$/u, "must be 1 to 60 letters, digits, spaces or any of ' . , & ( ) -")
    .optional(),
  greet: z.enum(['immediately', 'afterSilence'], 'must be immediately or afterSilence').optional(),
})

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
  const { outbound, numbers, dialer, contacts, settings, log, isDraining, traces } = deps
  scope.removeContentTypeParser('text/plain')

  const senderOf = (text: string | undefined) => {
    if (text === undefined) return outbound.from
    const from = requireNumber(deps, text, 'from')
    if (from !== outbound.from && !numbers.list().some(({ number }) => number === from))
      throw new GatewayError(
        'request_invalid',
        'from is not one of our numbers: TWILIO_PHONE_NUMBER, or one that ./phone numbers list shows.',
      )
    return from
  }

  /** The contact's time zone, only to say times in it. If the contacts cannot be read, the gates decide what to do. */
  const zoneOf = async (to: E164): Promise<string | undefined> => {
    try {
      return (await contacts.find(to))?.timeZone
    } catch {
      return undefined
    }
  }

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

  const planned = async (body: z.output<typeof request>) => {
    // Accepts "+14155550142 ext 22" too; refuses anything else with a suggestion.
    const telephone = readTelephone(body.to)
    const to = requireNumber(deps, telephone?.extension === undefined ? body.to : telephone.number, 'to')
    const extension = body.extension ?? telephone?.extension
    const from = senderOf(body.from)
    const { name: modeName, mode, origin } = outbound.resolve(body.mode)
    const { scenario, context, greet } = body
    const timeZone = await zoneOf(to)
    const plan = mode.plan({
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(scenario === undefined ? {} : { scenario }),
      ...(context === undefined ? {} : { context }),
      ...(greet === undefined ? {} : { greet }),
    })
    return { to, extension, from, modeName, origin, plan }
  }

  const check = {
    summary: 'Says whether a call may be placed now; calls nobody',
    body: request,
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

  const schema = { summary: 'Calls somebody', body: request, response: { 201: accepted, 202: accepted } }
  scope.post('/outbound-call', { config: { role: 'operator' }, schema }, async (incoming, reply) => {
    if (isDraining()) throw new GatewayError('draining', 'This instance is stopping and places no new calls.')
    const idempotencyKey = idempotencyKeyOf(incoming)
    const { body } = incoming
    const { to, extension, from, modeName, origin, plan } = await planned(body)
    const { callerName } = body
    const call = await dialer.dial({
      to,
      ...(extension === undefined ? {} : { extension }),
      from,
      modeName,
      origin,
      plan,
      requestHash: createHash('sha256').update(canonical(body)).digest('hex'),
      ...(callerName === undefined ? {} : { calleeName: callerName }),
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
