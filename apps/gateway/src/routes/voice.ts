import { maskNumber } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { parseVoiceRequest } from '../twilio/webhook.ts'
import { parametersOf } from './twilio-scope.ts'

/** `GET` and `POST /twiml`: somebody rings. The model is opened at once; the answer never waits for it. */
export const addVoiceRoute = (app: FastifyInstance, { registry, numbers, calls, twiml, log }: GatewayDeps): void => {
  app.route({
    method: ['GET', 'POST'],
    url: '/twiml',
    config: { answersTwiml: 'caller' },
    handler(request, reply) {
      const { callSid, direction, caller, dialled, isOver } = parseVoiceRequest(parametersOf(request))
      reply.type('text/xml')
      const existing = registry.byCallSid(callSid)
      if (isOver || existing?.state.phase === 'ended') return reply.send(twiml.hangUp())
      const { name, mode, fallback, source } = numbers.resolve(dialled)
      // Nobody else is rung for somebody we have called.
      const handsOn = fallback !== undefined && direction === 'inbound'
      const call = registry.open({ callSid, direction, caller, dialled, mode, ...(handsOn ? { fallback } : {}) })
      if (existing === undefined)
        log.info(
          {
            callId: call.facts.callId,
            callSid,
            instance: name,
            direction,
            dialled: maskNumber(dialled),
            caller: caller.number === undefined ? 'withheld' : maskNumber(caller.number),
          },
          source === 'unlisted' ? 'call opened on a number that is not in gateway.config.ts' : 'call opened',
        )
      const answer = twiml.stream(call.mediaToken())
      if (existing === undefined) {
        call.answered()
        calls.begun(call)
      }
      return reply.send(answer)
    },
  })
}
