import formbody from '@fastify/formbody'
import { GatewayError, tryE164 } from '@llc-phone/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { describeCause } from '../describe-cause.ts'
import { describeError } from '../http-errors.ts'

/** Twilio sends about 30 fields; unknown ones may come at any time. */
const MAX_FIELDS = 200

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who waits for what this route says: even a failure must be TwiML for them. */
    answersTwiml?: 'caller' | 'person'
  }
}

/** The form of a POST or the query of a GET: what Twilio tells us. */
export const parametersOf = (request: FastifyRequest): unknown =>
  request.method === 'GET' ? request.query : request.body

const refuse = (problem: string): never => {
  throw new GatewayError('signature_invalid', problem)
}

/** Makes a scope speak Twilio: form bodies only, every request signed, and a failure the caller can hear. */
export const addTwilioScope = async (scope: FastifyInstance, deps: GatewayDeps): Promise<void> => {
  scope.removeAllContentTypeParsers()
  await scope.register(formbody)

  // Before the body is read: an unsigned request costs nothing.
  scope.addHook('onRequest', async (request) => {
    if (!request.headers['x-twilio-signature']) refuse('X-Twilio-Signature is missing.')
  })
  scope.addHook('preHandler', async (request) => {
    const form = request.method === 'GET' ? {} : (request.body ?? {})
    if (Object.values(form).flat().length > MAX_FIELDS)
      throw new GatewayError('request_invalid', `more than ${MAX_FIELDS} form fields`)
    const problem = deps.signature.request(request.headers, request.raw.url ?? '', form)
    if (problem) refuse(problem)
  })

  scope.setErrorHandler((error, request, reply) => {
    const { status, body } = describeError(error)
    const route = request.routeOptions.url
    const callSid = callSidOf(request)
    deps.metrics.refused(body.error.code)
    if (status < 500) {
      deps.log.warn({ route, callSid, code: body.error.code, reason: body.error.message }, 'webhook refused')
      return reply.code(status).send(body)
    }
    deps.log.error({ route, callSid, ...describeCause(error) }, 'webhook failed')
    const { answersTwiml: listener } = request.routeOptions.config
    if (!listener) return reply.code(status).send(body)
    reply.code(200).type('text/xml')
    if (listener === 'person') return reply.send(deps.twiml.farewell('We are sorry, that did not work. Goodbye.'))
    const facts = callSid === undefined ? undefined : deps.registry.byCallSid(callSid)?.facts
    if (facts?.direction === 'outbound' || isOutbound(request)) return reply.send(deps.twiml.calleeApology())
    const dialled = facts?.dialled ?? ourNumberOf(request)
    const fallback = dialled === undefined ? undefined : deps.numbers.resolve(dialled).fallback
    return reply.send(deps.twiml.apology(dialled, fallback))
  })
}

const field = (request: FastifyRequest, name: string): string | undefined => {
  const value = (parametersOf(request) as Record<string, unknown> | null | undefined)?.[name]
  return typeof value === 'string' ? value : undefined
}

const callSidOf = (request: FastifyRequest): string | undefined => {
  const text = field(request, 'CallSid')
  return text !== undefined && /^CA[0-9a-f]{32}$/i.test(text) ? text : undefined
}

/** Whether Twilio says of a call that we have placed it. */
export const isOutbound = (request: FastifyRequest): boolean =>
  field(request, 'Direction')?.startsWith('outbound') ?? false

/** The number of ours that was dialled, or that we have called from. */
export const ourNumberOf = (request: FastifyRequest) =>
  tryE164(field(request, isOutbound(request) ? 'From' : 'To') ?? '')
