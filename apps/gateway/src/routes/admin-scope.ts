import { isDeepStrictEqual } from 'node:util'
import { GatewayError } from '@llc-phone/core'
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteOptions,
} from 'fastify'
import * as z from 'zod'
import type { GatewayDeps } from '../deps.ts'
import { lesserRole } from './access.ts'
import { ANSWER_HEADERS } from './page-headers.ts'
import { parseRequest } from './parse.ts'
import { mayDo, ROLES, type Actor, type Role } from './roles.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may use an operator route. */
    role?: Role
    /** For whoever is not signed in; instead of a role. */
    isOpen?: true
  }
  interface FastifyRequest {
    /** Who sends it; only in operator routes. */
    actor: Actor
  }
  interface FastifySchema {
    /** What the route does, in one line of the reference. */
    summary?: string
    /** More about it; the role is added. */
    description?: string
    /** Content types of the body, if it is not JSON. */
    consumes?: string[]
  }
}

/** Types of a handler's `params`, `query` and `body` by the zod schemas of its route. */
interface ZodTypes extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown
  readonly serializer: unknown
}

/**
 * Where operator routes are added: each with `config.role` and a `schema` of zod schemas. Handlers get what the schemas made
 * of `params`, `query` and `body`, and `request.actor`.
 */
export type AdminScope = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypes
>

/** Adds routes to a scope. */
export type AddRoutes = (scope: AdminScope, deps: GatewayDeps) => Promise<void> | void

/** What a part of a request is called in messages. */
const PARTS: Readonly<Record<string, string>> = { params: 'address', querystring: 'query', headers: 'headers' }

const isZod = (value: unknown): value is z.ZodType => value instanceof z.ZodType

/** The schemas of an answer: one, or one for each content type. */
const answersIn = (answer: unknown): unknown[] => {
  const { content } = (answer ?? {}) as { content?: Record<string, { schema?: unknown }> }
  return isZod(answer) || !content ? [answer] : Object.values(content).map(({ schema }) => schema)
}

/** Makes the start fail for a route that anybody could use, or that nobody could look up. */
const requireDescription = ({ method, url, config, schema }: RouteOptions): void => {
  const problems: string[] = []
  if (!ROLES.includes(config?.role as Role) && !config?.isOpen) problems.push('config.role')
  if (!schema?.summary) problems.push('schema.summary')
  const answers = Object.values(schema?.response ?? {}).flatMap(answersIn)
  if (answers.length === 0 || !answers.every(isZod)) problems.push('schema.response of zod schemas')
  const names = [...url.matchAll(/:(\w+)/g)].map(([, name]) => name!)
  const params = schema?.params instanceof z.ZodObject ? Object.keys(schema.params.shape) : []
  if (!names.every((name) => params.includes(name))) problems.push(`schema.params with ${names.join(', ')}`)
  for (const part of ['querystring', 'body'] as const)
    if (schema?.[part] !== undefined && !isZod(schema[part])) problems.push(`a zod schema as schema.${part}`)
  if (problems.length > 0) throw new Error(`The operator route ${String(method)} ${url} lacks ${problems.join(', ')}.`)
}

/** Refuses an answer that is not as its schema says, so that the reference tells the truth. */
const checkedJson = (schema: z.ZodType, url: string) => (data: unknown) => {
  const text = JSON.stringify(data)
  const wire: unknown = JSON.parse(text)
  const parsed = schema.safeParse(wire)
  if (!parsed.success) throw new Error(`${url} answers other than its schema says: ${z.prettifyError(parsed.error)}`)
  if (!isDeepStrictEqual(parsed.data, wire)) throw new Error(`${url} answers more than its schema says: ${text}`)
  return text
}

/**
 * The one scope of all operator routes. Requires a key, then the role of the route; validates requests by
 * the schemas of the route (`request_invalid`).
 */
export const addAdminScope = async (
  app: FastifyInstance,
  deps: GatewayDeps,
  groups: readonly AddRoutes[],
): Promise<void> => {
  await app.register(async (admin) => {
    admin.addHook('onRoute', requireDescription)
    admin.decorateRequest('actor')
    admin.addHook('onRequest', async (request, reply) => {
      // Refusals too: what is personal is kept by no browser and no proxy.
      reply.headers(ANSWER_HEADERS)
      const { role = 'owner', isOpen } = request.routeOptions.config
      if (isOpen) return
      const actor = await deps.access.admit(request, reply)
      request.actor = actor
      if (!mayDo(actor.role, role)) throw new GatewayError('forbidden', lesserRole(actor, role))
    })
    admin.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => (value) => {
      try {
        return { value: parseRequest(schema, value, PARTS[httpPart ?? '']) }
      } catch (error) {
        return { error: error as Error }
      }
    })
    admin.setSerializerCompiler<z.ZodType>(({ schema, url }) => {
      // Answers of our own making are not checked at run time: that is work for tests.
      return deps.checkAnswers ? checkedJson(schema, url) : JSON.stringify
    })
    // Each group has its own content types.
    for (const add of groups)
      // oxlint-disable-next-line no-await-in-loop -- in this order
      await admin.register(async (scope) => add(scope.withTypeProvider<ZodTypes>(), deps))
  })
}
