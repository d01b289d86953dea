import type { FastifyInstance } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { parseDialResult, parseStreamEnd } from '../webhook.ts'
import { lostCallDocument } from './lost-call.ts'
import { addTwilioRoute, parametersOf } from './twilio-scope.ts'

/** `POST /twilio/after-stream` and `/twilio/after-dial`: Twilio is done with what we asked for; what now? */
export const addAfterStreamRoutes = (app: FastifyInstance, parts: TwilioParts): void => {
  const { host, twiml, documents } = parts
  const { calls, log } = host

  addTwilioRoute(app, '/twilio/after-stream', 'caller', async (request, reply) => {
    const { callSid, isOver } = parseStreamEnd(parametersOf(request))
    reply.type('text/xml')
    const call = calls.byLegId(callSid)
    if (isOver) {
      call?.end('caller_hung_up')
      return reply.send(twiml.nothing())
    }
    return reply.send(call ? documents.follow(call, call.next()) : await lostCallDocument(parts, request))
  })

  addTwilioRoute(app, '/twilio/after-dial', 'caller', async (request, reply) => {
    const { callSid, isOver, outcome } = parseDialResult(parametersOf(request))
    reply.type('text/xml')
    const call = calls.byLegId(callSid)
    if (isOver) {
      call?.end(outcome === 'bridged' ? 'transferred' : 'caller_hung_up')
      return reply.send(twiml.nothing())
    }
    if (call) return reply.send(documents.follow(call, call.next({ transfer: outcome })))
    // Whoever they were connected with, the talk is over.
    return reply.send(outcome === 'bridged' ? twiml.hangUp() : await lostCallDocument(parts, request))
  })

  // Needs no session: the one of a call that went to its fallback has ended, perhaps with the process that had it.
  addTwilioRoute(app, '/twilio/after-fallback', 'handedOn', (request, reply) => {
    const { callSid, isOver, outcome } = parseDialResult(parametersOf(request))
    reply.type('text/xml')
    if (isOver) return reply.send(twiml.nothing())
    if (outcome === 'bridged') return reply.send(twiml.hangUp())
    log.warn({ legId: callSid, outcome }, 'nobody took the caller at the fallback route')
    return reply.send(twiml.nobodyThere())
  })
}
