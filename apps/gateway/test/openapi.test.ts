import { readFileSync, globSync } from 'node:fs'
import { fastify, type RouteOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { allRoutes, describeRoutes } from '../src/openapi.ts'
import { typesOf } from '../src/openapi-types.ts'
import { addAdminScope, type AddRoutes } from '../src/routes/admin-scope.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, testGateway, type TestGateway } from './support/gateway.ts'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

/** Pages for people, which describe themselves. */
const isPage = (url: string) => url === '/' || /^\/(?:docs|console)(?:\/|$)/.test(url)

let gateway: TestGateway
let routes: readonly RouteOptions[]
beforeAll(async () => {
  gateway = await testGateway(fakeRegistry().registry)
  routes = await allRoutes()
})
afterAll(() => gateway.app.close())

describe('docs/reference/openapi.json', () => {
  it('is as the routes are', () => {
    const isSame = read('docs/reference/openapi.json') === `${JSON.stringify(describeRoutes(routes), null, 2)}\n`
    expect(isSame, 'docs/reference/openapi.json is not as the routes are: run pnpm openapi, which writes it').toBe(true)
  })

  it('gives the console its types', async () => {
    const isSame = read('apps/console/src/api/openapi.ts') === (await typesOf(read('docs/reference/openapi.json')))
    expect(isSame, 'apps/console/src/api/openapi.ts is not as the document is: run pnpm openapi').toBe(true)
  })

  it('has every route that the gateway serves', () => {
    const { paths } = JSON.parse(read('docs/reference/openapi.json')) as { paths: Record<string, object> }
    const served = gateway.routes.filter(({ method, url }) => method !== 'HEAD' && !isPage(url))
    const missing = served.filter(
      ({ method, url }) => !(method.toLowerCase() in (paths[url.replaceAll(/:(\w+)/g, '{$1}')] ?? {})),
    )
    expect(missing).toEqual([])
  })

  it('refers to nothing that it does not have', () => {
    const text = read('docs/reference/openapi.json')
    const { components } = JSON.parse(text) as { components: { schemas: Record<string, object> } }
    const used = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!))
    expect(used.size).toBeGreaterThan(5)
    expect([...used].filter((name) => !(name in components.schemas))).toEqual([])
    expect(text).not.toContain('$defs')
  })
})

describe('http-api.md', () => {
  const page = read('docs/reference/http-api.md')

  it('has every route', () => {
    const missing = gateway.routes.filter(({ method, url }) => {
      // `/calls/:id` is written `/calls/ID`; carriers may ask by POST or GET.
      const path = url.replaceAll(/:\w+/g, '[A-Z_]+')
      const isForPeople = !url.startsWith('/tw')
      if (method === 'HEAD' || (isPage(url) && !['/', '/docs', '/docs/json', '/console'].includes(url))) return false
      return !new RegExp(`${isForPeople ? `\`${method} ` : ''}${path}[\`?]`).test(page)
    })
    expect(missing.map(({ method, url }) => `${method} ${url}`)).toEqual([])
  })

  it('has every action of the audit log', () => {
    const sources = globSync('src/**/*.ts', { cwd: new URL('..', import.meta.url) })
    const actions = sources.flatMap((path) =>
      [...read(`apps/gateway/${path}`).matchAll(/\baction: '(\w+)'/g)].map(([, action]) => action!),
    )
    expect(actions).toContain('call_ended')
    expect(actions.filter((action) => !page.includes(`\`${action}\``))).toEqual([])
  })
})

describe('/docs', () => {
  it('comes with a policy that allows nothing from elsewhere and no inline script', async () => {
    for (const url of ['/docs', '/docs/', '/docs/json', '/docs/swagger-ui.css', '/docs/swagger-ui-bundle.js']) {
      const { statusCode, headers } = await gateway.app.inject(url)
      expect([url, statusCode]).toEqual([url, 200])
      const policy = String(headers['content-security-policy'])
      expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toContain('unsafe')
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' })
    }
  })

  it('is whole: what it names is served, and nothing is written into it', async () => {
    const { body } = await gateway.app.inject('/docs')
    const names = [...body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, name]) => name!)
    expect(names.length).toBeGreaterThan(3)
    for (const name of names) expect([name, (await gateway.app.inject(name)).statusCode]).toEqual([name, 200])
    expect(body).not.toMatch(/<script>|<style|style=|\son\w+=/)
  })

  it('is not on a listener for carriers alone', async () => {
    const { buildApp } = await import('../src/app.ts')
    const app = await buildApp(gateway.deps, { serve: 'public' })
    for (const url of ['/docs', '/docs/json']) expect((await app.inject(url)).statusCode).toBe(404)
    await app.close()
  })
})

describe('an operator route', () => {
  const started = async (add: AddRoutes, checkAnswers = true) => {
    const app = fastify()
    await addAdminScope(app, { ...gateway.deps, checkAnswers }, [add])
    await app.ready()
    return app
  }
  const whole = {
    config: { role: 'viewer' },
    schema: { summary: 'x', response: { 200: z.object({ a: z.int() }) } },
  } as const

  it.each<[string, AddRoutes]>([
    ['config.role', (scope) => void scope.get('/a', { schema: whole.schema }, () => ({}))],
    ['config.role', (scope) => void scope.get('/a', () => ({}))],
    [
      'schema.summary',
      (scope) => void scope.get('/a', { ...whole, schema: { response: whole.schema.response } }, () => ({})),
    ],
    ['schema.response', (scope) => void scope.get('/a', { ...whole, schema: { summary: 'x' } }, () => ({}))],
    ['schema.params with id', (scope) => void scope.get('/a/:id', whole, () => ({}))],
  ])('without %s keeps the gateway from starting', async (lacking, add) => {
    await expect(started(add)).rejects.toThrow(lacking)
  })

  it.each([
    ['more than', { a: 1, b: 2 }],
    ['other than', { a: 'one' }],
  ])(
    'that answers %s its schema says fails in tests, and costs nobody an answer in production',
    async (_what, answer) => {
      const ask = async (checkAnswers: boolean) =>
        (await started((scope) => void scope.get('/a', whole, () => answer), checkAnswers)).inject({
          url: '/a',
          headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
        })
      expect((await ask(true)).statusCode).toBe(500)
      expect((await ask(false)).json()).toEqual(answer)
    },
  )
})
