import type { FastifyRequest } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { namesParties } from '../webhook.ts'
import { legOf, parametersOf } from './twilio-scope.ts'

/** The TwiML for a call without a session here: its process died, or Twilio does not name the call. */
export const lostCallDocument = async (
  { host, twiml, documents }: TwilioParts,
  request: FastifyRequest,
): Promise<string> => {
  const parameters = parametersOf(request)
  const turned = await host.lost({ ...legOf(parameters, host.numbers), isNamed: namesParties(parameters) })
  return turned ? documents.turnAway(turned) : twiml.hangUp()
}
