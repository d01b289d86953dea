import type { RouteOptions } from 'fastify'
import { createTwilioLine } from '@llc-phone/line-twilio'
import { systemClock } from '@llc-phone/core'
import * as z from 'zod'
import { buildApp } from './app.ts'
import type { GatewayDeps } from './deps.ts'

type Json = Readonly<Record<string, unknown>>

/** Stands for everything that a route uses once it is asked. Routes are added here, and none is asked. */
const unused: unknown = new Proxy(() => undefined, {
  // A promise of it would never resolve otherwise.
  get: (_target, name) => (name === 'then' ? undefined : unused),
  apply: () => unused,
})

/** Every route of the gateway, in the order of being added; those of carriers too. */
export const allRoutes = async (): Promise<readonly RouteOptions[]> => {
  const routes: RouteOptions[] = []
  const twilio = createTwilioLine({
    account: { accountSid: '', authToken: '', apiUrl: 'http://127.0.0.1:1' },
    publicUrl: 'http://127.0.0.1',
    authTokens: [''],
    clock: systemClock,
    calls: unused as never,
  })
  const lines = [twilio.serve(unused as never)]
  const deps = new Proxy({ lines } as unknown as GatewayDeps, {
    get: (known, name) => (name === 'lines' ? known.lines : name === 'consoleFolder' ? undefined : unused),
  })
  const app = await buildApp(deps, { onRoute: (route) => void routes.push(route) })
  await app.ready()
  return routes
}

const failure = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'One of docs/reference/errors.md' }),
      message: z.string(),
      gate: z.string().optional(),
      until: z.iso.datetime().optional(),
      lines: z.array(z.object({ line: z.int(), problem: z.string() })).optional(),
    }),
  })
  .meta({ id: 'Error' })

/** Leaves out the pattern of a format, which says the same in 300 letters. */
const override = ({ jsonSchema }: { readonly jsonSchema: { format?: string; pattern?: string } }): void => {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern
}

/** Schemas with a name, collected while routes are described. */
const createNames = () => {
  const named = new Map<string, string>()
  const schemas: Record<string, unknown> = {}

  /** Schemas that requests and answers share are stricter in answers: then the one of requests has a name of its own. */
  const nameOf = (id: string, schema: unknown, io: 'input' | 'output'): string => {
    const text = JSON.stringify(schema)
    const name = named.has(id) && named.get(id) !== text && io === 'input' ? `${id}Input` : id
    if (named.has(name) && named.get(name) !== text) throw new Error(`Two schemas have the id ${name}.`)
    named.set(name, text)
    return name
  }

  const jsonOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const {
      $schema: _draft,
      $defs = {},
      ...json
    } = z.toJSONSchema(schema, { io, unrepresentable: 'any', override }) as Json
    const names = new Map(Object.entries($defs as Json).map(([id, def]) => [id, nameOf(id, def, io)]))
    const renamed = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value).replaceAll(
          /"#\/\$defs\/([^"]+)"/g,
          (_, id: string) => `"#/components/schemas/${names.get(id)}"`,
        ),
      )
    for (const [id, def] of Object.entries($defs as Json)) schemas[names.get(id)!] = renamed(def)
    return renamed(json) as Json
  }
  return { schemas, jsonOf }
}

type Names = ReturnType<typeof createNames>

const parametersOf = (schema: unknown, where: 'path' | 'query', { jsonOf }: Names): Json[] => {
  if (!(schema instanceof z.ZodType)) return []
  const { properties = {}, required = [] } = jsonOf(schema, 'input') as { properties?: Json; required?: string[] }
  return Object.entries(properties).map(([name, json]) => ({
    name,
    in: where,
    ...(where === 'path' || required.includes(name) ? { required: true } : {}),
    schema: json,
  }))
}

const contentOf = (answer: unknown, names: Names): Json => {
  if (answer instanceof z.ZodType) return { 'application/json': { schema: names.jsonOf(answer, 'output') } }
  const { content } = answer as { content: Readonly<Record<string, { schema: z.ZodType }>> }
  return Object.fromEntries(
    Object.entries(content).map(([type, { schema }]) => [type, { schema: names.jsonOf(schema, 'output') }]),
  )
}

const STATUS: Readonly<Record<string, string>> = { '200': 'Done', '201': 'Made', '202': 'Accepted', '204': 'Done' }

const operatorRoute = ({ schema = {}, config }: RouteOptions, names: Names): Json => {
  const { summary, description, consumes = ['application/json'], params, querystring, body, response } = schema
  const parameters = [...parametersOf(params, 'path', names), ...parametersOf(querystring, 'query', names)]
  const json = body instanceof z.ZodType ? names.jsonOf(body, 'input') : undefined
  return {
    summary,
    description: [description, config?.role && `Needs the role ${config.role}.`].filter(Boolean).join(' '),
    security: config?.isOpen ? [] : [{ key: [] }, { session: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(json
      ? {
          requestBody: {
            required: true,
            content: Object.fromEntries(consumes.map((type) => [type, { schema: json }])),
          },
        }
      : {}),
    responses: {
      ...Object.fromEntries(
        Object.entries(response as Json).map(([status, answer]) => [
          status,
          { description: STATUS[status] ?? 'See http-api.md', content: contentOf(answer, names) },
        ]),
      ),
      default: {
        description: 'Refused or failed',
        content: { 'application/json': { schema: names.jsonOf(failure, 'output') } },
      },
    },
  }
}

/** Routes that are for nobody in particular, or not for people. */
const otherRoute = ({ url }: RouteOptions): Json =>
  ['/healthz', '/readyz'].includes(url)
    ? { summary: 'Health of the process, for load balancers', responses: { 200: { description: 'Well' } } }
    : {
        summary: 'A webhook of the carrier, not for people: without its signature nothing happens',
        security: [{ signature: [] }],
        responses: {
          200: { description: 'What the carrier does next', content: { 'text/xml': { schema: { type: 'string' } } } },
        },
      }

/** Pages for people; they describe themselves. */
const isPage = (url: string): boolean => /^\/(?:docs|console)?(?:\/|$)/.test(url)

const isForPeople = ({ config }: RouteOptions): boolean => config?.role !== undefined || config?.isOpen === true

const groupOf = (route: RouteOptions): string => {
  const { url } = route
  if (!isForPeople(route)) return url.endsWith('z') ? 'health' : 'carrier'
  return url.split('/')[1] ?? ''
}

/** OpenAPI 3.1 of all routes, by their own schemas. */
export const describeRoutes = (routes: readonly RouteOptions[]): Json => {
  const names = createNames()
  const paths: Record<string, Record<string, Json>> = {}
  for (const route of routes) {
    if (isPage(route.url)) continue
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}')
    const operation = isForPeople(route) ? operatorRoute(route, names) : otherRoute(route)
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    }))
    const isNamed = inPath.length === 0 || operation['parameters'] !== undefined
    for (const method of [route.method].flat().map((each) => each.toLowerCase()))
      if (method !== 'head')
        (paths[path] ??= {})[method] = {
          tags: [groupOf(route)],
          operationId: [method, ...path.split(/[/{}-]+/).filter((word) => word !== '')].join('_'),
          ...operation,
          ...(isNamed ? {} : { parameters: inPath }),
        }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'llc-phone',
      version: '0.1.0',
      description: 'The HTTP interface of the gateway; docs/reference/http-api.md has the prose.',
    },
    paths: sorted(paths),
    components: {
      schemas: sorted(names.schemas),
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'A key of a person, or the ADMIN_TOKEN' },
        session: { type: 'apiKey', in: 'cookie', name: '__Host-llc', description: 'A browser that is signed in' },
        signature: { type: 'apiKey', in: 'header', name: 'X-Twilio-Signature' },
      },
    },
  }
}

const sorted = (value: Readonly<Record<string, unknown>>): Json =>
  Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
