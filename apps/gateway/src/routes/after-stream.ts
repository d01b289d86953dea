import type { CallSession, NextInstruction } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { parseDialResult, parseStreamEnd } from '../twilio/webhook.ts'
import { lostCallDocument } from './lost-call.ts'
import { addTwilioRoute, parametersOf } from './twilio-scope.ts'

/** The document that does what the session has decided. */
export const documentOf = ({ twiml, log }: GatewayDeps, call: CallSession, next: NextInstruction): string => {
  switch (next.kind) {
    case 'stream':
      return twiml.stream(next.token)
    case 'dial':
      return twiml.dial(next.number, call.facts.dialled, next.extension)
    case 'record':
      return twiml.record(next.route)
    case 'conference':
      return twiml.conference(next.name, 'caller')
    case 'keys':
      return twiml.keys(next.digits, next.token)
    case 'fallback': {
      const { departure } = call.state
      const error = departure?.kind === 'fallback' ? departure.error : undefined
      const wasCalled = call.facts.direction === 'outbound'
      log.warn(
        { callId: call.facts.callId, legId: call.facts.legId, code: error?.code, reason: error?.message },
        next.route && !wasCalled
          ? 'caller goes to the fallback route'
          : 'caller hears an apology, there is no fallback route',
      )
      return wasCalled ? twiml.calleeApology() : twiml.apology(call.facts.dialled, next.route)
    }
    case 'hangUp':
      return twiml.hangUp()
  }
}

/** `POST /twilio/after-stream` and `/twilio/after-dial`: Twilio is done with what we asked for; what now? */
export const addAfterStreamRoutes = (app: FastifyInstance, deps: GatewayDeps): void => {
  const { registry, twiml, log } = deps

  addTwilioRoute(app, '/twilio/after-stream', 'caller', async (request, reply) => {
    const { callSid, isOver } = parseStreamEnd(parametersOf(request))
    reply.type('text/xml')
    const call = registry.byLegId(callSid)
    if (isOver) {
      call?.end('caller_hung_up')
      return reply.send(twiml.nothing())
    }
    return reply.send(call ? documentOf(deps, call, call.next()) : await lostCallDocument(deps, request, callSid))
  })

  addTwilioRoute(app, '/twilio/after-dial', 'caller', async (request, reply) => {
    const { callSid, isOver, outcome } = parseDialResult(parametersOf(request))
    reply.type('text/xml')
    const call = registry.byLegId(callSid)
    if (isOver) {
      call?.end(outcome === 'bridged' ? 'transferred' : 'caller_hung_up')
      return reply.send(twiml.nothing())
    }
    if (call) return reply.send(documentOf(deps, call, call.next({ transfer: outcome })))
    // Whoever they were connected with, the talk is over.
    return reply.send(outcome === 'bridged' ? twiml.hangUp() : await lostCallDocument(deps, request, callSid))
  })

  // Needs no session: the one of a call that went to its fallback has ended, perhaps with the process that had it.
  addTwilioRoute(app, '/twilio/after-fallback', 'handedOn', (request, reply) => {
    const { callSid, isOver, outcome } = parseDialResult(parametersOf(request))
    reply.type('text/xml')
    if (isOver) return reply.send(twiml.nothing())
    if (outcome === 'bridged') return reply.send(twiml.hangUp())
    log.warn({ callSid, outcome }, 'nobody took the caller at the fallback route')
    return reply.send(twiml.nobodyThere())
  })
}
