import { defineMode, e164, fixed } from '@llc-phone/core'
import type { StatusReport } from '@llc-phone/dialer'
import type { OutboundCall } from '@llc-phone/store'
import { expect, it } from 'vitest'
import { fakeRegistry, noLine } from './support/fake-calls.ts'
import { ADMIN_TOKEN, callSidOf, IVR_DID, ringing, SUPPORT, testGateway } from './support/gateway.ts'

const CALL = callSidOf(1)
const OTHER = callSidOf(2)
const CALLEE = e164('+14155550120')
const FROM = e164('+14155550100')

const gatewayWithCall = async (rows: OutboundCall[] = [], notes: string[] = []) => {
  const calls = fakeRegistry()
  const reports: [string, StatusReport][] = []
  const gateway = await testGateway(calls.registry, {
    dialer: {
      dial: async () => Promise.reject(new Error('not in this test')),
      check: async () => undefined,
      cancel: async () => false,
      statusReported: (callId, report) => void reports.push([callId, report]),
    },
    ledger: {
      find: async (callId) => rows.find((row) => row.callId === callId),
      findByLegId: async (legId) => rows.find((row) => row.legId === legId),
      recent: async () => rows,
    },
    notes: { of: async () => notes.map((text) => ({ text, at: new Date(0) })) },
  })
  const mode = defineMode({ name: 'reminder', prompt: [fixed('Role', 'You remind.')], routes: {}, tools: [] })
  const call = calls.registry.prepare({
    line: noLine,
    callId: 'call-1',
    callee: { number: CALLEE },
    dialled: FROM,
    mode,
    machine: { action: 'hangUp' },
    primes: false,
  })
  calls.happened.length = 0
  const get = async (url: string) => {
    const response = await gateway.app.inject({ url, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
    return { status: response.statusCode, body: response.json() }
  }
  return { gateway, calls, call, reports, get }
}

const row = (more: Partial<OutboundCall>): OutboundCall => ({
  callId: 'call-1',
  to: CALLEE,
  from: FROM,
  mode: 'outbound',
  scenario: 'confirmation',
  state: 'ringing',
  requestedAt: new Date('2026-11-22T12:00:00Z'),
  ...more,
})

it('hands every status of a call we place to the dialler, under the call of the path', async () => {
  const { gateway, calls, reports } = await gatewayWithCall()
  for (const CallStatus of ['ringing', 'initiated', 'no-answer', 'no-answer'])
    expect((await gateway.post('/twilio/status/call-1', { CallSid: CALL, CallStatus })).status).toBe(204)
  const end = { CallSid: CALL, CallStatus: 'completed', AnsweredBy: 'human', SipResponseCode: '200' }
  await gateway.post('/twilio/status/call-1', end)
  expect(reports).toEqual([
    ...['ringing', 'queued', 'no_answer', 'no_answer'].map((status) => ['call-1', { legId: CALL, status }]),
    ['call-1', { legId: CALL, status: 'completed', answeredBy: 'human', reason: 'SIP 200' }],
  ])
  expect(calls.happened).toEqual([])
})

it('finds a call we placed by its CallSid too, and leaves inbound calls to themselves', async () => {
  const { gateway, calls, call, reports } = await gatewayWithCall()
  call.bind(CALL)
  await gateway.post('/twilio/status', { CallSid: CALL, CallStatus: 'busy' })
  expect(reports).toEqual([['call-1', { legId: CALL, status: 'busy' }]])
  await gateway.post('/twiml', ringing(OTHER))
  await gateway.post('/twilio/status', { CallSid: OTHER, CallStatus: 'completed' })
  expect(reports).toHaveLength(1)
  expect(calls.happened.at(-1)).toBe(`end ${OTHER} caller_hung_up`)
})

it('ends a call that another program has placed to us, which the dialler does not know', async () => {
  const { gateway, calls } = await gatewayWithCall()
  await gateway.post('/twiml', ringing(OTHER, { Direction: 'outbound-api', From: IVR_DID, To: CALLEE }))
  await gateway.post('/twilio/status', { CallSid: OTHER, CallStatus: 'completed' })
  expect(calls.happened.at(-1)).toBe(`end ${OTHER} caller_hung_up`)
})

it('takes a verdict for the call it was made on, and for no other', async () => {
  const { gateway, calls } = await gatewayWithCall()
  const detected = (path: string, form: Record<string, string>) => gateway.post(path, form)
  expect((await detected('/twilio/amd/call-1', { CallSid: CALL, AnsweredBy: 'machine_end_beep' })).status).toBe(204)
  expect(calls.happened).toEqual([`bind call-1 ${CALL}`, 'answeredBy call-1 machine_ended'])
  calls.happened.length = 0
  for (const [path, form] of [
    ['/twilio/amd/call-1', { CallSid: OTHER, AnsweredBy: 'machine_start' }],
    ['/twilio/amd/call-1', { CallSid: CALL, AnsweredBy: 'robot' }],
    ['/twilio/amd/call-1', { CallSid: CALL, AnsweredBy: 'constructor' }],
    ['/twilio/amd/call-1', { CallSid: CALL }],
    ['/twilio/amd/call-9', { CallSid: CALL, AnsweredBy: 'human' }],
    ['/twilio/amd', { CallSid: OTHER, AnsweredBy: 'human' }],
  ] as const)
    expect([path, form, (await detected(path, form as Record<string, string>)).status]).toEqual([path, form, 204])
  expect(calls.happened).toEqual([])
  await detected('/twilio/amd', { CallSid: CALL, AnsweredBy: 'human' })
  expect(calls.happened).toEqual(['answeredBy call-1 human'])
})

it.each(['/twilio/status/call-1', '/twilio/amd/call-1'])(
  '%s wants Twilio’s signature, and takes no CallSid that Twilio does not give',
  async (path) => {
    const { gateway, reports, calls } = await gatewayWithCall()
    const form = { CallSid: CALL, CallStatus: 'busy', AnsweredBy: 'human' }
    expect((await gateway.post(path, form, { signature: 'forged' })).status).toBe(403)
    expect((await gateway.post(path, form, { signature: null })).status).toBe(403)
    for (const CallSid of ['CA1', '']) expect((await gateway.post(path, { ...form, CallSid })).status).toBe(204)
    expect([reports, calls.happened]).toEqual([[], []])
  },
)

it('answers the voice webhook of a call we placed with its stream', async () => {
  const { gateway, calls, call } = await gatewayWithCall()
  call.bind(CALL)
  const form = ringing(CALL, { Direction: 'outbound-api', From: FROM, To: CALLEE, CallStatus: 'in-progress' })
  expect((await gateway.post('/twiml', form)).body).toContain('<Stream ')
  expect(calls.happened).toEqual([`bind call-1 ${CALL}`])
})

const APOLOGY =
  '<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-US" voice="Polly.Joanna-Neural">We are sorry, there is a technical problem. We will try again later. Goodbye.</Say><Hangup/></Response>'

it('apologises to somebody it has called, and rings nobody for them', async () => {
  const { gateway, calls, call } = await gatewayWithCall()
  call.bind(CALL)
  calls.next = { kind: 'fallback', route: { number: SUPPORT, label: 'the support desk' } }
  const leg = { CallSid: CALL, CallStatus: 'in-progress' }
  expect((await gateway.post('/twilio/after-stream', leg)).body).toBe(APOLOGY)
  calls.next = () => {
    throw new Error('a defect')
  }
  expect((await gateway.post('/twilio/after-stream', leg)).body).toBe(APOLOGY)
})

it('apologises in the same way when nothing is known of the call but its direction', async () => {
  const calls = fakeRegistry()
  const registry = {
    ...calls.registry,
    open: () => {
      throw new Error('a defect')
    },
  }
  const gateway = await testGateway(registry)
  const form = ringing(CALL, { Direction: 'outbound-api', From: IVR_DID, To: CALLEE })
  expect((await gateway.post('/twiml', form)).body).toBe(APOLOGY)
})

it('shows a call with what the ledger knows of it, by either id', async () => {
  const ledgerRow = row({ state: 'answered', legId: CALL, answeredBy: 'human', dialledAt: new Date(0) })
  const { call, get } = await gatewayWithCall([ledgerRow], ['Call +14155550177 back.'])
  call.bind(CALL)
  const { status, body } = await get('/calls/call-1')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    callId: 'call-1',
    callSid: CALL,
    direction: 'outbound',
    caller: '+1415•••0120',
    dialled: FROM,
    phase: 'warming',
    turns: [],
    outbound: {
      state: 'answered',
      to: '+1415•••0120',
      from: FROM,
      mode: 'outbound',
      scenario: 'confirmation',
      answeredBy: 'human',
      requestedAt: '2026-11-22T12:00:00.000Z',
      dialledAt: '1970-01-01T00:00:00.000Z',
    },
    notes: [{ text: 'Call +1415•••0177 back.' }],
  })
  expect((await get(`/calls/${CALL}`)).body).toEqual(body)
})

it('shows a call that never came about, and lists it beside the others', async () => {
  const refused = row({
    callId: 'call-2',
    state: 'refused',
    gate: 'calling_hours',
    until: new Date('2026-11-23T13:00:00Z'),
    problem: 'It is night at +14155550120.',
  })
  const { gateway, get } = await gatewayWithCall([refused, row({})])
  await gateway.post('/twiml', ringing(OTHER))
  expect(await get('/calls/call-2')).toMatchObject({
    status: 200,
    body: {
      callId: 'call-2',
      callSid: '',
      mode: 'outbound',
      direction: 'outbound',
      caller: '+1415•••0120',
      outbound: {
        state: 'refused',
        gate: 'calling_hours',
        until: '2026-11-23T13:00:00.000Z',
        problem: 'It is night at +1415•••0120.',
      },
    },
  })
  expect((await get('/calls/call-3')).status).toBe(404)
  const { calls } = (await get('/calls')).body
  expect(calls.map(({ callId, outbound }: { callId: string; outbound?: object }) => [callId, outbound])).toEqual([
    ['call_2', undefined],
    ['call-1', { state: 'ringing', scenario: 'confirmation' }],
    ['call-2', { state: 'refused', scenario: 'confirmation', gate: 'calling_hours' }],
  ])
})

it('shows live calls although the database cannot be read', async () => {
  const { gateway, calls, call } = await gatewayWithCall()
  call.bind(CALL)
  const broken = async () => Promise.reject(new Error('disk'))
  const failing = await testGateway(calls.registry, {
    ledger: { find: broken, findByLegId: broken, recent: broken },
    notes: { of: broken },
  })
  await gateway.app.close()
  const get = (url: string) => failing.app.inject({ url, headers: { authorization: `Bearer ${ADMIN_TOKEN}` } })
  expect((await get('/calls')).json().calls).toMatchObject([{ callId: 'call-1', callSid: CALL }])
  expect((await get('/calls/call-1')).json()).toMatchObject({ callId: 'call-1', phase: 'warming' })
  expect((await get('/calls/call-2')).statusCode).toBe(500)
})
