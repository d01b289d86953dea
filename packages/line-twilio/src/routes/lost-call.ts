import type { AwayReport } from '@llc-phone/core'
import type { FastifyRequest } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { namesParties } from '../webhook.ts'
import { legOf, parametersOf } from './twilio-scope.ts'

/** The question by its name, whatever stands before it: `after-stream` of `/i/:instance/twilio/after-stream`. */
const entryOf = (route = ''): string => /\/(?:twilio|twiml)\/([\w-]+)/.exec(route)?.[1] ?? 'unknown'

/**
 * The TwiML for a call without a session here: its process died, or Twilio does not name the call. `report` is what Twilio
 * tells of the caller's time away.
 */
export const lostCallDocument = async (
  { host, line, twiml, documents }: TwilioParts,
  request: FastifyRequest,
  report?: AwayReport,
): Promise<string> => {
  const parameters = parametersOf(request)
  const entry = entryOf(request.routeOptions.url)
  const found = await host.lost({
    ...legOf(parameters, host.numbers),
    line,
    entry,
    isNamed: namesParties(parameters),
    report,
  })
  if (!found) return twiml.hangUp()
  if ('instance' in found) return documents.askInstance(found.instance)
  return 'call' in found ? documents.follow(found.call, found.call.next(report)) : documents.turnAway(found.turnedAway)
}
