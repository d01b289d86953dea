import type { FastifyInstance } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { FALLBACK_ROUTE } from '../twiml.ts'
import { parseRecording } from '../webhook.ts'
import { lostCallDocument } from './lost-call.ts'
import { addTwilioRoute, legOf, parametersOf } from './twilio-scope.ts'

/** `POST /twilio/after-record/ROUTE`: stores the caller's message, if there is one. They are thanked only once it is durable. */
export const addAfterRecordRoute = (app: FastifyInstance, parts: TwilioParts): void => {
  const { host, twiml, documents } = parts

  addTwilioRoute<{ Params: { route: string } }>(
    app,
    '/twilio/after-record/:route',
    'caller',
    async (request, reply) => {
      const { callSid, caller, seconds, recordingSid, recordingUrl, isOver } = parseRecording(
        parametersOf(request),
        host.numbers,
      )
      const { route } = request.params
      reply.type('text/xml')
      const call = host.calls.byLegId(callSid)
      const language = host.languageOf(legOf(parametersOf(request), host.numbers))
      const wasLive = call !== undefined && call.state.phase !== 'ended'
      const isEmpty = seconds === 0
      const isStored =
        !isEmpty &&
        (await host.keepRecording({ legId: callSid, caller, recordingId: recordingSid, recordingUrl, route }))
      if (route === FALLBACK_ROUTE) {
        const voicemail = isStored ? 'recorded' : isEmpty ? 'empty' : 'lost'
        host.legReported(callSid, { voicemail, isOver: true })
      }
      if (isStored) {
        call?.next({ voicemail: 'recorded' })
        return reply.send(isOver ? twiml.nothing() : twiml.farewell(language, 'messageStored'))
      }
      if (isOver) {
        call?.end('caller_hung_up')
        return reply.send(twiml.nothing())
      }
      if (call && wasLive)
        return reply.send(documents.follow(call, call.next({ voicemail: isEmpty ? 'empty' : 'lost' })))
      // The call has left the assistant, and there is nobody else after the fallback.
      if (!isEmpty) return reply.send(twiml.farewell(language, 'messageLost'))
      if (route === FALLBACK_ROUTE) return reply.send(twiml.farewell(language, 'messageEmpty'))
      if (call) return reply.send(documents.follow(call, call.next({ voicemail: 'empty' })))
      return reply.send(await lostCallDocument(parts, request, { voicemail: 'empty' }))
    },
  )
}
