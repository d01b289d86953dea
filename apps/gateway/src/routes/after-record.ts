import type { CallSession } from '@llc-phone/core'
import type { FastifyInstance } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { describeCause } from '../watching/describe-cause.ts'
import { inTime } from '../in-time.ts'
import { FALLBACK_ROUTE } from '../twilio/twiml.ts'
import { parseRecording, type Recording } from '../twilio/webhook.ts'
import { documentOf } from './after-stream.ts'
import { lostCallDocument } from './lost-call.ts'
import { addTwilioRoute, ourNumbersOf, parametersOf } from './twilio-scope.ts'

/** Twilio gives up after 15 s, and the caller waits in silence. */
const STORE_TIMEOUT_MS = 8_000

const THANKS = 'Thank you. Your message has been recorded. Goodbye.'
const NOTHING_HEARD = 'We have not heard a message. Please call again later. Goodbye.'
const LOST = 'We are sorry, your message could not be stored. Please call again later. Goodbye.'

/** `POST /twilio/after-record/ROUTE`: the caller has left a message, or has not. They are thanked only once it is durable. */
export const addAfterRecordRoute = (app: FastifyInstance, deps: GatewayDeps): void => {
  const { registry, messages, twiml, log } = deps
  const ours = ourNumbersOf(deps)

  const store = async (recording: Recording, route: string, call: CallSession | undefined): Promise<boolean> => {
    const { callSid, caller, recordingSid, recordingUrl } = recording
    const ids = { callId: call?.facts.callId, callSid, recordingSid }
    try {
      await inTime(
        messages.take({
          callId: call?.facts.callId ?? (callSid || recordingSid),
          callerName: call?.facts.caller.name ?? 'Unknown caller',
          callerNumber: call?.facts.caller.number ?? caller ?? null,
          text: '(recorded message)',
          urgency: 'normal',
          recordingSid,
          recordingUrl,
          idempotencyKey: recordingSid,
          route,
        }),
        STORE_TIMEOUT_MS,
      )
      log.info(ids, 'message recorded')
      return true
    } catch (error) {
      log.error({ ...ids, ...describeCause(error) }, 'recorded message could not be stored')
      return false
    }
  }

  addTwilioRoute<{ Params: { route: string } }>(
    app,
    '/twilio/after-record/:route',
    'caller',
    async (request, reply) => {
      const recording = parseRecording(parametersOf(request), ours)
      reply.type('text/xml')
      const call = registry.byLegId(recording.callSid)
      const wasLive = call !== undefined && call.state.phase !== 'ended'
      const isEmpty = recording.seconds === 0
      const isStored = !isEmpty && (await store(recording, request.params.route, call))
      if (isStored) {
        call?.next({ voicemail: 'recorded' })
        return reply.send(recording.isOver ? twiml.nothing() : twiml.farewell(THANKS))
      }
      if (recording.isOver) {
        call?.end('caller_hung_up')
        return reply.send(twiml.nothing())
      }
      if (call && wasLive)
        return reply.send(documentOf(deps, call, call.next({ voicemail: isEmpty ? 'empty' : 'lost' })))
      // There is no assistant to come back to, and behind the fallback nobody else either.
      if (!isEmpty) return reply.send(twiml.farewell(LOST))
      if (request.params.route === FALLBACK_ROUTE) return reply.send(twiml.farewell(NOTHING_HEARD))
      if (call) return reply.send(documentOf(deps, call, call.next({ voicemail: 'empty' })))
      return reply.send(await lostCallDocument(deps, request, recording.callSid))
    },
  )
}
