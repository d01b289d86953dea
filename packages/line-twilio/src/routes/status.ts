import { endOf, type CallSession } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { isCallSid, parseDetection, parseDialledLeg, parseLegUpdate } from '../webhook.ts'
import { addTwilioRoute, parametersOf } from './twilio-scope.ts'

interface OfCall {
  Params: { callId: string }
}

/** The CallSid of an outbound call; a malformed one would bind the call to a leg that does not exist. The path names the call. */
const sidOf = (named: string, call: CallSession | undefined): string | undefined =>
  isCallSid(named) ? named : call?.facts.legId || undefined

/**
 * Callbacks that only inform. They come late, twice and out of order: a final status ends the call, nothing reopens one, and
 * an unknown CallSid gets the same answer. Those of outbound calls name the call in their path, because they may come before
 * the answer with the CallSid.
 */
export const addStatusRoutes = (app: FastifyInstance, { host }: TwilioParts): void => {
  const { calls } = host
  addTwilioRoute(app, '/twilio/status', 'nobody', (request, reply) => {
    const { callSid, status } = parseLegUpdate(parametersOf(request))
    const call = calls.byLegId(callSid)
    if (call?.facts.direction === 'outbound') host.statusReported(call.facts.callId, { legId: callSid, status })
    // The call may be another program's, placed to us: the dialler ignores unknown ones.
    if (endOf(status) !== undefined) {
      if (call) call.end(status === 'completed' ? 'caller_hung_up' : 'never_connected')
      else host.legReported(callSid, { isOver: true })
    }
    return reply.code(204).send()
  })
  addTwilioRoute<OfCall>(app, '/twilio/status/:callId', 'nobody', (request, reply) => {
    const { callSid: named, status, answeredBy, reason } = parseLegUpdate(parametersOf(request))
    const { callId } = request.params
    const callSid = sidOf(named, calls.byCallId(callId))
    if (callSid === undefined) return reply.code(204).send()
    host.statusReported(callId, {
      legId: callSid,
      status,
      ...(answeredBy === undefined ? {} : { answeredBy }),
      ...(reason === undefined ? {} : { reason }),
    })
    if (endOf(status) !== undefined) host.legReported(callSid, { isOver: true })
    return reply.code(204).send()
  })
  addTwilioRoute(app, '/twilio/dial-status', 'nobody', (request, reply) => {
    const { parentCallSid, wasAnswered } = parseDialledLeg(parametersOf(request))
    if (wasAnswered) calls.byLegId(parentCallSid)?.transferAnswered()
    return reply.code(204).send()
  })
  addTwilioRoute(app, '/twilio/amd', 'nobody', (request, reply) => {
    const { callSid, verdict } = parseDetection(parametersOf(request))
    if (verdict) calls.byLegId(callSid)?.answeredBy(verdict)
    return reply.code(204).send()
  })
  addTwilioRoute<OfCall>(app, '/twilio/amd/:callId', 'nobody', (request, reply) => {
    const { callSid: named, verdict } = parseDetection(parametersOf(request))
    const call = calls.byCallId(request.params.callId)
    const callSid = sidOf(named, call)
    // Ignore verdicts about other legs.
    if (verdict && callSid !== undefined && call?.bind(callSid)) call.answeredBy(verdict)
    return reply.code(204).send()
  })
  addTwilioRoute(app, '/twilio/recording', 'nobody', (_request, reply) => reply.code(204).send())
}
