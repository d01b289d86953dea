import type { FastifyRequest } from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { namesParties } from '../webhook.ts'
import { legOf, parametersOf } from './twilio-scope.ts'

/** What a caller hears whose call has no session here, because an earlier process has died with it, or Twilio does not say which it is. */
export const lostCallDocument = async (
  { host, twiml, documents }: TwilioParts,
  request: FastifyRequest,
): Promise<string> => {
  const parameters = parametersOf(request)
  const turned = await host.lost({ ...legOf(parameters, host.numbers), isNamed: namesParties(parameters) })
  return turned ? documents.turnAway(turned) : twiml.hangUp()
}
