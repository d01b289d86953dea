import { endOf, type CallSession, type Language, type LegStatus, type TransferOutcome } from '@llc-phone/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { parseKeys, parseLegUpdate } from '../webhook.ts'
import { addTwilioRoute, legOf, parametersOf } from './twilio-scope.ts'

interface Attempt {
  readonly callId: string
  readonly attempt: string
}

const PATH = ':callId/:attempt'

/** The result of a leg on which the key was never pressed. */
const OUTCOMES: Readonly<Partial<Record<LegStatus, TransferOutcome>>> = {
  completed: 'declined',
  busy: 'busy',
  no_answer: 'no_answer',
}

/**
 * The leg of a person who is rung for a caller (warm transfer): they hear who is calling and why, and only a key connects
 * them, so that a voicemail box cannot. Callbacks of an abandoned attempt change nothing.
 */
export const addPersonRoutes = (app: FastifyInstance, { host, callControl, twiml }: TwilioParts): void => {
  const waitingCall = ({ callId, attempt }: Attempt): CallSession | undefined =>
    callControl.isWaitedFor(callId, attempt) ? host.calls.byCallId(callId) : undefined

  /** The call's language, also after its end. */
  const languageOf = (request: FastifyRequest, { callId }: Attempt): Language =>
    host.calls.byCallId(callId)?.mode.language ?? host.languageOf(legOf(parametersOf(request), host.numbers))

  addTwilioRoute<{ Params: Attempt }>(app, `/twilio/person/${PATH}`, 'person', (request, reply) => {
    reply.type('text/xml')
    const { callId, attempt } = request.params
    const language = languageOf(request, request.params)
    const wanted = waitingCall(request.params)?.consultation
    if (!wanted) return reply.send(twiml.farewell(language, 'callerGone'))
    const { label, introduction, extension } = wanted
    const asked = { label, introduction, isBehindExtension: extension !== undefined }
    return reply.send(twiml.askPerson(language, asked, `${callId}/${attempt}`))
  })

  addTwilioRoute<{ Params: Attempt }>(app, `/twilio/person-answer/${PATH}`, 'person', (request, reply) => {
    const digits = parseKeys(parametersOf(request))
    reply.type('text/xml')
    const language = languageOf(request, request.params)
    const call = waitingCall(request.params)
    if (!call) return reply.send(twiml.farewell(language, 'callerGone'))
    if (digits !== '1') {
      call.personGone(digits === '' ? 'no_answer' : 'declined')
      return reply.send(digits === '' ? twiml.hangUp() : twiml.farewell(language, 'personDeclined'))
    }
    const room = roomOf(call) ?? call.personAccepted()
    return reply.send(room === undefined ? twiml.farewell(language, 'callerGone') : twiml.conference(room, 'person'))
  })

  addTwilioRoute<{ Params: Attempt }>(app, `/twilio/person-status/${PATH}`, 'nobody', (request, reply) => {
    const { status } = parseLegUpdate(parametersOf(request))
    const isOver = endOf(status) !== undefined
    const call = waitingCall(request.params)
    if (isOver) callControl.personLegOver(request.params.callId, request.params.attempt)
    if (!isOver || !call) return reply.code(204).send()
    call.personGone(OUTCOMES[status] ?? 'failed')
    // Otherwise a caller who comes too late would wait in an empty conference.
    if (call.state.phase === 'ended' && roomOf(call) !== undefined)
      callControl.sayPersonGone(call.facts, call.mode.language).catch((cause: unknown) => {
        host.log.warn({ callId: call.facts.callId, cause }, 'caller could not be taken out of an empty room')
      })
    return reply.code(204).send()
  })
}

/** The conference of a call whose person has accepted already: a repeated request gets the same answer. */
const roomOf = ({ state: { departure } }: CallSession): string | undefined =>
  departure?.kind === 'conference' ? departure.name : undefined
