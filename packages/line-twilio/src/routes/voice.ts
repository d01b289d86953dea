import type { FastifyInstance } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { parseVoiceRequest } from '../webhook.ts'
import { addTwilioRoute, parametersOf } from './twilio-scope.ts'

/** `GET` and `POST /twiml`: somebody rings. The model is opened at once; the answer never waits for it. */
export const addVoiceRoute = (app: FastifyInstance, { host, line, twiml, documents }: TwilioParts): void => {
  addTwilioRoute(app, '/twiml', 'caller', (request, reply) => {
    const { callSid, isOver, isUp, ...asked } = parseVoiceRequest(parametersOf(request), host.numbers)
    reply.type('text/xml')
    const existing = host.calls.byLegId(callSid)
    if (existing?.state.phase === 'ended' && isUp) return reply.send(documents.follow(existing, existing.next()))
    if (isOver || existing?.state.phase === 'ended') return reply.send(twiml.hangUp())
    if (existing) {
      existing.offered()
      return reply.send(documents.connect(existing.facts.callId))
    }
    const arrived = host.arrived({ line, legId: callSid, ...asked })
    if ('turnedAway' in arrived) return reply.send(documents.turnAway(arrived.turnedAway))
    const { call } = arrived
    call.offered()
    const answer = documents.connect(call.facts.callId)
    host.answered(call)
    return reply.send(answer)
  })
}
