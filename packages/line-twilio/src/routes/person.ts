import { endOf, type CallSession, type Language, type LegStatus, type TransferOutcome } from '@llc-phone/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import * as z from 'zod'
import { callSidOf, parseKeys, parseLegUpdate } from '../webhook.ts'
import { addTwilioRoute, legOf, parametersOf } from './twilio-scope.ts'

interface Attempt {
  readonly callId: string
  readonly attempt: string
}

const PATH = ':callId/:attempt'

/** What an instance passes on to another one with the person's question. */
const askedIn = z.object({
  times: z.coerce.number().int().nonnegative().catch(0),
  digits: z
    .string()
    .regex(/^[0-9*#]{0,32}$/)
    .optional()
    .catch(undefined),
})

/** A second apart: by then somebody has the call, or nobody ever will. */
const MOST_ASKED = 10

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
export const addPersonRoutes = (app: FastifyInstance, { host, callControl, twiml, documents }: TwilioParts): void => {
  const waitingCall = (request: FastifyRequest, { callId, attempt }: Attempt): CallSession | undefined => {
    const call = callControl.isWaitedFor(callId, attempt) ? host.calls.byCallId(callId) : undefined
    if (call?.consultation) callControl.personSeen(callId, attempt, callSidOf(parametersOf(request)))
    return call
  }

  /**
   * For a person whose call this process does not have: asks the instance that has it. While nobody has taken a call over whose
   * process is dead, the question comes back here.
   */
  const askElsewhere = async (
    request: FastifyRequest,
    route: 'person' | 'person-answer',
    { callId, attempt }: Attempt,
    digits?: string,
  ): Promise<string | undefined> => {
    const asked = askedIn.parse(request.query)
    if (asked.times >= MOST_ASKED || host.calls.byCallId(callId)) return undefined
    const instance = await host.instanceOf?.(callId)
    if (instance === undefined) return undefined
    const query = new URLSearchParams({ times: String(asked.times + 1), ...(digits === undefined ? {} : { digits }) })
    return documents.askInstance(
      instance,
      `${route}/${callId}/${attempt}?${query.toString()}`,
      asked.times === 0 ? 0 : 1,
    )
  }

  /** The call's language, also after its end. */
  const languageOf = (request: FastifyRequest, { callId }: Attempt): Language =>
    host.calls.byCallId(callId)?.mode.language ?? host.languageOf(legOf(parametersOf(request), host.numbers))

  addTwilioRoute<{ Params: Attempt }>(app, `/twilio/person/${PATH}`, 'person', async (request, reply) => {
    reply.type('text/xml')
    const { callId, attempt } = request.params
    const language = languageOf(request, request.params)
    const wanted = waitingCall(request, request.params)?.consultation
    if (!wanted) {
      const elsewhere = await askElsewhere(request, 'person', request.params)
      return reply.send(elsewhere ?? twiml.farewell(language, 'callerGone'))
    }
    const { label, introduction, extension } = wanted
    const asked = { label, introduction, isBehindExtension: extension !== undefined }
    return reply.send(twiml.askPerson(language, asked, `${callId}/${attempt}`))
  })

  addTwilioRoute<{ Params: Attempt }>(app, `/twilio/person-answer/${PATH}`, 'person', async (request, reply) => {
    const digits = askedIn.parse(request.query).digits ?? parseKeys(parametersOf(request))
    reply.type('text/xml')
    const language = languageOf(request, request.params)
    const call = waitingCall(request, request.params)
    if (!call) {
      const elsewhere = await askElsewhere(request, 'person-answer', request.params, digits)
      return reply.send(elsewhere ?? twiml.farewell(language, 'callerGone'))
    }
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
    const call = waitingCall(request, request.params)
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
