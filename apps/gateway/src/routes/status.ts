import type { FastifyInstance } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { parseDetection, parseDialledLeg, parseLegUpdate } from '../twilio/webhook.ts'
import { parametersOf } from './twilio-scope.ts'

interface OfCall {
  Params: { callId: string }
}

/**
 * Callbacks that only inform. They come late, twice and out of order: a terminal status ends the call, nothing ever
 * reopens one, and a CallSid we do not know is answered like one we do. Those of a call we place name it in their path,
 * because Twilio's answer with the CallSid may come after them.
 */
export const addStatusRoutes = (app: FastifyInstance, { registry, dialer }: GatewayDeps): void => {
  app.post('/twilio/status', (request, reply) => {
    const { callSid, status, isOver, wasAnswered } = parseLegUpdate(parametersOf(request))
    const call = registry.byCallSid(callSid)
    if (call?.facts.direction === 'outbound') dialer.statusReported(call.facts.callId, { callSid, status })
    // Also one that another program has placed to us: the dialler does not know it.
    if (isOver) call?.end(wasAnswered ? 'caller_hung_up' : 'never_connected')
    return reply.code(204).send()
  })
  app.post<OfCall>('/twilio/status/:callId', (request, reply) => {
    const { callSid, status, answeredBy, reason } = parseLegUpdate(parametersOf(request))
    dialer.statusReported(request.params.callId, {
      callSid,
      status,
      ...(answeredBy === undefined ? {} : { answeredBy }),
      ...(reason === undefined ? {} : { reason }),
    })
    return reply.code(204).send()
  })
  app.post('/twilio/dial-status', (request, reply) => {
    const { parentCallSid, wasAnswered } = parseDialledLeg(parametersOf(request))
    if (wasAnswered) registry.byCallSid(parentCallSid)?.transferAnswered()
    return reply.code(204).send()
  })
  app.post('/twilio/amd', (request, reply) => {
    const { callSid, verdict } = parseDetection(parametersOf(request))
    if (verdict) registry.byCallSid(callSid)?.answeredBy(verdict)
    return reply.code(204).send()
  })
  app.post<OfCall>('/twilio/amd/:callId', (request, reply) => {
    const { callSid, verdict } = parseDetection(parametersOf(request))
    const call = registry.byCallId(request.params.callId)
    // What was detected on another leg says nothing about this one.
    if (verdict && call?.bind(callSid)) call.answeredBy(verdict)
    return reply.code(204).send()
  })
  app.post('/twilio/recording', (_request, reply) => reply.code(204).send())
}
