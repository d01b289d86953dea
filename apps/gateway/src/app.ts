import { fastify, type FastifyInstance } from 'fastify'
import type { GatewayDeps } from './deps.ts'
import { describeCause } from './describe-cause.ts'
import { describeError, errorBody } from './http-errors.ts'
import { addAfterRecordRoute } from './routes/after-record.ts'
import { addAfterStreamRoutes } from './routes/after-stream.ts'
import { addCallRoutes } from './routes/calls.ts'
import { addHealthRoutes } from './routes/health.ts'
import { addMediaRoute } from './routes/media.ts'
import { addNumberRoutes } from './routes/numbers.ts'
import { addPersonRoutes } from './routes/person.ts'
import { addStatusRoutes } from './routes/status.ts'
import { addTwilioScope } from './routes/twilio-scope.ts'
import { addVoiceRoute } from './routes/voice.ts'

/** Twilio's largest request is a few kilobytes. */
const BODY_LIMIT_BYTES = 65_536
const HEADER_LIMIT_BYTES = 16_384
/** A request that takes longer to arrive is not Twilio's. */
const REQUEST_TIMEOUT_MS = 5_000

/** The gateway's HTTP application; it never listens by itself. */
export const buildApp = async (deps: GatewayDeps): Promise<FastifyInstance> => {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    http: { headersTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: HEADER_LIMIT_BYTES },
    // Webhooks that still arrive while the last calls finish are answered like any other.
    return503OnClosing: false,
  })
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .send(
        errorBody('not_found', 'There is nothing at this address; docs/reference/http-api.md lists what there is.'),
      ),
  )
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = describeError(error)
    const route = request.routeOptions.url
    deps.metrics.refused(body.error.code)
    if (status >= 500) deps.log.error({ route, ...describeCause(error) }, 'request failed')
    else deps.log.warn({ route, code: body.error.code }, 'request refused')
    return reply.code(status).send(body)
  })
  await app.register(async (scope) => {
    await addTwilioScope(scope, deps)
    addVoiceRoute(scope, deps)
    addAfterStreamRoutes(scope, deps)
    addAfterRecordRoute(scope, deps)
    addPersonRoutes(scope, deps)
    addStatusRoutes(scope, deps)
  })
  await app.register(async (scope) => addCallRoutes(scope, deps))
  await app.register(async (scope) => addNumberRoutes(scope, deps))
  addHealthRoutes(app, deps)
  addMediaRoute(app, deps)
  // Before the server closes: it waits for open responses.
  app.addHook('preClose', async () => deps.feed.close())
  return app
}
