import type { CallSession } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { parseVoiceRequest } from '../webhook.ts'
import { addTwilioRoute, parametersOf } from './twilio-scope.ts'

/** `GET` and `POST /twiml`: a call comes in. Connecting the model starts at once; the answer does not wait for it. */
export const addVoiceRoute = (app: FastifyInstance, { host, line, twiml, documents, answerFor }: TwilioParts): void => {
  const connect = (call: CallSession): string => {
    call.offered()
    return documents.connect(call.facts.callId)
  }

  addTwilioRoute(app, '/twiml', 'caller', async (request, reply) => {
    const { callSid, isOver, isUp, ...asked } = parseVoiceRequest(parametersOf(request), host.numbers)
    reply.type('text/xml')
    const existing = host.calls.byLegId(callSid)
    if (existing?.state.phase === 'ended' && isUp) return reply.send(documents.follow(existing, existing.next()))
    if (isOver || existing?.state.phase === 'ended') return reply.send(twiml.hangUp())
    if (existing) return reply.send(connect(existing))
    const arrived = await host.arrived({ line, legId: callSid, ...asked })
    // A proxy repeats the request elsewhere: 503 says that nothing was done.
    if ('isForAnother' in arrived) return reply.code(503).type('text/plain').send('Another instance takes this call.')
    if ('isAt' in arrived) return reply.send(answerFor(arrived.isAt))
    if ('known' in arrived) return reply.send(documents.follow(arrived.known, arrived.known.next()))
    if ('turnedAway' in arrived) return reply.send(documents.turnAway(arrived.turnedAway))
    const answer = connect(arrived.call)
    host.answered(arrived.call)
    await host.remembered?.(arrived.call)
    return reply.send(answer)
  })
}
