import { systemClock } from '@llc-phone/core'
import { fastify, type FastifyInstance, type FastifyReply, type RouteOptions } from 'fastify'
import type { GatewayDeps } from './deps.ts'
import { createRefusalLog, refusedRequests } from './refusal-log.ts'
import { instanceIn, withoutInstance } from './fleet/instance-path.ts'
import { describeCause } from './watching/describe-cause.ts'
import { describeError, errorBody, retryAfterOf } from './routes/http-errors.ts'
import { addAdminScope } from './routes/admin-scope.ts'
import { addAppointmentRoutes } from './routes/appointment-routes.ts'
import { addAuditRoutes } from './routes/audit.ts'
import { addJsonParser } from './routes/body.ts'
import { addCallerRoutes } from './routes/callers.ts'
import { createListening } from './routes/call-listen.ts'
import { addCallRoutes } from './routes/calls.ts'
import { addConsole } from './routes/console.ts'
import { addContactRoutes } from './routes/contacts.ts'
import { addCustomerDeskRoutes } from './routes/customer-desk-routes.ts'
import { addCustomerRoutes } from './routes/customers.ts'
import { addDocsPage } from './routes/docs-page.ts'
import { addDoctorRoutes } from './routes/doctor-routes.ts'
import { addDoNotCallRoutes } from './routes/do-not-call.ts'
import { addFleetRoutes } from './routes/fleet-routes.ts'
import { addGreetingRoutes } from './routes/greeting-routes.ts'
import { addHealthRoutes, addMetricsRoute } from './routes/health.ts'
import { addUpgrades, createLineHttp } from './routes/line-http.ts'
import { addMessageRoutes } from './routes/messages.ts'
import { addNumberRoutes } from './routes/number-routes.ts'
import { addOutboundRoute } from './routes/outbound-call.ts'
import { ANSWER_HEADERS } from './routes/page-headers.ts'
import { addPeopleRoutes } from './routes/people.ts'
import { addPhraseRoutes } from './routes/phrase-routes.ts'
import { addSessionRoutes } from './routes/session.ts'
import { addSettingsRoutes } from './routes/settings-routes.ts'
import { addTestCallRoutes } from './routes/test-call-routes.ts'
import { addStatisticsRoutes } from './routes/statistics-routes.ts'
import { addSystemRoutes } from './routes/system-routes.ts'
import { takeTurns } from './routes/take-turns.ts'

/** A carrier's largest request is a few kilobytes. */
const BODY_LIMIT_BYTES = 65_536
const HEADER_LIMIT_BYTES = 16_384
/** Requests of carriers arrive faster than this. */
const REQUEST_TIMEOUT_MS = 5_000
/**
 * How often Node looks for late requests. Its default, twice a minute, ends all of them at once: two thousand stall every
 * call's audio.
 */
const LATE_CHECK_MS = 500

/** In place of Fastify's own compiler of JSON schemas. */
const noCompiler = () => () => {
  throw new Error('A schema outside the operator scope has no compiler.')
}

/** Ignores the content type of an empty body: some clients name one for bodies that they do not send. */
const takeEmptyBodies = (app: FastifyInstance): void => {
  app.addHook('onRequest', async ({ headers }) => {
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers
    if (length === '0' && encoding === undefined) delete headers['content-type']
  })
}

/** Of somebody who has shown no key, or a wrong one. */
const STRANGE = [401, 403, 429]

/**
 * Counts what belongs to another instance. What anybody can send from outside says nothing of the proxy, and would have it look
 * wrong: requests without a key or the signature of a carrier.
 */
const countMisrouted = (scope: FastifyInstance, { fleet }: Pick<GatewayDeps, 'fleet'>): void => {
  scope.addHook('onResponse', async (request, reply) => {
    const { url: route = 'unknown', config } = request.routeOptions
    const isUnsigned = 'isFromTwilio' in request && !request.isFromTwilio
    const isAnybodys = isUnsigned || config.isOpen || STRANGE.includes(reply.statusCode)
    const instance = isAnybodys ? undefined : instanceIn(request.originalUrl)
    if (instance !== undefined && instance !== fleet.id) fleet.misrouted(instance, route)
  })
}

/** What an application is for. */
export interface AppOptions {
  /** `public`: carriers alone; `operators`: people and their programs alone. Both have `/healthz` and `/readyz`. */
  readonly serve?: 'all' | 'public' | 'operators'
  /** Is told of every route. */
  readonly onRoute?: (route: RouteOptions) => void
}

/** An HTTP application of the gateway; it never listens by itself. */
export const buildApp = async (
  deps: GatewayDeps,
  { serve = 'all', onRoute }: AppOptions = {},
): Promise<FastifyInstance> => {
  const app = fastify({
    logger: false,
    // Operator routes are checked by zod, others have no schema: Fastify's own checker and serializer are not even loaded (1 MB).
    schemaController: { compilersFactory: { buildValidator: noCompiler, buildSerializer: noCompiler } },
    bodyLimit: BODY_LIMIT_BYTES,
    // The same routes below the path of an instance. What Twilio signs is in `originalUrl`.
    rewriteUrl: ({ url = '/' }) => withoutInstance(url),
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Ignore a trailing slash.
    routerOptions: { ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    http: {
      headersTimeout: REQUEST_TIMEOUT_MS,
      maxHeaderSize: HEADER_LIMIT_BYTES,
      connectionsCheckingInterval: LATE_CHECK_MS,
      // Java's client offers HTTP/2 with every request: whoever asks for another protocol than ours is answered in HTTP/1.1.
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
    },
    // A short answer to invalid HTTP, to cost live calls no time.
    clientErrorHandler(error, socket) {
      if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' || !socket.writable) return void socket.destroy()
      const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'
      socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy())
    },
    // An invalid URL reaches no route; answer it like any other refusal.
    frameworkErrors(error, _request, reply) {
      deps.metrics.refused('request_invalid')
      const { statusCode = 400, message } = error
      void (reply as FastifyReply)
        .code(statusCode)
        .headers(ANSWER_HEADERS)
        .send(errorBody('request_invalid', message.slice(0, 200)))
    },
    // Keep answering webhooks while the last calls finish.
    return503OnClosing: false,
  })
  takeEmptyBodies(app)
  addJsonParser(app)
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(404)
      .headers(ANSWER_HEADERS)
      .send(
        errorBody('not_found', 'There is nothing at this address; docs/reference/http-api.md lists what there is.'),
      ),
  )
  const tellRefused = createRefusalLog(deps.log, systemClock, refusedRequests('request'))
  app.setErrorHandler((error, request, reply) => {
    const { status, body } = describeError(error)
    const route = request.routeOptions.url
    deps.metrics.refused(body.error.code)
    // Refusals by the carrier or the model are no defects of the gateway.
    if (status === 500) deps.log.error({ route, ...describeCause(error) }, 'request failed')
    // Guessed tokens must not fill the log; the metric above counts them.
    else if (body.error.code !== 'too_many_attempts')
      tellRefused(body.error.code, { route, code: body.error.code, gate: body.error.gate })
    const retryAfter = retryAfterOf(error, new Date())
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter))
    return reply.code(status).headers(ANSWER_HEADERS).send(body)
  })
  if (onRoute) app.addHook('onRoute', onRoute)
  addHealthRoutes(app, deps)
  const lines = serve === 'operators' ? [] : deps.lines
  await app.register(async (scope) => {
    takeTurns(scope)
    countMisrouted(scope, deps)
    for (const { plugin } of lines) await scope.register(plugin)
  })
  const lineHttp = createLineHttp(deps)
  const listening = serve === 'public' ? undefined : createListening(deps, lineHttp)
  addUpgrades(app, lines, listening ? [deps.testCalls, listening] : [], { ...lineHttp, fleet: deps.fleet })
  if (serve === 'public') return app
  addDocsPage(app)
  addConsole(app, deps.consoleFolder)
  await app.register(async (scope) => {
    countMisrouted(scope, deps)
    await addAdminScope(scope, deps, [
      addSessionRoutes,
      addCallRoutes,
      addSettingsRoutes,
      addMessageRoutes,
      addCustomerRoutes,
      addCustomerDeskRoutes,
      addAppointmentRoutes,
      addCallerRoutes,
      addNumberRoutes,
      addOutboundRoute,
      addTestCallRoutes,
      addDoNotCallRoutes,
      addContactRoutes,
      addPhraseRoutes,
      addGreetingRoutes,
      addPeopleRoutes,
      addAuditRoutes,
      addStatisticsRoutes,
      addDoctorRoutes,
      addSystemRoutes,
      addFleetRoutes,
      addMetricsRoute,
    ])
  })
  // End the event streams before the server closes: it waits for open responses.
  app.addHook('preClose', async () => {
    deps.feed.close()
    listening?.close()
  })
  return app
}
