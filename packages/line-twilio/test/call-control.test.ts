import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { e164 } from '@llc-phone/core'
import { afterEach, expect, it } from 'vitest'
import { createAccounts } from '../src/accounts.ts'
import { createCallControl } from '../src/call-control.ts'
import { callSidOf, PUBLIC_URL } from './support/requests.ts'

const ACCOUNT = `AC${'1'.repeat(32)}`
const CALL = callSidOf(2)
const facts = {
  callId: 'call-1',
  legId: CALL,
  direction: 'inbound',
  otherParty: {},
  dialled: e164('+14155550101'),
  startedAt: new Date(0),
} as const
let server: Server | undefined
afterEach(() => server?.close())

const twilioThatAnswers = async (status: number, body: object) => {
  const requests: { line: string; authorization: string; body: string }[] = []
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      requests.push({
        line: `${request.method} ${request.url}`,
        authorization: request.headers.authorization ?? '',
        body: text,
      })
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    })
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    requests,
    control: createCallControl({
      accounts: createAccounts({ accountSid: ACCOUNT, authToken: 'the-auth-token', apiUrl }),
      publicUrl: PUBLIC_URL,
      ownNumber: e164('+14155550100'),
    }),
  }
}

it('completes the call at the configured API', async () => {
  const { requests, control } = await twilioThatAnswers(200, { sid: CALL, status: 'completed' })
  await control.hangUp(facts)
  expect(requests).toEqual([
    {
      line: `POST /2010-04-01/Accounts/${ACCOUNT}/Calls/${CALL}.json`,
      authorization: `Basic ${Buffer.from(`${ACCOUNT}:the-auth-token`).toString('base64')}`,
      body: 'Status=completed',
    },
  ])
})

it.each([
  [404, 20404],
  [400, 21220],
])('takes status %i code %i for success: the call is over already', async (status, code) => {
  const { control } = await twilioThatAnswers(status, { code, message: 'not found', status })
  await expect(control.hangUp(facts)).resolves.toBeUndefined()
})

it('fails with a code and without the credentials it sent', async () => {
  const { control } = await twilioThatAnswers(503, { code: 20503, message: 'unavailable', status: 503 })
  const error = await control.hangUp(facts).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'call_control_failed',
    message: 'Twilio did not end the call (status 503, code 20503).',
  })
  expect((error as Error).cause).toBeUndefined()
})

const consultation = { route: 'sales', number: e164('+14155550111'), label: 'sales', introduction: 'Ann calls.' }

it('rings a person from the number that was dialled, with signed webhooks and a limit', async () => {
  const { requests, control } = await twilioThatAnswers(201, { sid: callSidOf(3) })
  await control.ringPerson(facts, consultation)
  const form = new URLSearchParams(requests[0]!.body)
  expect(requests[0]!.line).toBe(`POST /2010-04-01/Accounts/${ACCOUNT}/Calls.json`)
  expect(Object.fromEntries(form)).toMatchObject({
    To: '+14155550111',
    From: '+14155550101',
    Url: 'https://phone.example.com/twilio/person/call-1/1#rc=2&rp=ct,rt,5xx',
    StatusCallback: 'https://phone.example.com/twilio/person-status/call-1/1#rc=2&rp=ct,rt,5xx',
    Timeout: '20',
    TimeLimit: '7200',
  })
  expect(form.getAll('StatusCallbackEvent')).toEqual(['initiated', 'ringing', 'answered', 'completed'])
  expect([control.isWaitedFor('call-1', '1'), control.isWaitedFor('call-1', '2')]).toEqual([true, false])
})

it('ends a leg that was still being created, once', async () => {
  const { requests, control } = await twilioThatAnswers(201, { sid: callSidOf(3) })
  const ringing = control.ringPerson(facts, consultation)
  const dropping = control.dropPerson('call-1')
  expect(control.isWaitedFor('call-1', '1')).toBe(false)
  await Promise.all([ringing, dropping, control.dropPerson('call-1')])
  await control.dropPerson('call-1')
  expect(requests.map(({ line, body }) => [line.split('/').at(-1), body.includes('Status=completed')])).toEqual([
    ['Calls.json', false],
    [`${callSidOf(3)}.json`, true],
  ])
})

it('shows its own number when the dialled one may not be shown, and fails without numbers in the error', async () => {
  const { requests, control } = await twilioThatAnswers(400, { code: 21210, message: '+14155550101', status: 400 })
  const error = await control.ringPerson(facts, consultation).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({
    code: 'call_control_failed',
    message: 'Twilio did not ring the person (status 400, code 21210).',
  })
  expect(requests.map(({ body }) => new URLSearchParams(body).get('From'))).toEqual(['+14155550101', '+14155550100'])
  expect(control.isWaitedFor('call-1', '1')).toBe(false)
})

it('has a caller told that the person has left, in place of whatever they are in', async () => {
  const { requests, control } = await twilioThatAnswers(200, { sid: CALL, status: 'in-progress' })
  await control.sayPersonGone(facts, 'en')
  expect(requests[0]!.line).toBe(`POST /2010-04-01/Accounts/${ACCOUNT}/Calls/${CALL}.json`)
  expect(new URLSearchParams(requests[0]!.body).get('Twiml')).toMatch(
    /<Response><Say [^>]*>The other side has left[^<]*Goodbye\.<\/Say><Hangup\/><\/Response>$/,
  )
})

it('remembers the legs of ten thousand persons whose end was never told, and no more', async () => {
  const client = { calls: { create: async () => ({ sid: CALL }) } }
  const accounts = {
    ofNumber: () => ({ client }),
    ofLeg: () => ({ client }),
    steering: () => client,
  } as unknown as ReturnType<typeof createAccounts>
  const control = createCallControl({ accounts, publicUrl: PUBLIC_URL })
  const sales = { route: 'sales', label: 'sales', number: e164('+14155550111'), introduction: '' }
  for (let call = 0; call <= 10_000; call++) await control.ringPerson({ ...facts, callId: `call-${call}` }, sales)
  expect(control.isWaitedFor('call-0', '1')).toBe(false)
  expect(control.isWaitedFor('call-1', '2')).toBe(true)
  expect(control.isWaitedFor('call-10000', '10001')).toBe(true)
})
