import { GatewayError, maskNumber, type E164, type Route } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { Refusal } from '../admission.ts'
import type { GatewayDeps } from '../deps.ts'
import { parseVoiceRequest, type VoiceRequest } from '../twilio/webhook.ts'
import { documentOf } from './after-stream.ts'
import { addTwilioRoute, ourNumbersOf, parametersOf } from './twilio-scope.ts'

/** `GET` and `POST /twiml`: somebody rings. The model is opened at once; the answer never waits for it. */
export const addVoiceRoute = (app: FastifyInstance, deps: GatewayDeps): void => {
  const { registry, numbers, calls, twiml, log, admission, metrics } = deps
  const ours = ourNumbersOf(deps)

  /** The number that the call counts as ours: whatever else was rung, people are rung and numbers understood from there. */
  const ourNumber = (dialled: E164 | undefined): E164 => {
    const number = dialled ?? ours.own
    if (number === undefined) throw new GatewayError('request_invalid', 'To is no number, and there is none of ours.')
    return number
  }

  /** Nobody is turned away without a word. */
  const turnAway = (refusal: Refusal, call: VoiceRequest, fallback: Route | undefined): string => {
    const { callSid, direction, dialled } = call
    const { code, reason, mayRing } = refusal
    metrics.refused(code)
    log.warn(
      { callSid, code, reason, caller: shown(call.caller.number, 'withheld'), dialled: shown(dialled, NO_NUMBER) },
      'call not answered by the assistant',
    )
    if (direction === 'outbound') return twiml.calleeApology()
    return twiml.apology(ourNumber(dialled), mayRing ? fallback : undefined)
  }

  addTwilioRoute(app, '/twiml', 'caller', (request, reply) => {
    const asked = parseVoiceRequest(parametersOf(request), ours)
    const { callSid, direction, caller, isOver, isUp } = asked
    reply.type('text/xml')
    const existing = registry.byLegId(callSid)
    if (existing?.state.phase === 'ended' && isUp) return reply.send(documentOf(deps, existing, existing.next()))
    if (isOver || existing?.state.phase === 'ended') return reply.send(twiml.hangUp())
    const { name, mode, fallback, source } = numbers.resolve(asked.dialled)
    const dialled = ourNumber(asked.dialled)
    const rung = shown(asked.dialled, NO_NUMBER)
    if (existing === undefined && deps.turnsAway()) {
      log.warn({ callSid, dialled: rung }, 'draining: a new caller goes to the fallback route')
      return reply.send(direction === 'outbound' ? twiml.calleeApology() : twiml.apology(dialled, fallback))
    }
    const refusal = existing === undefined ? admission.refuse({ ...asked, legId: callSid }) : undefined
    if (refusal) return reply.send(turnAway(refusal, asked, fallback))
    // Nobody else is rung for somebody we have called.
    const handsOn = fallback !== undefined && direction === 'inbound'
    const call = registry.open({ legId: callSid, direction, caller, dialled, mode, ...(handsOn ? { fallback } : {}) })
    if (existing === undefined)
      log.info(
        {
          callId: call.facts.callId,
          callSid,
          instance: name,
          direction,
          dialled: rung,
          caller: shown(caller.number, 'withheld'),
        },
        source === 'unlisted' ? 'call opened on a number that is not in gateway.config.ts' : 'call opened',
      )
    const answer = twiml.stream(call.mediaToken())
    if (existing === undefined) {
      call.answered()
      calls.begun(call)
    }
    return reply.send(answer)
  })
}

/** What the log says of a call to an address that is no number of ours. */
const NO_NUMBER = 'no number of ours'

const shown = (number: E164 | undefined, otherwise: string): string =>
  number === undefined ? otherwise : maskNumber(number)
