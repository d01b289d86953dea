import type { AddressInfo } from 'node:net'
import { systemClock } from '@llc-phone/core'
import { hashOfKey } from '@llc-phone/store'
import { expect, it } from 'vitest'
import { createAccess } from '../src/routes/access.ts'
import type { Role } from '../src/routes/roles.ts'
import { createLog } from '../src/watching/log.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, callSidOf, noAudit, noSessions, PUBLIC_URL, ringing, testGateway } from './support/gateway.ts'

const CALL = callSidOf(5)
const admin = { authorization: `Bearer ${ADMIN_TOKEN}` }

it.each([
  ['GET', '/calls'],
  ['GET', '/calls/call_1'],
  ['GET', '/calls/events'],
  ['POST', '/calls/call_1/hangup'],
  ['POST', '/outbound-call'],
  ['GET', '/metrics'],
  ['GET', '/phrases'],
  ['POST', '/phrases'],
] as const)('%s %s wants the admin token', async (method, url) => {
  const { app } = await testGateway(fakeRegistry().registry)
  for (const authorization of [
    undefined,
    '',
    'Bearer',
    'Bearer wrong',
    `Basic ${ADMIN_TOKEN}`,
    `Bearer ${ADMIN_TOKEN}x`,
  ]) {
    const response = await app.inject({ method, url, headers: authorization === undefined ? {} : { authorization } })
    expect([authorization, response.statusCode]).toEqual([authorization, 401])
    expect(response.json()).toMatchObject({ error: { code: 'unauthorized' } })
  }
})

it('lists calls and shows one with other people’s numbers masked', async () => {
  const gateway = await testGateway(fakeRegistry().registry)
  await gateway.post('/twiml', ringing(CALL))
  const list = await gateway.app.inject({ url: '/calls', headers: admin })
  expect(list.json()).toMatchObject({
    calls: [
      {
        callId: 'call_1',
        callSid: CALL,
        mode: 'ivr',
        caller: '+1415•••0199',
        dialled: '+14155550101',
        phase: 'warming',
      },
    ],
  })
  for (const id of ['call_1', CALL]) {
    const one = await gateway.app.inject({ url: `/calls/${id}`, headers: admin })
    expect(one.json()).toMatchObject({ callId: 'call_1', caller: '+1415•••0199', turns: [] })
  }
  const none = await gateway.app.inject({ url: '/calls/call_2', headers: admin })
  expect([none.statusCode, none.json().error.code]).toEqual([404, 'not_found'])
})

it('shows numbers whole to an operator who asks for that, and notes it', async () => {
  const audited: object[] = []
  const person = { id: 'p', name: 'Ann', addedAt: new Date() }
  const roles = { viewer: `llc_${'v'.repeat(43)}`, operator: `llc_${'o'.repeat(43)}` } as const
  const keys = Object.entries(roles).map(([role, key]) => ({
    keyId: role,
    hash: hashOfKey(key),
    person: { ...person, role: role as Role },
  }))
  const access = createAccess({
    adminToken: ADMIN_TOKEN,
    people: { keysInForce: async () => keys, used: async () => undefined },
    sessions: noSessions,
    audit: noAudit,
    clock: systemClock,
    log: createLog({ level: 'silent', secrets: [] }),
    publicUrl: PUBLIC_URL,
  })
  const audit = { add: async (line: object) => void audited.push(line), list: async () => [] }
  const gateway = await testGateway(fakeRegistry().registry, { access, audit })
  await gateway.post('/twiml', ringing(CALL))
  const ask = (url: string, key: string) => gateway.app.inject({ url, headers: { authorization: `Bearer ${key}` } })
  expect((await ask(`/calls/${CALL}?reveal=true`, roles.operator)).json()).toMatchObject({ caller: '+14155550199' })
  expect(audited).toMatchObject([{ who: 'Ann', action: 'call_revealed', target: 'call_1' }])
  expect((await ask('/calls/call_1?reveal=true', roles.viewer)).statusCode).toBe(403)
  expect((await ask('/calls/call_1?reveal=yes', roles.operator)).statusCode).toBe(400)
  expect((await ask('/calls/call_2?reveal=true', roles.operator)).statusCode).toBe(404)
  expect((await ask('/calls/call_1?reveal=false', roles.viewer)).json()).toMatchObject({ caller: '+1415•••0199' })
  expect(audited).toHaveLength(1)
})

it('hangs up on request, once', async () => {
  const calls = fakeRegistry()
  const gateway = await testGateway(calls.registry)
  await gateway.post('/twiml', ringing(CALL))
  const hangUp = () => gateway.app.inject({ method: 'POST', url: '/calls/call_1/hangup', headers: admin })
  expect((await hangUp()).statusCode).toBe(202)
  expect(calls.happened.at(-1)).toBe(`hangUp ${CALL} operator`)
  calls.registry.closeAll('operator_hung_up')
  expect((await hangUp()).json()).toMatchObject({ phase: 'ended' })
  expect(calls.happened.filter((line) => line.startsWith('hangUp'))).toHaveLength(1)
})

it('streams notices to whoever listens, until the app closes', async () => {
  const calls = fakeRegistry()
  const gateway = await testGateway(calls.registry)
  await gateway.post('/twiml', ringing(CALL))
  await gateway.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = gateway.app.server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/calls/events`, { headers: admin })
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const call = calls.registry.byLegId(CALL)!
  gateway.deps.feed.publish(call, { type: 'transcript', speaker: 'caller', text: 'two\n\nlines' })
  await gateway.app.close()
  expect((await response.text()).replaceAll(/"atMs":\d+/g, '"atMs":0')).toMatch(
    new RegExp(
      String.raw`^: connected\nid: (\w+)\.0\n\nid: \1\.1\nevent: opened\ndata: {"callId":"call_1".*}\n\nid: \1\.2\nevent: transcript\ndata: {"callId":"call_1","callSid":"${CALL}","mode":"ivr","atMs":0,"type":"transcript","speaker":"caller","text":"two\\n\\nlines"}\n\n$`,
    ),
  )
})

it('is alive, ready until it drains, and measurable', async () => {
  let draining = false
  const gateway = await testGateway(fakeRegistry().registry, { isDraining: () => draining })
  await gateway.post('/twiml', ringing(CALL))
  expect((await gateway.app.inject('/healthz')).statusCode).toBe(200)
  expect((await gateway.app.inject('/readyz')).statusCode).toBe(200)
  draining = true
  const ready = await gateway.app.inject('/readyz')
  expect([ready.statusCode, ready.json().error.code]).toEqual([503, 'draining'])
  expect((await gateway.app.inject('/healthz')).statusCode).toBe(200)
  expect((await gateway.post('/twiml', ringing(callSidOf(6)))).status).toBe(200)

  const call = gateway.deps.registry.byLegId(CALL)!
  gateway.deps.metrics.observe(call, { type: 'phase', phase: 'ended', disposition: 'transferred' })
  await gateway.post('/twiml', {}, { signature: 'forged' })
  const text = (await gateway.app.inject({ url: '/metrics', headers: admin })).body
  expect(text).toContain('llc_calls_active{mode="ivr"} 2')
  expect(text).toContain('llc_calls_ended_total{mode="ivr",disposition="transferred"} 1')
  expect(text).toContain('llc_refused_total{code="signature_invalid"} 1')
  expect(text).toContain('nodejs_eventloop_lag_p99_seconds')
})

it.each(['/calls/%', '/calls/%ff', '/numbers/%zz', `/calls/${'x'.repeat(2_000)}`])(
  'answers what is no address, %s, like everything it refuses',
  async (url) => {
    const gateway = await testGateway(fakeRegistry().registry)
    const answer = await gateway.app.inject({ url, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.json()).toEqual({ error: { code: 'request_invalid', message: expect.any(String) } })
    expect(answer.body.length).toBeLessThan(400)
  },
)

it('answers anything else with a JSON 404', async () => {
  const { app } = await testGateway(fakeRegistry().registry)
  for (const [method, url] of [
    ['GET', '/'],
    ['GET', '/outbound-call'],
    ['DELETE', '/calls/x'],
    ['GET', '/media/token'],
  ] as const) {
    const response = await app.inject({ method, url })
    expect([url, response.statusCode]).toEqual([url, 404])
    expect(response.json()).toMatchObject({ error: { code: 'not_found' } })
  }
})
