import { e164 } from '@llc-phone/core'
import { openStore } from '@llc-phone/database'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseEnv } from '../src/configuration/env.ts'
import type { GatewayDeps } from '../src/deps.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, testGateway, type TestGateway } from './support/gateway.ts'

let store: DrizzleStore
let gateway: TestGateway
let british: TestGateway
beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  const lists = { doNotCall: store.doNotCall, contacts: store.contacts }
  gateway = await testGateway(fakeRegistry().registry, lists)
  const outbound = { from: e164('+442079460000') } as unknown as GatewayDeps['outbound']
  british = await testGateway(fakeRegistry().registry, { ...lists, outbound })
})
afterAll(() => store.close())

const ask = async (method: 'GET' | 'PUT' | 'POST', url: string, payload?: string | Buffer, type?: string) => {
  const response = await gateway.app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(type === undefined ? {} : { 'content-type': type }) },
    ...(payload === undefined ? {} : { payload }),
  })
  return { status: response.statusCode, body: response.json() }
}
const suggested = async (path: string, from = gateway): Promise<string> => {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const response = await from.app.inject({ method: 'PUT', url: path, headers })
  expect(response.statusCode).toBe(400)
  return response.json().error.message
}

describe('a number as it is spelt here is refused, with the number that was meant', () => {
  it.each(['do-not-call', 'contacts', 'numbers'])('in /%s', async (list) => {
    expect(await suggested(`/${list}/2025550100`)).toContain('Did you mean +12025550100?')
    expect(await suggested(`/${list}/011%2044%2020%207946%200123`)).toContain('Did you mean +442079460123?')
    // Ten digits and one too many: Egypt, to the network.
    expect(await suggested(`/${list}/20255501001`)).toContain('Write it like')
  })

  it('in the country of the number we call from, before that of others of ours', async () => {
    expect(await suggested('/do-not-call/020%207946%200123', british)).toContain('Did you mean +442079460123?')
    expect(await suggested('/do-not-call/2025550100', british)).toContain('Did you mean +12025550100?')
    expect(await suggested('/do-not-call/020%207946%200123')).toContain('Write it like')
  })

  it('in a list', async () => {
    const { body } = await ask('POST', '/do-not-call', '(202) 555-0100\n20255501001\n1.20256E+10\n', 'text/csv')
    expect(body.error.lines).toEqual([
      { line: 1, problem: 'the number is not in E.164 form; did you mean +12025550100?' },
      { line: 2, problem: 'the number is not in E.164 form, like +14155550100' },
      { line: 3, problem: 'a spreadsheet has rounded the number: have its column written as text' },
    ])
  })

  it('in the environment, where the country is that of TWILIO_PHONE_NUMBER', () => {
    const complete = {
      PUBLIC_URL: 'https://phone.example.com',
      OPENAI_API_KEY: 'sk-x',
      TWILIO_ACCOUNT_SID: `AC${'1'.repeat(32)}`,
      TWILIO_AUTH_TOKEN: 'token',
      ADMIN_TOKEN: 'an-admin-token-that-is-long-enough',
    }
    expect(() =>
      parseEnv({ ...complete, TWILIO_PHONE_NUMBER: '+442079460000', SALES_NUMBER: '020 7946 0123' }, { mode: 'start' }),
    ).toThrow(/SALES_NUMBER +is not in E\.164 form; did you mean \+442079460123\?/)
    expect(() => parseEnv({ ...complete, TWILIO_PHONE_NUMBER: '+1 (202) 555-0100' }, { mode: 'start' })).toThrow(
      /TWILIO_PHONE_NUMBER +is not in E\.164 form; did you mean \+12025550100\?/,
    )
  })
})

describe('a list of numbers is read whatever program has written it', () => {
  const list = (tail: string) => `Number;Reason\r\n+1415555${tail};Jürgen bat darum, zweimal\r\n`
  it.each([
    ['UTF-8, which Excel marks', Buffer.from(`\uFEFF${list('0171')}`), 'text/csv', '0171'],
    ['Windows-1252', Buffer.from(list('0172'), 'latin1'), 'text/csv', '0172'],
    ['UTF-16', Buffer.from(`\uFEFF${list('0173')}`, 'utf16le'), 'text/csv', '0173'],
    ['UTF-16 in the other order', Buffer.from(`\uFEFF${list('0174')}`, 'utf16le').swap16(), 'text/csv', '0174'],
    ['Latin-1, as its header says', Buffer.from(list('0175'), 'latin1'), 'text/csv; charset="iso-8859-1"', '0175'],
    ['tabs', Buffer.from(list('0176').replaceAll(';', '\t')), 'text/csv; header=present', '0176'],
    ['plain text', Buffer.from(list('0177'), 'latin1'), 'text/plain', '0177'],
  ])('in %s', async (_, payload, type, tail) => {
    expect(await ask('POST', '/do-not-call', payload, type)).toEqual({ status: 200, body: { added: 1, known: 0 } })
    expect(await store.doNotCall.find(`+1415555${tail}`)).toMatchObject({ reason: 'Jürgen bat darum, zweimal' })
  })

  it.each([
    ['a workbook', Buffer.from('PK\u0003\u0004xl'), 'text/csv', 'The list is a spreadsheet'],
    [
      'another encoding than its header says',
      Buffer.from('José', 'latin1'),
      'text/csv; charset=utf-8',
      'The list is not UTF-8',
    ],
    ['an encoding that nobody knows', Buffer.from('x'), 'text/csv; charset=klingon', 'a charset that is not known'],
    ['a first line that names no numbers', Buffer.from('Phone;Why\n'), 'text/csv', 'must be called "number"'],
  ])('or refused, with the reason: %s', async (_, payload, type, reason) => {
    const { status, body } = await ask('POST', '/do-not-call', payload, type)
    expect([status, body.error.code]).toEqual([400, 'request_invalid'])
    expect(body.error.message).toContain(reason)
  })
})

describe('JSON', () => {
  it.each([
    ['0181', Buffer.from('{"reason":"José"}'), 'application/json'],
    ['0182', Buffer.from('{"reason":"José"}', 'latin1'), 'application/json; charset=ISO-8859-1'],
    ['0183', Buffer.from('{"reason":"José"}', 'utf16le'), 'application/json; charset=utf-16le'],
    ['0184', Buffer.from('\uFEFF{"reason":"José"}'), 'application/json; charset=utf-8'],
  ])('+1415555%s is read in its charset', async (tail, payload, type) => {
    expect(await ask('PUT', `/do-not-call/+1415555${tail}`, payload, type)).toMatchObject({ body: { reason: 'José' } })
  })

  it('that is cut off, or in another charset than it says, is refused and not stored garbled', async () => {
    const bad = Buffer.from('{"reason":"José"}', 'latin1')
    const { status, body } = await ask('PUT', '/do-not-call/+14155550185', bad, 'application/json; charset=utf-8')
    expect([status, body.error.message]).toEqual([400, expect.stringContaining('The body is not UTF-8')])
    expect((await ask('PUT', '/do-not-call/+14155550185', '{"reason":', 'application/json')).status).toBe(400)
  })

  it('of nothing at all is no mistake', async () =>
    expect((await ask('PUT', '/do-not-call/+14155550186', '', 'application/json')).status).toBe(200))
})
