import {
  CallRefused,
  defineMode,
  e164,
  fixed,
  GatewayError,
  type OutboundMode,
  type OutboundRequest,
} from '@llc-phone/core'
import type { DialRequest } from '@llc-phone/dialer'
import type { OutboundCall } from '@llc-phone/store'
import { expect, it } from 'vitest'
import { outboundOf } from './support/ready-modes.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, callSidOf, IVR_DID, testGateway } from './support/gateway.ts'

const TO = '+14155550120'
const FROM = e164('+14155550100')
const REQUESTED = new Date('2026-11-22T12:00:00Z')

const reminders = (planned: OutboundRequest[] = []): OutboundMode => ({
  name: 'reminders',
  scenarios: ['confirmation'],
  plan(request) {
    planned.push(request)
    if (request.context === undefined) throw new GatewayError('request_invalid', 'context.appointmentDate: is required')
    return {
      mode: defineMode({ name: 'reminder', prompt: [fixed('Role', 'You remind.')], routes: {}, tools: [] }),
      scenario: request.scenario ?? 'confirmation',
      machine: { action: 'hangUp' },
    }
  },
})

const placed = (request: DialRequest, more: Partial<OutboundCall> = {}): OutboundCall => ({
  callId: 'call-1',
  to: request.to,
  from: request.from,
  mode: request.modeName,
  scenario: request.plan.scenario,
  state: 'ringing',
  legId: callSidOf(1),
  requestedAt: REQUESTED,
  ...more,
})

const gatewayThat = async (
  dial: (request: DialRequest) => Promise<OutboundCall>,
  isDraining = false,
  more: Parameters<typeof testGateway>[1] = {},
) => {
  const dialled: DialRequest[] = []
  const planned: OutboundRequest[] = []
  const gateway = await testGateway(fakeRegistry().registry, {
    isDraining: () => isDraining,
    outbound: outboundOf({ reminders: reminders(planned) }, 'reminders', FROM),
    dialer: {
      async dial(request) {
        dialled.push(request)
        return dial(request)
      },
      check: async () => undefined,
      cancel: async () => false,
      statusReported: () => undefined,
    },
    ...more,
  })
  const post = async (payload: unknown, headers: Record<string, string> = {}) => {
    const response = await gateway.app.inject({
      method: 'POST',
      url: '/outbound-call',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json', ...headers },
      payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    })
    return { status: response.statusCode, body: response.json(), headers: response.headers }
  }
  return { gateway, post, dialled, planned }
}

const body = { to: TO, context: { appointmentDate: '2026-12-01' } }

it('places a call and says where to follow it, with the number masked', async () => {
  const { post, dialled, planned } = await gatewayThat(async (request) => placed(request))
  const answer = await post({
    ...body,
    greet: 'immediately',
    callerName: 'Zoë O’Neil',
    from: IVR_DID,
    scenario: 'confirmation',
  })
  expect(answer).toMatchObject({
    status: 201,
    headers: { location: '/calls/call-1' },
    body: {
      callId: 'call-1',
      callSid: callSidOf(1),
      state: 'ringing',
      to: '+1415•••0120',
      mode: 'reminders',
      scenario: 'confirmation',
      requestedAt: '2026-11-22T12:00:00.000Z',
    },
  })
  expect(planned).toEqual([{ scenario: 'confirmation', context: body.context, greet: 'immediately' }])
  expect(dialled).toMatchObject([{ to: TO, from: IVR_DID, calleeName: 'Zoë O’Neil', modeName: 'reminders' }])
  expect(dialled[0]).not.toHaveProperty('idempotencyKey')
})

it.each([{ to: `${TO} ext 22` }, { to: '+1 415 555 0120 x22' }, { to: `${TO};ext=22` }, { to: TO, extension: '22' }])(
  'calls somebody behind an extension: %j',
  async (whom) => {
    const { post, dialled } = await gatewayThat(async (request) => placed(request))
    expect(await post({ ...body, ...whom })).toMatchObject({ status: 201, body: { to: '+1415•••0120' } })
    expect(dialled).toMatchObject([{ to: TO, extension: '22' }])
  },
)

it.each([{ extension: 'reception' }, { extension: 22 }, { to: `${TO} ext reception` }])(
  'refuses an extension that is none: %j',
  async (whom) => {
    const { post, dialled } = await gatewayThat(async (request) => placed(request))
    expect((await post({ ...body, ...whom })).status).toBe(400)
    expect(dialled).toEqual([])
  },
)

it.each([
  [{ state: 'queued', legId: undefined }, 202],
  [{ state: 'unknown', legId: undefined }, 202],
  // A repeated request finds its call as it is by then.
  [{ state: 'answered' }, 201],
  [{ state: 'ended' }, 201],
] as const)('answers %o with %i', async (more, status) => {
  const { post, dialled } = await gatewayThat(async (request) => placed(request, more as Partial<OutboundCall>))
  const answer = await post(body)
  expect([answer.status, answer.body.state, answer.headers.location]).toEqual([status, more.state, '/calls/call-1'])
  expect(dialled[0]?.from).toBe(FROM)
})

it('hashes what a request means, not how it is written', async () => {
  const { post, dialled } = await gatewayThat(async (request) => placed(request))
  const key = { 'idempotency-key': 'order 4711' }
  await post({ ...body, context: { b: 1, a: { d: 1, c: [2, 1] } } }, key)
  await post(`{ "context": { "a": { "c": [2, 1], "d": 1 }, "b": 1 }, "to": "${TO}" }`, key)
  await post({ ...body, context: { b: 1, a: { d: 1, c: [1, 2] } } }, key)
  await post({ ...body, context: { b: 1, a: { d: 1, c: [2, 1] } }, callerName: 'Ann' }, key)
  const hashes = dialled.map(({ requestHash }) => requestHash)
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(hashes[1]).toBe(hashes[0])
  expect(new Set(hashes).size).toBe(3)
  expect(dialled.every(({ idempotencyKey }) => idempotencyKey === 'order 4711')).toBe(true)
})

const tomorrow = new Date(Date.now() + 86_400_000)
it.each([
  [
    new CallRefused('calling_hours', 'It is night there.', tomorrow),
    403,
    { code: 'call_refused', message: 'It is night there.', gate: 'calling_hours', until: tomorrow.toISOString() },
  ],
  [new CallRefused('do_not_call', 'Never.'), 403, { code: 'call_refused', message: 'Never.', gate: 'do_not_call' }],
  [new GatewayError('queue_full', 'Full.'), 429, { code: 'queue_full', message: 'Full.' }],
  [new GatewayError('idempotency_conflict', 'Other.'), 422, { code: 'idempotency_conflict', message: 'Other.' }],
  [new GatewayError('call_not_placed', 'No.'), 502, { code: 'call_not_placed', message: 'No.' }],
  [new GatewayError('model_unauthorized', 'Key.'), 503, { code: 'model_unauthorized', message: 'Key.' }],
  [new GatewayError('model_unreachable', 'Gone.'), 503, { code: 'model_unreachable', message: 'Gone.' }],
  [new GatewayError('draining', 'Bye.'), 503, { code: 'draining', message: 'Bye.' }],
  [new Error('+14155550120 in a stack'), 500, { code: 'internal', message: expect.not.stringContaining('0120') }],
])('answers %o with %i', async (error, status, expected) => {
  const { post } = await gatewayThat(async () => {
    throw error
  })
  const answer = await post(body)
  expect([answer.status, answer.body.error]).toEqual([status, expected])
  const wait = Number(answer.headers['retry-after'] ?? 0)
  expect(wait).toBeGreaterThanOrEqual('until' in expected ? 86_300 : 0)
  expect(wait).toBeLessThanOrEqual('until' in expected ? 86_400 : 0)
})

it.each([
  ['nothing', '', 'FST_ERR_CTP_EMPTY_JSON_BODY|to is missing|empty'],
  ['no number', { context: {} }, 'to is missing'],
  ['a number with spaces', { ...body, to: '+1 415 555 0120' }, 'to is not in E.164 form. Did you mean +14155550120?'],
  ['words', { ...body, to: 'Ann' }, 'to is not in E.164 form. Write it like'],
  ['somebody else’s number', { ...body, from: '+14155550199' }, 'from is not one of our numbers'],
  ['a field that does not exist', { ...body, callerNmae: 'Ann' }, 'callerNmae'],
  [
    'a mode that does not exist',
    { ...body, mode: 'remindrs' },
    'mode: there is no outbound mode "remindrs". Did you mean "reminders"?',
  ],
  ['a name of Object', { ...body, mode: 'constructor' }, 'there is no outbound mode'],
  ['a context that the mode wants', { to: TO }, 'context.appointmentDate: is required'],
  ['a context that is a list', { ...body, context: [] }, 'context must be an object'],
  ['a greeting that does not exist', { ...body, greet: 'loudly' }, 'greet must be immediately or afterSilence'],
  ['markup for a name', { ...body, callerName: '<Dial>' }, 'callerName must be 1 to 60 letters'],
  ['text that is no JSON', '{"to":', 'JSON'],
] as const)('refuses %s before anybody is called', async (_what, payload, message) => {
  const { post, dialled } = await gatewayThat(async (request) => placed(request))
  const answer = await post(payload)
  expect([answer.status, answer.body.error.code]).toEqual([400, 'request_invalid'])
  expect(answer.body.error.message).toMatch(new RegExp(message.replaceAll(/[+?.()]/g, String.raw`\$&`), 'i'))
  expect(dialled).toEqual([])
})

it('refuses keys, media types and sizes that are not its own', async () => {
  const { post, dialled } = await gatewayThat(async (request) => placed(request))
  for (const key of ['', 'x'.repeat(256), 'tab\there'])
    expect([key, (await post(body, { 'idempotency-key': key })).status]).toEqual([key, 400])
  for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
    expect([type, (await post(body, { 'content-type': type })).status]).toEqual([type, 415])
  expect((await post({ ...body, context: { text: 'x'.repeat(70_000) } })).status).toBe(413)
  expect(dialled).toEqual([])
})

it('calls nobody while it drains, and nobody ever without outbound modes', async () => {
  const draining = await gatewayThat(async (request) => placed(request), true)
  expect(await draining.post(body)).toMatchObject({ status: 503, body: { error: { code: 'draining' } } })
  expect(draining.dialled).toEqual([])
  const { app } = await testGateway(fakeRegistry().registry)
  const response = await app.inject({
    method: 'POST',
    url: '/outbound-call',
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    payload: body,
  })
  expect([response.statusCode, response.json().error.message]).toEqual([
    400,
    'The settings have no outbound modes: this gateway calls nobody.',
  ])
})

it('writes no number and no context into the log', async () => {
  const { gateway, post } = await gatewayThat(async (request) => placed(request))
  await post({ ...body, callerName: 'Ann Smith', context: { appointmentDate: 'the secret day' } })
  expect(gateway.logText()).toContain('outbound call')
  expect(gateway.logText()).not.toMatch(/4155550120|Ann Smith|secret day/)
})

it('tells the mode where a contact lives, so that times are said with the zone', async () => {
  const contacts = { find: async () => ({ number: e164(TO), timeZone: 'America/Los_Angeles', consents: [] }) }
  const { post, planned } = await gatewayThat(async (request) => placed(request), false, {
    contacts: contacts as never,
  })
  await post(body)
  expect(planned).toMatchObject([{ timeZone: 'America/Los_Angeles' }])
  const unreadable = await gatewayThat(async (request) => placed(request))
  expect((await unreadable.post(body)).status).toBe(201)
  expect(unreadable.planned[0]).not.toHaveProperty('timeZone')
})
