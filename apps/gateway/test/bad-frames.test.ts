import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createCallRegistry, systemClock } from '@llc-phone/core'
import { scriptedModel } from '@llc-phone/core/testing'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { createObserver } from '../src/watching/observe.ts'
import {
  ADMIN_TOKEN,
  AUTH_TOKEN,
  callSidOf,
  CALLER,
  ringing,
  sign,
  testGateway,
  tokenIn,
  type TestGateway,
} from './support/gateway.ts'

const PAYLOAD = Buffer.alloc(160, 0xff).toString('base64')
const model = scriptedModel()
const tokens: string[] = []
let gateway: TestGateway
let port: number
let calls = 0

beforeAll(async () => {
  let observe: ReturnType<typeof createObserver> | undefined
  const registry = createCallRegistry({
    clock: systemClock,
    provider: model,
    defaultVoice: 'cedar',
    prewarmTimeoutMs: 10_000,
    observe: (call, notice) => observe?.(call, notice),
  })
  gateway = await testGateway(registry)
  observe = createObserver({ ...gateway.deps, outboundEnded: () => undefined })
  await gateway.app.listen({ port: 0, host: '127.0.0.1' })
  port = (gateway.app.server.address() as AddressInfo).port
})

afterAll(async () => {
  gateway.deps.registry.closeAll('drained')
  await gateway.app.close()
})

/** A call whose media socket is open; nothing has been sent on it. */
const openCall = async () => {
  const callSid = callSidOf(++calls)
  const answer = await gateway.post('/twiml', ringing(callSid))
  const token = tokenIn(answer.body)
  tokens.push(token)
  const path = `/media/${token}`
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, {
    headers: { 'x-twilio-signature': sign(`wss://phone.example.com${path}`) },
  })
  await once(socket, 'open')
  return { callSid, socket, connection: model.latest, send: (frame: unknown) => socket.send(JSON.stringify(frame)) }
}

const start = (callSid: string, overrides: object = {}) => ({
  event: 'start',
  sequenceNumber: '1',
  streamSid: `MZ${callSid.slice(2)}`,
  start: {
    accountSid: `AC${'0'.repeat(32)}`,
    streamSid: `MZ${callSid.slice(2)}`,
    callSid,
    tracks: ['inbound'],
    mediaFormat: { encoding: 'audio/x-mulaw', sampleRate: 8000, channels: 1 },
    ...overrides,
  },
})

const media = (callSid: string, timestamp: number) => ({
  event: 'media',
  sequenceNumber: '2',
  streamSid: `MZ${callSid.slice(2)}`,
  media: { track: 'inbound', chunk: '1', timestamp: String(timestamp), payload: PAYLOAD },
})

const liveCall = async () => {
  const call = await openCall()
  call.send(start(call.callSid))
  call.connection.emit({ type: 'configured' })
  call.send(media(call.callSid, 20))
  await vi.waitFor(() => expect(call.connection.audio).toHaveLength(1))
  return call
}

const logged = (callSid: string) => gateway.logLines.filter((line) => line.legId === callSid)

type Call = Awaited<ReturnType<typeof openCall>>
it.each<[what: string, closeCode: number, code: string, misbehave: (call: Call) => void]>([
  ['a start for another call', 1008, 'start_mismatch', ({ send }) => send(start(callSidOf(0xdead)))],
  [
    'a stream that is not μ-law 8 kHz',
    1008,
    'start_mismatch',
    ({ send, callSid }) =>
      send(start(callSid, { mediaFormat: { encoding: 'audio/l16', sampleRate: 16000, channels: 1 } })),
  ],
  ['media before start', 1008, 'start_missing', ({ send, callSid }) => send(media(callSid, 20))],
  [
    'a mark before start',
    1008,
    'start_missing',
    ({ send }) => send({ event: 'mark', streamSid: 'MZ', mark: { name: 'x' } }),
  ],
  ['a start without its fields', 1008, 'frame_invalid', ({ send }) => send({ event: 'start' })],
  ['a binary frame', 1003, 'frame_invalid', ({ socket }) => socket.send(Buffer.from([1, 2, 3]))],
  ['broken JSON', 1007, 'frame_invalid', ({ socket }) => socket.send('{"event":"media",')],
  ['JSON that is no object', 1007, 'frame_invalid', ({ socket }) => socket.send('null')],
  ['a frame of 1 MB', 1009, 'frame_invalid', ({ socket }) => socket.send(`{"event":"${'x'.repeat(1_000_000)}"}`)],
])('%s is closed with %i and says why; another call goes on', async (_what, closeCode, code, misbehave) => {
  const healthy = await liveCall()
  const bad = await openCall()
  const closed = once(bad.socket, 'close')
  misbehave(bad)
  expect((await closed)[0]).toBe(closeCode)
  await vi.waitFor(() =>
    expect(logged(bad.callSid)).toContainEqual(expect.objectContaining({ level: 'warn', msg: 'call problem', code })),
  )
  expect(bad.connection.audio).toEqual([])
  healthy.send(media(healthy.callSid, 40))
  await vi.waitFor(() => expect(healthy.connection.audio).toEqual([PAYLOAD, PAYLOAD]))
  expect(logged(healthy.callSid).filter(({ msg }) => msg === 'call problem')).toEqual([])
  healthy.socket.close()
})

it('goes on with a live call after frames that cannot be read, and says each kind once', async () => {
  const call = await liveCall()
  for (let round = 0; round < 2; round++) {
    call.send({ event: 'media', media: { timestamp: '40' } })
    call.send({ event: 'media', media: { payload: PAYLOAD, timestamp: 'soon' } })
    call.send({ event: 'mark', mark: {} })
    call.send({ event: 'dtmf', dtmf: { digit: 'Q' } })
    call.send(start(callSidOf(0xbeef)))
    call.socket.send('{"event":"media",')
    call.socket.send(Buffer.from([1, 2, 3]))
  }
  call.send(media(call.callSid, 40))
  await vi.waitFor(() => expect(call.connection.audio).toHaveLength(2))
  expect(call.socket.readyState).toBe(WebSocket.OPEN)
  expect(logged(call.callSid).filter(({ code }) => code === 'frame_invalid')).toHaveLength(6)
  expect(gateway.deps.registry.byLegId(call.callSid)?.story().audio.ignored).toBe(14)
  call.socket.close()
})

it('ends a stream of which nothing can be read any more, and lets the call come back', async () => {
  const call = await liveCall()
  const closed = once(call.socket, 'close')
  for (let frame = 0; frame < 200; frame++) call.send({ event: 'media', media: {} })
  expect((await closed)[0]).toBe(1008)
  const again = await gateway.post('/twilio/after-stream', { CallSid: call.callSid, CallStatus: 'in-progress' })
  expect(again.body).toContain('<Stream url="wss://phone.example.com/media/')
})

it('ends a stream that sends without end, takes no more of it than a call may have, and lets the call come back', async () => {
  const healthy = await liveCall()
  const call = await liveCall()
  const closed = once(call.socket, 'close')
  for (let frame = 0; frame < 8_000; frame++) call.send(media(call.callSid, 40 + frame * 20))
  expect((await closed)[0]).toBe(1008)
  expect(call.connection.audio.length).toBeLessThan(2_500)
  const reported = logged(call.callSid).filter(({ code }) => code === 'line_flooded')
  expect(reported).toHaveLength(2)
  const again = await gateway.post('/twilio/after-stream', { CallSid: call.callSid, CallStatus: 'in-progress' })
  expect(again.body).toContain('<Stream url="wss://phone.example.com/media/')
  healthy.send(media(healthy.callSid, 40))
  await vi.waitFor(() => expect(healthy.connection.audio).toEqual([PAYLOAD, PAYLOAD]))
  healthy.socket.close()
})

it('ignores unknown events, says so once, and the call goes on', async () => {
  const call = await liveCall()
  call.send({ event: 'weather', streamSid: 'MZ' })
  call.send({ event: 'weather', streamSid: 'MZ' })
  call.send({ nothing: true })
  call.send(media(call.callSid, 40))
  await vi.waitFor(() => expect(call.connection.audio).toHaveLength(2))
  expect(logged(call.callSid).filter(({ code }) => code === 'frame_invalid')).toHaveLength(1)
  expect(call.socket.readyState).toBe(WebSocket.OPEN)
  call.socket.close()
})

it('lets a call whose socket was refused come back through after-stream with a new token', async () => {
  const call = await openCall()
  const closed = once(call.socket, 'close')
  call.socket.send('garbage')
  await closed
  const again = await gateway.post('/twilio/after-stream', { CallSid: call.callSid, CallStatus: 'in-progress' })
  expect(again.body).toContain('<Stream url="wss://phone.example.com/media/')
})

it('writes one summary line when a call ends', async () => {
  const call = await liveCall()
  await gateway.post('/twilio/status', { CallSid: call.callSid, CallStatus: 'completed' })
  await gateway.post('/twilio/status', { CallSid: call.callSid, CallStatus: 'completed' })
  expect(logged(call.callSid).filter(({ msg }) => msg === 'call ended')).toMatchObject([
    {
      disposition: 'caller_hung_up',
      mode: 'ivr',
      direction: 'inbound',
      turns: 0,
      tools: [],
      durationMs: expect.any(Number),
    },
  ])
  expect(call.connection.closed).toBe(true)
})

it('never logs a token, a secret or a whole telephone number, nor a line per frame', async () => {
  const call = await liveCall()
  const before = gateway.logLines.length
  for (let at = 40; at < 4_000; at += 20) call.send(media(call.callSid, at))
  await vi.waitFor(() => expect(call.connection.audio.length).toBeGreaterThan(190))
  expect(gateway.logLines.length).toBe(before)
  for (const text of [ADMIN_TOKEN, AUTH_TOKEN, CALLER, CALLER.slice(1), call.connection.audio[0]!])
    expect(gateway.logText()).not.toContain(text)
  for (const token of tokens) expect(gateway.logText()).not.toContain(token)
})
