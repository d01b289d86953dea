import { createServer, type AddressInfo } from 'node:net'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openApps, type OpenApps } from '../src/open-apps.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, callSidOf, ringing, sign, testGateway, PUBLIC_URL, type TestGateway } from './support/gateway.ts'

const env = { PORT: 0, HOST: '127.0.0.1', ADMIN_PORT: 0, ADMIN_HOST: '127.0.0.1' }
const authorization = `Bearer ${ADMIN_TOKEN}`

let gateway: TestGateway
let open: OpenApps
beforeAll(async () => {
  gateway = await testGateway(fakeRegistry().registry)
  open = await openApps(gateway.deps, env)
})
afterAll(() => open.close())

const at = (port: number | undefined, url: string, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${port}${url}`, { ...init, headers: { authorization, ...init.headers } })

it('no operator route is on the public listener, with whatever key', async () => {
  const routes = gateway.routes.filter(({ role, method }) => role !== undefined && method !== 'HEAD')
  expect(routes.length).toBeGreaterThan(20)
  for (const { method, url } of routes) {
    const response = await at(open.port, url.replaceAll(/:\w+/g, 'x'), { method })
    expect([method, url, response.status]).toEqual([method, url, 404])
  }
})

it('no WebSocket of operators is on the public listener', async () => {
  const upgrade = (port: number | undefined, path: string) =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { authorization } })
      socket.on('unexpected-response', (_request, { statusCode }) => resolve(statusCode))
      socket.on('error', () => undefined)
    })
  const line = `/console/line/${'A'.repeat(43)}`
  for (const path of [line, '/calls/x/listen', '/calls/events', '/console/', '/'])
    expect([path, await upgrade(open.port, path)]).toEqual([path, 404])
  expect(await upgrade(open.adminPort, '/media/x')).toBe(404)
})

it('operators are served at their own, and carriers are not', async () => {
  expect((await at(open.adminPort, '/calls')).status).toBe(200)
  expect((await at(open.adminPort, '/metrics')).status).toBe(200)
  expect((await at(open.adminPort, '/calls', { headers: { authorization: '' } })).status).toBe(401)
  const form = ringing(callSidOf(7))
  const ring = (port: number | undefined) =>
    at(port, '/twiml', {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { 'x-twilio-signature': sign(`${PUBLIC_URL}/twiml`, form) },
    })
  expect((await ring(open.adminPort)).status).toBe(404)
  expect((await ring(open.port)).status).toBe(200)
})

it('both say that they are alive', async () => {
  for (const port of [open.port, open.adminPort])
    for (const url of ['/healthz', '/readyz']) expect((await at(port, url)).status).toBe(200)
})

it.each(['PORT', 'ADMIN_PORT'] as const)('a %s that is taken is named, and nothing stays open', async (variable) => {
  const holder = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => holder.once('listening', resolve))
  const { port } = holder.address() as AddressInfo
  await expect(openApps(gateway.deps, { ...env, [variable]: port })).rejects.toMatchObject({
    code: 'port_in_use',
    message: expect.stringMatching(
      new RegExp(`^Port ${port} is held by .*${process.pid}.* set ${variable} to a free one`),
    ),
  })
  holder.close()
})
