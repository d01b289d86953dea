import type { FastifyInstance } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { parseDialledLeg, parseLegUpdate } from '../twilio/webhook.ts'
import { parametersOf } from './twilio-scope.ts'

/**
 * Callbacks that only inform. They come late, twice and out of order: a terminal status ends the call, nothing ever
 * reopens one, and a CallSid we do not know is answered like one we do.
 */
export const addStatusRoutes = (app: FastifyInstance, { registry }: GatewayDeps): void => {
  app.post('/twilio/status', (request, reply) => {
    const { callSid, isOver, wasAnswered } = parseLegUpdate(parametersOf(request))
    if (isOver) registry.byCallSid(callSid)?.end(wasAnswered ? 'caller_hung_up' : 'never_connected')
    return reply.code(204).send()
  })
  app.post('/twilio/dial-status', (request, reply) => {
    const { parentCallSid, wasAnswered } = parseDialledLeg(parametersOf(request))
    if (wasAnswered) registry.byCallSid(parentCallSid)?.transferAnswered()
    return reply.code(204).send()
  })
  app.post('/twilio/amd', (_request, reply) => reply.code(204).send())
  app.post('/twilio/recording', (_request, reply) => reply.code(204).send())
}
