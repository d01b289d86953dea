import twilio from 'twilio'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createTwilio, type SimTwilio } from '../src/twilio/create-twilio.ts'
import type { FarEnd } from '@llc-phone/virtual-carrier/types'
import { accountSid, authToken, ourNumber, startGateway, streamTwiml, tone } from './twilio-gateway.ts'
import { sdkFor } from './twilio-sdk.ts'

const callee = '+14155550123'
let gateway: Awaited<ReturnType<typeof startGateway>>
let stand: SimTwilio
let client: ReturnType<typeof twilio>

beforeAll(async () => {
  gateway = await startGateway(({ path }, { wsUrl }) =>
    path === '/slow' ? '<Response><Pause length="60"/></Response>' : streamTwiml(`${wsUrl}/media/x`),
  )
  stand = await createTwilio({ accountSid, authToken, numbers: { [ourNumber]: { voiceUrl: `${gateway.url}/twiml` } } })
  client = sdkFor(stand)
})
afterAll(async () => {
  await stand.close()
  await gateway.close()
})
beforeEach(() => {
  stand.setFaults({})
  stand.setFarEnd(() => ({ outcome: 'answers', afterMs: 40 }))
  gateway.webhooks.length = 0
  gateway.streams.length = 0
})

const create = (more: object = {}) =>
  client.calls.create({ to: callee, from: ourNumber, url: `${gateway.url}/twiml`, ...more })

test('the SDK creates a call that rings, is answered, and runs the TwiML of its address', async () => {
  const created = await create({
    statusCallback: `${gateway.url}/status`,
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  })
  expect(created).toMatchObject({ status: 'queued', direction: 'outbound-api', to: callee, from: ourNumber })
  expect(created.sid).toMatch(/^CA[0-9a-f]{32}$/)
  const call = stand.calls.get(created.sid)!
  await call.seen('media-start')
  expect(await client.calls(created.sid).fetch()).toMatchObject({ status: 'in-progress', answeredBy: null })
  const asked = gateway.webhooks.find(({ path }) => path === '/twiml')!
  expect(asked.params).toMatchObject({ CallSid: created.sid, CallStatus: 'in-progress', Direction: 'outbound-api' })

  expect(await client.calls(created.sid).update({ status: 'completed' })).toMatchObject({ status: 'completed' })
  await call.ended
  const callbacks = gateway.webhooks.filter(({ path }) => path === '/status')
  expect(callbacks.map(({ params }) => [params.SequenceNumber, params.CallStatus])).toEqual([
    ['0', 'initiated'],
    ['1', 'ringing'],
    ['2', 'in-progress'],
    ['3', 'completed'],
  ])
  expect(callbacks[3]!.params).toMatchObject({ CallbackSource: 'call-progress-events', CallDuration: '0' })
  for (const { headers, params } of callbacks) {
    const signature = String(headers['x-twilio-signature'])
    expect(twilio.validateRequest(authToken, signature, `${gateway.url}/status`, params)).toBe(true)
  }
})

test('status callbacks come twice and out of order when asked to', async () => {
  stand.setFaults({ duplicateStatus: true, reorderStatus: true })
  const { sid } = await create({
    statusCallback: `${gateway.url}/status`,
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
  })
  await stand.calls.get(sid)!.seen('media-start')
  await client.calls(sid).update({ status: 'completed' })
  await stand.calls.get(sid)!.ended
  const order = gateway.webhooks.filter(({ path }) => path === '/status').map(({ params }) => params.SequenceNumber)
  expect(order).toEqual(['1', '1', '0', '0', '3', '3', '2', '2'])
})

test.each<[FarEnd['outcome'], string]>([
  ['busy', 'busy'],
  ['no-answer', 'no-answer'],
  ['failed', 'failed'],
])('a callee who is %s', async (outcome, status) => {
  stand.setFarEnd(() => ({ outcome, afterMs: 20 }))
  const { sid } = await create({ statusCallback: `${gateway.url}/status`, timeout: 0.1 })
  expect((await stand.calls.get(sid)!.ended).status).toBe(status)
  expect((await client.calls(sid).fetch()).status).toBe(status)
  expect(gateway.webhooks.map(({ path, params }) => [path, params.CallStatus])).toEqual([['/status', status]])
})

test('new TwiML by REST ends the stream with stop, asks no action, and runs', async () => {
  const { sid } = await create()
  const call = stand.calls.get(sid)!
  await call.seen('media-start')
  const updated = await client.calls(sid).update({ twiml: '<Response><Pause length="1"/><Hangup/></Response>' })
  expect(updated.status).toBe('in-progress')
  const stream = gateway.streams[0]!
  expect(await stream.closed).toBe(1000)
  expect(stream.messages.at(-1)!.message.event).toBe('stop')
  const result = await call.ended
  expect(result.status).toBe('completed')
  expect(gateway.webhooks.map(({ path }) => path)).toEqual(['/twiml'])
})

test('answering machine detection: first when synchronous, later when not', async () => {
  stand.setFarEnd(() => ({ outcome: 'answers', afterMs: 20, answeredBy: 'machine_start', detectionMs: 80 }))
  const first = await create({ machineDetection: 'Enable' })
  await stand.calls.get(first.sid)!.seen('media-start')
  expect(gateway.webhooks.at(-1)!.params.AnsweredBy).toBe('machine_start')
  await client.calls(first.sid).update({ status: 'completed' })

  gateway.webhooks.length = 0
  const asyncAmdStatusCallback = `${gateway.url}/amd`
  const second = await create({ machineDetection: 'Enable', asyncAmd: 'true', asyncAmdStatusCallback })
  const call = stand.calls.get(second.sid)!
  await call.seen('callback')
  await client.calls(second.sid).update({ status: 'completed' })
  await call.ended
  expect(gateway.webhooks.map(({ path, params }) => [path, params.AnsweredBy])).toEqual([
    ['/twiml', undefined],
    ['/amd', 'machine_start'],
  ])
})

test('a recorded call can be fetched after its callback', async () => {
  const { sid } = await create({ record: true, recordingStatusCallback: `${gateway.url}/recording` })
  const call = stand.calls.get(sid)!
  await call.seen('media-start')
  gateway.streams[0]?.play(tone(100))
  await call.play(tone(200))
  await client.calls(sid).update({ status: 'completed' })
  await call.ended
  const { params } = gateway.webhooks.find(({ path }) => path === '/recording')!
  expect(params).toMatchObject({ CallSid: sid, RecordingStatus: 'completed', RecordingChannels: '2' })
  const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`
  const wav = await fetch(`${params.RecordingUrl}.wav`, { headers: { authorization } })
  expect(wav.headers.get('content-type')).toBe('audio/wav')
  expect((await wav.arrayBuffer()).byteLength).toBeGreaterThan(200 * 32)
})

test.each<[string, object, number, number]>([
  ['no number', { to: '' }, 21201, 400],
  ['an impossible number', { to: 'Bob' }, 21211, 400],
  ['a number of somebody else', { from: '+14155550177' }, 21210, 400],
  ['no instructions', { url: undefined }, 21205, 400],
  ['TwiML that is too long', { url: undefined, twiml: ' '.repeat(4001) }, 32018, 400],
  ['digits that are none', { sendDigits: 'abc' }, 21206, 400],
  ['a blocked country', { to: '+15005550003' }, 21215, 400],
])('%s is refused with the code of Twilio', async (_, params, code, status) => {
  await expect(create(params)).rejects.toMatchObject({ code, status })
})

test('a wrong token, an unknown call, a call that is over, and refusals on request', async () => {
  const stranger = sdkFor(stand, 'wrong')
  await expect(stranger.calls.list()).rejects.toMatchObject({ code: 20003, status: 401 })
  await expect(client.calls(`CA${'1'.repeat(32)}`).fetch()).rejects.toMatchObject({ code: 20404, status: 404 })
  const { sid } = await create()
  await client.calls(sid).update({ status: 'canceled' })
  expect((await stand.calls.get(sid)!.ended).status).toBe('canceled')
  await expect(client.calls(sid).update({ status: 'completed' })).rejects.toMatchObject({ code: 21220, status: 400 })
  expect((await client.calls.list({ to: callee, limit: 100 })).some((call) => call.sid === sid)).toBe(true)
  expect(await client.calls.list({ to: '+14155550000', limit: 100 })).toEqual([])

  stand.setFaults({ rest: { status: 429, code: 20429, message: 'Too many requests', times: 1 } })
  await expect(create()).rejects.toMatchObject({ code: 20429, status: 429 })
  expect(stand.requests.at(-1)).toMatchObject({ method: 'POST', status: 429, body: { To: callee, From: ourNumber } })
  const accepted = await create()
  await client.calls(accepted.sid).update({ status: 'completed' })
})
