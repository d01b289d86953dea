import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { parseDialResult, parseStreamEnd } from '../webhook.ts'
import { lostCallDocument } from './lost-call.ts'
import { addTwilioRoute, legOf, parametersOf } from './twilio-scope.ts'

/**
 * `POST /twilio/after-stream` and `/twilio/after-dial`: Twilio asks for the next instruction after a stream or a transfer.
 * `POST /twiml/resume`: we have had it ask, because the process that served the call has gone silent.
 */
export const addAfterStreamRoutes = (app: FastifyInstance, parts: TwilioParts): void => {
  const { host, twiml, documents } = parts
  const { calls, log } = host

  const afterStream = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { callSid, isOver } = parseStreamEnd(parametersOf(request))
    reply.type('text/xml')
    const call = calls.byLegId(callSid)
    if (isOver) {
      if (call) call.end('caller_hung_up')
      else host.legReported(callSid, { isOver: true })
      return reply.send(twiml.nothing())
    }
    return reply.send(call ? documents.follow(call, call.next()) : await lostCallDocument(parts, request))
  }
  addTwilioRoute(app, '/twilio/after-stream', 'caller', afterStream)
  addTwilioRoute(app, '/twiml/resume', 'caller', afterStream)

  addTwilioRoute(app, '/twilio/after-dial', 'caller', async (request, reply) => {
    const { callSid, isOver, outcome } = parseDialResult(parametersOf(request))
    reply.type('text/xml')
    const call = calls.byLegId(callSid)
    if (!call) host.legReported(callSid, { transfer: outcome, isOver: isOver || outcome === 'bridged' })
    if (isOver) {
      call?.end(outcome === 'bridged' ? 'transferred' : 'caller_hung_up')
      return reply.send(twiml.nothing())
    }
    if (call) return reply.send(documents.follow(call, call.next({ transfer: outcome })))
    return reply.send(await lostCallDocument(parts, request, { transfer: outcome }))
  })

  // Works without a session: a call at its fallback has none any more, perhaps because its process died.
  addTwilioRoute(app, '/twilio/after-fallback', 'handedOn', (request, reply) => {
    const { callSid, isOver, outcome } = parseDialResult(parametersOf(request))
    reply.type('text/xml')
    // Whoever was reached or not, nothing more comes than a goodbye.
    host.legReported(callSid, { transfer: outcome, isOver: true })
    if (isOver) return reply.send(twiml.nothing())
    if (outcome === 'bridged') return reply.send(twiml.hangUp())
    log.warn({ legId: callSid, outcome }, 'nobody took the caller at the fallback route')
    return reply.send(twiml.farewell(host.languageOf(legOf(parametersOf(request), host.numbers)), 'nobodyThere'))
  })
}
