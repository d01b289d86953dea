import { tryE164, wasMeant } from '@llc-phone/core'
import type { RecordedCall } from '@llc-phone/store'
import type { FastifyRequest } from 'fastify'
import type { GatewayDeps } from '../deps.ts'
import { describeCause } from '../watching/describe-cause.ts'
import { inTime } from '../in-time.ts'
import { dialledNumberOf, isOutbound, namesParties } from '../twilio/webhook.ts'
import { ourNumbersOf, parametersOf } from './twilio-scope.ts'

/** The caller waits in silence meanwhile. */
const JOURNAL_LIMIT_MS = 1_500

/**
 * What a caller hears whose call this process does not know, because an earlier one has died with it, or because Twilio does
 * not say which it is: an apology, then the fallback route of the number they have dialled. The journal knows the call;
 * without it Twilio's own fields do.
 */
export const lostCallDocument = async (
  deps: GatewayDeps,
  request: FastifyRequest,
  callSid: string,
): Promise<string> => {
  const { calls, numbers, twiml, log, ownNumber } = deps
  const parameters = parametersOf(request)
  let known: RecordedCall | undefined
  let isAsked = callSid !== ''
  try {
    if (isAsked) known = await inTime(calls.find(callSid), JOURNAL_LIMIT_MS)
  } catch (error) {
    isAsked = false
    log.warn({ callSid, ...describeCause(error) }, 'journal not asked about a call of an earlier process')
  }
  // Neither the journal nor Twilio says whose call it is: it is none of ours.
  if (isAsked && !known && !namesParties(parameters)) return twiml.hangUp()
  if (wasMeant(known?.disposition)) return twiml.hangUp()
  log.warn({ callId: known?.callId, callSid }, 'call of an earlier process: the caller goes to the fallback route')
  if (known?.direction === 'outbound' || isOutbound(parameters)) return twiml.calleeApology()
  const dialled = tryE164(known?.dialled ?? '') ?? dialledNumberOf(parameters, ourNumbersOf(deps))
  return twiml.apology(dialled ?? ownNumber, numbers.resolve(dialled).fallback)
}
