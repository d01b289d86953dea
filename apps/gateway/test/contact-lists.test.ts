import { e164 } from '@llc-phone/core'
import { openStore, type Store } from '@llc-phone/store'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeDoNotCallFile } from '../src/cli/do-not-call-file.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, testGateway, type TestGateway } from './support/gateway.ts'

let store: Store
let gateway: TestGateway
beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  gateway = await testGateway(fakeRegistry().registry, { doNotCall: store.doNotCall, contacts: store.contacts })
})
afterAll(() => store.close())

const ask = async (method: 'GET' | 'PUT' | 'DELETE' | 'POST', url: string, payload?: object | string, headers = {}) => {
  const response = await gateway.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers },
    ...(payload === undefined ? {} : { payload }),
  })
  const isJson = String(response.headers['content-type']).includes('json')
  return { status: response.statusCode, body: isJson ? response.json() : response.body }
}
const csv = (text: string) => ask('POST', '/do-not-call', text, { 'content-type': 'text/csv' })

it.each([
  ['GET', '/do-not-call'],
  ['POST', '/do-not-call'],
  ['GET', '/do-not-call/+14155550120'],
  ['PUT', '/do-not-call/+14155550120'],
  ['DELETE', '/do-not-call/+14155550120'],
  ['GET', '/contacts'],
  ['GET', '/contacts/+14155550120'],
  ['PUT', '/contacts/+14155550120'],
  ['DELETE', '/contacts/+14155550120'],
] as const)('%s %s wants the admin token', async (method, url) => {
  const response = await gateway.app.inject({ method, url })
  expect(response.statusCode).toBe(401)
})

it('adds, shows and removes a number that must not be called', async () => {
  const path = '/do-not-call/%2B14155550140'
  expect(await ask('GET', path)).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } })
  expect(await ask('PUT', path, { reason: 'asked by letter' })).toMatchObject({
    status: 200,
    body: { number: '+14155550140', reason: 'asked by letter', source: 'api', addedAt: expect.any(String) },
  })
  expect((await ask('PUT', '/do-not-call/+14155550140')).status).toBe(200)
  // The first reason stays.
  expect((await ask('GET', path)).body).toMatchObject({ reason: 'asked by letter' })
  expect((await ask('GET', '/do-not-call?reveal=true')).body.entries).toMatchObject([{ number: '+14155550140' }])
  expect((await ask('DELETE', `${path}?by=ann`)).status).toBe(200)
  expect((await ask('DELETE', path)).status).toBe(404)
  expect(await store.doNotCall.history('+14155550140')).toMatchObject([{ removedBy: 'ann' }])
  expect(gateway.logText()).not.toContain('4155550140')
})

it.each([
  ['/do-not-call/14155550140', {}, 'Did you mean +14155550140?'],
  ['/do-not-call/nobody', {}, 'Write it like +14155550100'],
  ['/do-not-call/+14155550140', { raeson: 'x' }, 'raeson'],
  ['/do-not-call/+14155550140', { source: 'call' }, 'source must be api or cli'],
  ['/do-not-call/+14155550140', { reason: 'x'.repeat(201) }, 'reason is too long'],
])('refuses PUT %s %o', async (url, payload, message) => {
  const { status, body } = await ask('PUT', url, payload)
  expect([status, body.error.code]).toEqual([400, 'request_invalid'])
  expect(body.error.message).toContain(message)
})

it('imports a list, and knows what it has', async () => {
  expect(await csv('+14155550141,asked\r\n+14155550142\r\n\r\n +14155550143 ,"a, b"\r\n')).toEqual({
    status: 200,
    body: { added: 3, known: 0 },
  })
  expect((await csv('\uFEFFReason,Number\nnew,+14155550143\n,+14155550144\n')).body).toEqual({ added: 1, known: 1 })
  expect(await store.doNotCall.find('+14155550143')).toMatchObject({ reason: 'a, b', source: 'csv' })
})

it('imports nothing when a line is wrong, and names every wrong line', async () => {
  const { status, body } = await csv(
    'number,reason\n+14155550145,ok\n14155550146,no plus\n\nAnn,\n,nobody\n+14155550147\n',
  )
  expect([status, body.error.code]).toEqual([400, 'request_invalid'])
  expect(body.error.message).toMatch(/^3 lines are wrong, so nothing was imported\. Line 3: /)
  expect(body.error.lines).toEqual([
    { line: 3, problem: 'the number is not in E.164 form; did you mean +14155550146?' },
    { line: 5, problem: 'the number is not in E.164 form, like +14155550100' },
    { line: 6, problem: 'there is no number' },
  ])
  expect(await store.doNotCall.find('+14155550145')).toBeUndefined()
  const quotes = await csv('+14155550145,"never closed\n+14155550146\n')
  expect([quotes.status, quotes.body.error.lines.length]).toEqual([400, 1])
  expect((await ask('POST', '/do-not-call', { number: '+14155550145' })).status).toBe(400)
})

it('does not answer a list that is wrong throughout with as many words', async () => {
  const many = await csv('x\n'.repeat(5_000))
  expect(many.status).toBe(400)
  expect(many.body.error.message).toMatch(/^100 lines or more are wrong, so nothing was imported\. Line 1: /)
  expect(many.body.error.lines).toHaveLength(100)
})

it('takes no line that no list has', async () => {
  const [wide, long] = [await csv(','.repeat(100_000)), await csv(`+14155550149,"${'a'.repeat(100_000)}"`)]
  for (const { status, body } of [wide, long])
    expect([status, body.error.lines]).toEqual([
      400,
      [
        {
          line: 1,
          problem:
            'this is no line of a list: it is too long, or its quotes are not closed or stand in the wrong place',
        },
      ],
    ])
})

it('lets no spreadsheet run a reason, whatever stands before the formula', async () => {
  const reasons = ['=1+1', ' =1+1', '\n=1+1', '\u00a0@x', '＝1', '-1', ' ＋1', 'asked for it', '+14155550100']
  const entries = reasons.map((reason) => ({
    number: e164('+14155550160'),
    reason,
    source: 'api' as const,
    addedAt: new Date(),
  }))
  let file = ''
  for await (const chunk of writeDoNotCallFile({ list: async () => entries })) file += chunk
  for (const reason of reasons.slice(0, 7)) expect(file).toContain(`'${reason}`)
  for (const reason of reasons.slice(7)) expect(file).toContain(`,${reason},`)
})

it('writes the whole list as CSV that can be read again, and that no spreadsheet runs', async () => {
  await ask('PUT', '/do-not-call/+14155550148', { reason: '=1+1' })
  const { body } = await ask('GET', '/do-not-call?reveal=true', undefined, { accept: 'text/csv' })
  expect(body.split('\n')[0]).toBe('number,reason,source,addedAt,callId')
  expect(body).toContain(`+14155550143,"a, b",csv,`)
  expect(body).toContain(`+14155550148,'=1+1,api,`)
  expect((await csv(body)).body).toEqual({ added: 0, known: 5 })
})

it('takes a list of ten thousand, and pages through it', async () => {
  const numbers = Array.from({ length: 10_000 }, (_, n) => `+1415556${String(n).padStart(4, '0')}`)
  expect((await csv(numbers.join('\n'))).body).toEqual({ added: 10_000, known: 0 })
  const first = await ask('GET', '/do-not-call?reveal=true&limit=2&after=6')
  expect(first.body).toMatchObject({
    entries: [{ number: '+14155560001' }, { number: '+14155560002' }],
    next: '8',
  })
  const all = await ask('GET', '/do-not-call', undefined, { accept: 'text/csv' })
  expect(all.body.trim().split('\n')).toHaveLength(1 + 5 + 10_000)
  expect((await ask('GET', '/do-not-call?limit=5000')).status).toBe(400)
})

it('keeps a contact: time zone and consents, each replaced by what is sent', async () => {
  const path = '/contacts/+14155550150'
  expect((await ask('GET', path)).status).toBe(404)
  const consent = { purpose: 'informational', source: 'web form', givenAt: '2026-01-02', expiresAt: '2030-01-01' }
  expect((await ask('PUT', path, { timeZone: 'America/New_York', consents: [consent] })).body).toMatchObject({
    number: '+14155550150',
    timeZone: 'America/New_York',
    consents: [{ purpose: 'informational', source: 'web form', givenAt: '2026-01-02T00:00:00.000Z' }],
  })
  // What is not named stays.
  expect((await ask('PUT', path, { timeZone: 'Europe/Berlin' })).body.consents).toHaveLength(1)
  const marketing = { purpose: 'marketing', source: 'letter' }
  const { body } = await ask('PUT', path, { consents: [marketing] })
  expect(body.timeZone).toBe('Europe/Berlin')
  expect(
    body.consents.map(({ purpose, revokedAt }: { purpose: string; revokedAt?: string }) => [
      purpose,
      revokedAt !== undefined,
    ]),
  ).toEqual([
    ['informational', true],
    ['marketing', false],
  ])
  expect((await ask('PUT', path, { timeZone: null })).body).not.toHaveProperty('timeZone')
  expect((await ask('GET', '/contacts?reveal=true')).body.contacts).toMatchObject([{ number: '+14155550150' }])
  expect((await ask('DELETE', path)).status).toBe(200)
  expect((await ask('DELETE', path)).status).toBe(404)
  expect(gateway.logText()).not.toContain('4155550150')
})

it.each([
  [{ timeZone: 'America/NewYork' }, 'did you mean America/New_York?'],
  [{ timeZone: '+05:00' }, 'is not an IANA time zone'],
  [{ timeZone: 'EST5EDT4' }, 'is not an IANA time zone'],
  [{ consents: [{ purpose: 'fun', source: 'x' }] }, 'consents.0.purpose must be informational or marketing'],
  [{ consents: [{ purpose: 'marketing' }] }, 'consents.0.source is missing'],
  [{ consents: [{ purpose: 'marketing', source: 'x', givenAt: '2999-01-01' }] }, 'givenAt lies in the future'],
  [{ consents: [{ purpose: 'marketing', source: 'x', givenAt: 'May' }] }, 'givenAt must be a date or a moment'],
  [
    { consents: [{ purpose: 'marketing', source: 'x', givenAt: '2026-02-01', expiresAt: '2026-01-01' }] },
    'expiresAt must be after givenAt',
  ],
  [
    {
      consents: [
        { purpose: 'marketing', source: 'x' },
        { purpose: 'marketing', source: 'y' },
      ],
    },
    'consents names a purpose twice',
  ],
  [{ zone: 'Europe/Berlin' }, 'zone'],
])('refuses the contact %o', async (payload, message) => {
  const { status, body } = await ask('PUT', '/contacts/+14155550151', payload)
  expect([status, body.error.code]).toEqual([400, 'request_invalid'])
  expect(body.error.message).toContain(message)
  expect((await ask('GET', '/contacts/+14155550151')).status).toBe(404)
})

it('takes contacts as a list, all of it or nothing, and gives them out as such a list', async () => {
  const send = (payload: string, query = '') =>
    gateway.app.inject({
      method: 'POST',
      url: `/contacts/import${query}`,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'text/csv' },
      payload,
    })
  const head = 'number,timeZone,purpose,source,givenAt\n'
  const good = `${head}+14155550171,America/New_York,marketing,=letter,2026-01-02\n+14155550172,Europe/Berlin,,,\n`
  expect((await send(good, '?dryRun=true')).json()).toEqual({ lines: 2, contacts: 2 })
  expect((await ask('GET', '/contacts/+14155550171')).status).toBe(404)
  const wrong = await send(`${good}4155550173,Mars,,,\n+14155550174,Mars,,,\n`)
  expect(wrong.json()).toMatchObject({ error: { lines: [{ line: 4 }, { line: 5 }] } })
  expect((await send(good)).json()).toEqual({ lines: 2, contacts: 2 })
  const { body } = await ask('GET', '/contacts/export?reveal=true')
  expect(body).toContain(`+14155550171,America/New_York,marketing,'=letter,2026-01-02T00:00:00.000Z`)
  expect((await send(String(body))).json()).toMatchObject({ contacts: expect.any(Number) })
})
