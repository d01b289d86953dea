import { maskNumber, type Route } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { Refusal } from '../admission.ts'
import type { GatewayDeps } from '../deps.ts'
import { parseVoiceRequest, type VoiceRequest } from '../twilio/webhook.ts'
import { documentOf } from './after-stream.ts'
import { parametersOf } from './twilio-scope.ts'

/** `GET` and `POST /twiml`: somebody rings. The model is opened at once; the answer never waits for it. */
export const addVoiceRoute = (app: FastifyInstance, deps: GatewayDeps): void => {
  const { registry, numbers, calls, twiml, log, admission, metrics } = deps

  /** Nobody is turned away without a word. */
  const turnAway = (refusal: Refusal, call: VoiceRequest, fallback: Route | undefined): string => {
    const { code, reason, mayRing } = refusal
    metrics.refused(code)
    log.warn(
      { callSid: call.callSid, code, reason, caller: shown(call), dialled: maskNumber(call.dialled) },
      'call not answered by the assistant',
    )
    if (call.direction === 'outbound') return twiml.calleeApology()
    return twiml.apology(call.dialled, mayRing ? fallback : undefined)
  }

  app.route({
    method: ['GET', 'POST'],
    url: '/twiml',
    config: { answersTwiml: 'caller' },
    handler(request, reply) {
      const asked = parseVoiceRequest(parametersOf(request))
      const { callSid, direction, caller, dialled, isOver, isUp } = asked
      reply.type('text/xml')
      const existing = registry.byCallSid(callSid)
      if (existing?.state.phase === 'ended' && isUp) return reply.send(documentOf(deps, existing, existing.next()))
      if (isOver || existing?.state.phase === 'ended') return reply.send(twiml.hangUp())
      const { name, mode, fallback, source } = numbers.resolve(dialled)
      if (existing === undefined && deps.turnsAway()) {
        log.warn({ callSid, dialled: maskNumber(dialled) }, 'draining: a new caller goes to the fallback route')
        return reply.send(direction === 'outbound' ? twiml.calleeApology() : twiml.apology(dialled, fallback))
      }
      const refusal = existing === undefined ? admission.refuse(asked) : undefined
      if (refusal) return reply.send(turnAway(refusal, asked, fallback))
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
            caller: shown(asked),
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

const shown = ({ caller }: VoiceRequest): string =>
  caller.number === undefined ? 'withheld' : maskNumber(caller.number)
