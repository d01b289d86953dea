import { expect, it } from 'vitest'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, callSidOf, ringing, testGateway } from './support/gateway.ts'

const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/x-www-form-urlencoded',
  'text/plain',
  'text/csv',
  'multipart/form-data; boundary=x',
  'nonsense',
]

const number = '+14155550120'
const gatewayWithLists = async () => {
  const calls = fakeRegistry()
  const gateway = await testGateway(calls.registry, {
    doNotCall: {
      add: async () => undefined,
      remove: async () => true,
      find: async () => ({ number, source: 'api', addedAt: new Date(0) }),
    } as never,
    contacts: { remove: async () => true, find: async () => undefined } as never,
    phrases: { voices: ['cedar'], list: () => [], record: async () => ({ recorded: [], failed: [] }) },
  })
  await gateway.post('/twiml', ringing(callSidOf(1)))
  return gateway
}

const requests = [
  ['POST', '/calls/call_1/hangup', 202],
  ['DELETE', `/numbers/${number}`, 200],
  ['DELETE', `/do-not-call/${number}`, 200],
  ['DELETE', `/contacts/${number}`, 200],
  ['PUT', `/do-not-call/${number}`, 200],
  ['PUT', `/contacts/${number}`, 200],
  ['POST', '/phrases', 200],
] as const

it.each(requests)('%s %s needs no body, whatever type the client names', async (method, url, status) => {
  const { app } = await gatewayWithLists()
  for (const type of TYPES) {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': type }
    const answer = await app.inject({ method, url: url.replace('+', '%2B'), headers })
    expect([type, answer.statusCode]).toEqual([type, status])
    const chunked = await app.inject({
      method,
      url,
      headers: { ...headers, 'transfer-encoding': 'chunked' },
      payload: '',
    })
    if (type.startsWith('application/json')) expect(chunked.statusCode).toBe(status)
  }
})

it('still refuses a body that cannot be read, and a missing one where it is needed', async () => {
  const { app } = await gatewayWithLists()
  const send = (method: 'PUT' | 'POST', url: string, type: string, payload: string) =>
    app.inject({ method, url, headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': type }, payload })
  const broken = await send('PUT', `/do-not-call/${number}`, 'application/json', '{"reason":')
  expect([broken.statusCode, broken.json().error.code]).toEqual([400, 'request_invalid'])
  expect((await send('PUT', `/numbers/${number}`, 'application/json', '')).json().error.message).toContain(
    'mode is missing',
  )
  expect((await send('POST', '/outbound-call', 'application/json', '')).json().error.message).toContain('to is missing')
  const polluting = await send('PUT', `/do-not-call/${number}`, 'application/json', '{"__proto__":{"reason":"x"}}')
  expect(polluting.statusCode).toBe(400)
})
