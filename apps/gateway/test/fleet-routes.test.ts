import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Adoption } from '../src/adoption.ts'
import type { Fleet } from '../src/fleet/fleet.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import {
  ADMIN_TOKEN,
  callSidOf,
  PUBLIC_URL,
  ringing,
  sign,
  soloFleet,
  testGateway,
  type TestGateway,
} from './support/gateway.ts'

let running: TestGateway | undefined
afterEach(async () => {
  await running?.app.close()
  running = undefined
})

const open = async (
  fleet: Partial<Fleet> = {},
  adoption: Partial<Adoption> = {},
  { registry } = fakeRegistry(),
  more: Parameters<typeof testGateway>[1] = {},
) => {
  const misrouted: string[] = []
  const gateway = await testGateway(registry, {
    adoption: { resume: async () => 'none', resumeMedia: async () => 'none', ...adoption },
    fleet: {
      ...soloFleet,
      id: 'a',
      misrouted: (instance, entry) => void misrouted.push(`${instance} ${entry}`),
      ...fleet,
    },
    ...(fleet.passesOn ? { passesOn: fleet.passesOn } : {}),
    ...(fleet.takesCalls === undefined ? {} : { takesCalls: fleet.takesCalls }),
    claim: fleet.claim,
    ...more,
  })
  running = gateway
  const ask = (method: 'GET' | 'POST', url: string) =>
    gateway.app.inject({ method, url, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
  return { ...gateway, ask, misrouted }
}

it.each([
  ['ready', 200],
  ['full', 404],
  ['draining', 404],
  ['starting', 503],
  ['fenced', 503],
] as const)('GET /lbz of an instance that is %s answers %i', async (state, status) => {
  const { app } = await open({ state })
  const answer = await app.inject('/lbz')
  expect([answer.statusCode, answer.json()]).toMatchObject([status, { state }])
})

it('serves every route below the path of an instance, and counts what belongs to another one', async () => {
  const { app, ask, post, misrouted } = await open()
  for (const url of ['/i/a/healthz', '/i/b/lbz', '/i/a/fleet'])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect((await ask('GET', url)).statusCode).toBe(200)
  expect((await app.inject('/i/B!/healthz')).statusCode).toBe(404)
  const form = { CallSid: callSidOf(1), CallStatus: 'ringing' }
  expect((await post('/i/a/twilio/status', form)).status).toBe(204)
  expect(misrouted).toEqual([])
  expect((await post('/i/b/twilio/status', form)).status).toBe(204)
  expect(misrouted).toEqual(['b /twilio/status'])
  const unsigned = await post('/i/b/twilio/status', form, { signature: sign(`${PUBLIC_URL}/twilio/status`, form) })
  expect(unsigned.status).toBe(403)
  expect(misrouted).toHaveLength(1)
})

it('counts nothing that a stranger sends below the path of another instance', async () => {
  const { app, post, misrouted } = await open()
  const many = Object.fromEntries(Array.from({ length: 201 }, (_, nth) => [`field${nth}`, '1']))
  for (const path of ['/i/b/twilio/status', '/i/b/twiml']) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await post(path, many, { signature: 'forged' })
    // oxlint-disable-next-line no-await-in-loop -- as above
    await app.inject({ method: 'POST', url: path, payload: 'x' })
  }
  const { statusCode } = await app.inject({ method: 'POST', url: '/i/b/session', payload: { key: 1 } })
  expect(statusCode).toBeLessThan(500)
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  for (const path of ['/i/b/media/token', '/i/b/calls/theirs/listen', '/i/b/nothing']) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { 'x-twilio-signature': 'forged' } })
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await once(socket, 'unexpected-response')
    socket.on('error', () => undefined)
    socket.terminate()
  }
  expect(misrouted).toEqual([])
})

it('answers 503 to a new call that another instance had better take, and nobody is turned away', async () => {
  const { post, logText } = await open({ passesOn: () => true })
  const answer = await post('/twiml', ringing(callSidOf(2)))
  expect(answer.status).toBe(503)
  expect(logText()).not.toContain('not answered')
})

it('takes no calls where INSTANCE_ROLES has none: others are asked, or the caller goes to the fallback route', async () => {
  const { post, logText } = await open({ takesCalls: false })
  const answer = await post('/twiml', ringing(callSidOf(5)))
  expect(answer.body).toContain('<Dial')
  expect(answer.body).not.toContain('<Stream')
  expect(logText()).toContain('this instance takes no calls (INSTANCE_ROLES)')
  expect(logText()).not.toContain('call opened')
})

it('answers for the instance that has the call already, and opens no other one', async () => {
  const asked: string[] = []
  const { post, logText } = await open({
    async claim({ legId, callId }) {
      asked.push(legId)
      return asked.length > 1 ? undefined : { callUrl: `${PUBLIC_URL}/i/b`, callId, epoch: 1 }
    },
  })
  const theirs = await post('/twiml', ringing(callSidOf(3)))
  expect(theirs.body).toMatch(/wss:\/\/phone\.example\.com\/i\/b\/media\/[\w-]+\.[\w-]{32}"/)
  expect(logText()).not.toContain('call opened')
  const ours = await Promise.all([1, 2].map(() => post('/twiml', ringing(callSidOf(4)))))
  expect(ours.map(({ status }) => status)).toEqual([200, 200])
  expect(asked).toEqual([callSidOf(3), callSidOf(4)])
  expect(logText().match(/call opened/g)).toHaveLength(1)
})

const leftBy = (instance: string, callId: string) =>
  ({ callUrl: `${PUBLIC_URL}/i/${instance}`, callId, epoch: 1, isLeft: true }) as const

it('goes on with the call of an instance that is not up any more, and opens no other one', async () => {
  const fake = fakeRegistry()
  const asked: string[] = []
  const { post, logText } = await open(
    { claim: async ({ legId }) => (legId === callSidOf(1) ? undefined : leftBy('b', 'call-1')) },
    {
      async resume({ legId, entry }) {
        asked.push(`${entry} ${legId}`)
        return asked.length > 1 ? 'none' : fake.registry.byLegId(callSidOf(1))!
      },
    },
    fake,
  )
  await post('/twiml', ringing(callSidOf(1)))
  await post('/twiml', ringing(callSidOf(6)))
  expect(asked).toEqual([`voice ${callSidOf(6)}`])
  // It is told what comes next in the call that goes on.
  expect(fake.happened).toContain(`next ${callSidOf(1)}`)
  expect(logText().match(/call opened/g)).toHaveLength(1)
  // With this one nobody can go on.
  expect((await post('/twiml', ringing(callSidOf(7)))).body).toContain('<Stream')
  expect(logText().match(/call opened/g)).toHaveLength(2)
})

it('answers for an instance that was faster to go on with a call', async () => {
  let asked = 0
  const { post, logText } = await open({
    claim: async ({ callId }) =>
      ++asked > 1 ? { callUrl: `${PUBLIC_URL}/i/c`, callId, epoch: 2 } : leftBy('b', 'call-1'),
  })
  expect((await post('/twiml', ringing(callSidOf(8)))).body).toContain('/i/c/media/')
  expect(logText()).not.toContain('call opened')
})

it('answers for the path of an instance that seems to have died just now, and opens no other call', async () => {
  const { post, logText } = await open({ claim: async () => leftBy('b', 'call-1') }, { resume: async () => 'lost' })
  expect((await post('/twiml', ringing(callSidOf(9)))).body).toContain('/i/b/media/call-1.')
  expect(logText()).not.toContain('call opened')
})

it.each([{ takesCalls: false }, { hasModel: false }])(
  'turns nobody away whose call goes on here: %o',
  async ({ takesCalls, hasModel = true }) => {
    const fake = fakeRegistry()
    const goesOn = callSidOf(1)
    const { post } = await open({ claim: async () => undefined }, {}, fake)
    await post('/twiml', ringing(goesOn))
    await running?.app.close()
    const asked = await open(
      { claim: async () => leftBy('b', 'call-1'), ...(takesCalls === undefined ? {} : { takesCalls }) },
      { resume: async ({ legId }) => (legId === callSidOf(2) ? fake.registry.byLegId(goesOn)! : 'none') },
      fake,
      hasModel ? {} : { model: { outage: { code: 'model_unreachable' } } as never },
    )
    expect((await asked.post('/twiml', ringing(callSidOf(2)))).body).not.toContain('<Say')
    expect(asked.logText()).not.toContain('turned away')
    expect((await asked.post('/twiml', ringing(callSidOf(3)))).body).toContain('<Say')
  },
)

const locate: Fleet['locate'] = async (id, url) => (id === 'theirs' ? `/i/b${url}` : undefined)

it('sends what is about a live call of another instance there, with method and body', async () => {
  const { ask, misrouted } = await open({ locate })
  const answer = await ask('POST', '/calls/theirs/hangup')
  expect([answer.statusCode, answer.headers.location]).toEqual([307, '/i/b/calls/theirs/hangup'])
  expect((await ask('POST', '/calls/nobodys/hangup')).statusCode).toBe(404)
  expect(misrouted).toEqual([])
})

it('says so when what is about a call of another instance was sent there, and came here all the same', async () => {
  const { ask, app, misrouted } = await open({ locate })
  const answer = await ask('POST', '/i/b/calls/theirs/hangup')
  expect([answer.statusCode, answer.json()]).toMatchObject([421, { error: { code: 'misrouted' } }])
  expect(answer.body).toContain('the proxy must send what is below /i/b to b')
  expect((await app.inject({ method: 'POST', url: '/i/b/calls/theirs/hangup' })).statusCode).toBe(401)
  expect(misrouted).toEqual(['b /calls/:id/hangup'])
})

it('sends whoever wants to listen in on a call of another instance there', async () => {
  const { app, misrouted } = await open({ locate })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const listen = async (path: string) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    })
    const [, { statusCode, headers }] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    socket.on('error', () => undefined)
    socket.terminate()
    return [statusCode, headers.location]
  }
  expect(await listen('/calls/theirs/listen')).toEqual([307, '/i/b/calls/theirs/listen'])
  expect(misrouted).toEqual([])
  expect(await listen('/i/b/calls/theirs/listen')).toEqual([421, undefined])
  expect(misrouted).toEqual(['b upgrade'])
  expect(await listen('/calls/nobodys/listen')).toEqual([404, undefined])
})

it('has new calls go elsewhere until it is told otherwise', async () => {
  const done: string[] = []
  const { ask } = await open({ rest: () => void done.push('rest'), resume: () => void done.push('resume') })
  expect((await ask('POST', '/admin/drain')).json()).toEqual({ instance: 'a', state: 'ready' })
  expect((await ask('POST', '/admin/undrain')).statusCode).toBe(202)
  expect(done).toEqual(['rest', 'resume'])
})
