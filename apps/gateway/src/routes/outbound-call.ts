import { createHash } from 'node:crypto'
import { extensionSchema, GatewayError, maskNumber, readTelephone, type E164 } from '@llc-phone/core'
import type { OutboundCall } from '@llc-phone/store'
import type { FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import type { AdminScope } from './admin-scope.ts'
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

/** `POST /outbound-call`: calls somebody. 201 when the call is placed, 202 when it is queued or its state is unknown. */
export const addOutboundRoute = async (scope: AdminScope, deps: GatewayDeps): Promise<void> => {
  const { outbound, numbers, dialer, contacts, log, isDraining, traces } = deps
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

  const schema = { summary: 'Calls somebody', body: request, response: { 201: accepted, 202: accepted } }
  scope.post('/outbound-call', { config: { role: 'operator' }, schema }, async (incoming, reply) => {
    if (isDraining()) throw new GatewayError('draining', 'This instance is stopping and places no new calls.')
    const idempotencyKey = idempotencyKeyOf(incoming)
    const { body } = incoming
    // Accepts "+14155550142 ext 22" too; refuses anything else with a suggestion.
    const telephone = readTelephone(body.to)
    const to = requireNumber(deps, telephone?.extension === undefined ? body.to : telephone.number, 'to')
    const extension = body.extension ?? telephone?.extension
    const from = senderOf(body.from)
    const { name: modeName, mode, origin } = outbound.resolve(body.mode)
    const { scenario, context, greet, callerName } = body
    const timeZone = await zoneOf(to)
    const plan = mode.plan({
      ...(timeZone === undefined ? {} : { timeZone }),
      ...(scenario === undefined ? {} : { scenario }),
      ...(context === undefined ? {} : { context }),
      ...(greet === undefined ? {} : { greet }),
    })
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
    const isPlaced = legId !== undefined && state !== 'queued' && state !== 'unknown'
    return reply
      .code(isPlaced ? 201 : 202)
      .header('location', `/calls/${callId}`)
      .send(answerOf(call))
  })
}
