import { parse as parseForm } from 'node:querystring'
import formbody from '@fastify/formbody'
import { defaultLanguage, GatewayError, type OurNumbers, type UnknownLeg } from '@llc-phone/core'
import type {
  FastifyInstance,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
  RouteHandlerMethod,
} from 'fastify'
import type { TwilioParts } from '../parts.ts'
import { callSidOf, dialledNumberOf, isOutbound } from '../webhook.ts'

/** Twilio sends about 30 fields; unknown ones may come at any time. */
const MAX_FIELDS = 200

/**
 * Who waits for the answer: a caller, a caller who was transferred already (nobody else is rung for them), or a person
 * who is rung.
 */
type Listener = 'caller' | 'handedOn' | 'person'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who waits for the answer: even a failure must be TwiML for them. */
    answersTwiml?: Listener
  }
  interface FastifyRequest {
    /** Whether the signature was checked and is valid. */
    isFromTwilio: boolean
    /** Whether the body's content type is not that of a form. */
    hasForeignBody: boolean
  }
}

type TwilioHandler<Route extends RouteGenericInterface> = RouteHandlerMethod<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  Route
>

/** Adds a route for Twilio, by POST or, if a number is set so, GET. `listener` waits for TwiML. */
export const addTwilioRoute = <Route extends RouteGenericInterface = RouteGenericInterface>(
  app: FastifyInstance,
  url: string,
  listener: Listener | 'nobody',
  handler: TwilioHandler<Route>,
): void => {
  const config = listener === 'nobody' ? {} : { answersTwiml: listener }
  app.route<Route>({ method: ['GET', 'POST'], url, config, handler })
}

/** Twilio's parameters: the form of a POST or the query of a GET. */
export const parametersOf = (request: FastifyRequest): unknown =>
  request.method === 'GET' ? request.query : request.body

/** The leg that a request is about. */
export const legOf = (parameters: unknown, ours: OurNumbers): UnknownLeg => ({
  legId: callSidOf(parameters),
  direction: isOutbound(parameters) ? 'outbound' : 'inbound',
  dialled: dialledNumberOf(parameters, ours),
})

const refuse = (problem: string): never => {
  throw new GatewayError('signature_invalid', problem)
}

/** Sets a scope up for Twilio: requires signatures, parses forms, and answers failures with TwiML for whoever waits. */
export const addTwilioScope = async (scope: FastifyInstance, parts: TwilioParts): Promise<void> => {
  const { host, twiml, documents, signature } = parts
  scope.decorateRequest('isFromTwilio', false)
  scope.decorateRequest('hasForeignBody', false)
  scope.removeAllContentTypeParsers()
  await scope.register(formbody)
  // A proxy may have changed the content type; the signature tells whether it is Twilio's form.
  scope.addContentTypeParser<string>('*', { parseAs: 'string' }, (request, body, done) => {
    request.hasForeignBody = body !== ''
    done(null, parseForm(body))
  })

  // Checked before the body is read, so that an unsigned request costs nothing.
  scope.addHook('onRequest', async (request) => {
    if (!request.headers['x-twilio-signature']) refuse('X-Twilio-Signature is missing.')
  })
  scope.addHook('preHandler', async (request) => {
    const form = request.method === 'GET' ? {} : (request.body ?? {})
    if (Object.values(form).flat().length > MAX_FIELDS)
      throw new GatewayError('request_invalid', `more than ${MAX_FIELDS} form fields`)
    const check = (parameters: object) => signature.request(request.headers, request.originalUrl, parameters)
    const problem = check(form)
    request.isFromTwilio = problem === undefined || (request.hasForeignBody && check({}) === undefined)
    if (!request.isFromTwilio) refuse(problem!)
    if (problem !== undefined) {
      request.body = undefined
      throw new GatewayError('request_invalid', 'The body is no form (application/x-www-form-urlencoded).')
    }
  })

  /** The TwiML for a failed request. */
  const apologyFor = (request: FastifyRequest, listener: Listener): string => {
    // The sender may be anybody: reveal nothing, and ring nobody.
    if (!request.isFromTwilio) return twiml.apology(defaultLanguage, undefined, undefined)
    const leg = legOf(parametersOf(request), host.numbers)
    if (listener === 'person') return twiml.farewell(host.languageOf(leg), 'personFailed')
    if (listener === 'handedOn') return twiml.apology(host.languageOf(leg), undefined, undefined)
    return documents.turnAway(host.turnAway(leg))
  }

  scope.setErrorHandler((error, request, reply) => {
    const { status, body } = host.http.describeError(error)
    const route = request.routeOptions.url
    const legId = callSidOf(parametersOf(request)) || undefined
    const { code, message: reason } = body.error
    host.http.refused(code, status < 500 ? { route, legId, code, reason } : undefined)
    if (status >= 500 && code !== 'draining') host.log.error({ route, legId, cause: error }, 'webhook failed')
    const { answersTwiml: listener } = request.routeOptions.config
    // A proxy asks another instance, and without one Twilio asks again.
    if (!listener || code === 'signature_invalid' || code === 'draining') return reply.code(status).send(body)
    return reply.code(200).type('text/xml').send(apologyFor(request, listener))
  })
}
