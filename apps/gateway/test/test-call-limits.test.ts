import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { e164 } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import type { ToSoftphone } from '@llc-phone/virtual-carrier/line-protocol'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { Actor } from '../src/routes/roles.ts'
import { createTestSpend } from '../src/test-calls/spend.ts'
import { createTestCalls } from '../src/test-calls/test-calls.ts'
import type { Trial } from '../src/test-calls/trial.ts'
import { openSocket, placeTestCall, ringFromConsole } from './support/softphone.ts'
import { startWorld } from './support/whole-call.ts'

const ANN: Actor = { name: 'Ann', role: 'operator', personId: 'ann', sessionId: 's1' }
const OTHER_BROWSER: Actor = { ...ANN, sessionId: 's2' }

/** The test calls of a gateway, and who opens a line. */
const rig = () => {
  const refused: string[] = []
  let actor: Actor = ANN
  const closed = vi.fn(async () => {})
  const trial = { record: { wouldHave: [] }, dialled: e164('+14155550100'), close: closed } as unknown as Trial
  const calls = createTestCalls({
    env: { OPENAI_REALTIME_URL: 'ws://127.0.0.1:9', TEST_CALLS_DAILY_SPEND_USD: 5 } as never,
    log: { info() {}, warn() {}, error() {} } as never,
    registry: { byCallId: () => undefined, room: { refuse: () => undefined } } as never,
    calls: { storyOf: () => ({}), recent: async () => [] } as never,
    http: { refuseUpgrade: (_socket, status, code) => void refused.push(`${status} ${code}`) },
    isDraining: () => false,
    settled: () => {},
    admit: async () => ({ actor, whenOver: () => () => {} }),
  })
  return {
    calls,
    refused,
    closed,
    begin: async () => (await calls.takePlace()).begin({ trial, persons: 'answers' }, ANN),
    async open(line: string, by: Actor = ANN) {
      actor = by
      expect(calls.takeUpgrade({ url: line } as IncomingMessage, {} as Duplex, Buffer.alloc(0))).toBe(true)
      await new Promise((resolve) => setImmediate(resolve))
      return refused.at(-1)
    },
  }
}

describe('the address of a line', () => {
  it('leads nowhere in another browser of the same person', async () => {
    const { begin, open } = rig()
    expect(await open((await begin()).line, OTHER_BROWSER)).toBe('403 token_invalid')
  })

  it('is good for 30 seconds; then the call has made room', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { calls, begin, open, closed } = rig()
    const [{ line }] = await Promise.all([begin(), begin(), begin(), begin(), begin()])
    vi.advanceTimersByTime(29_000)
    await expect(calls.takePlace()).rejects.toMatchObject({ code: 'test_calls_full' })
    vi.advanceTimersByTime(2_000)
    expect(closed).toHaveBeenCalledTimes(5)
    await expect(calls.takePlace()).resolves.toBeDefined()
    expect(await open(line)).toBe('403 token_invalid')
  })

  it('makes room at once when whoever has rung hangs up before it was opened', async () => {
    const { calls, begin, open, closed } = rig()
    const { callId, line } = await begin()
    expect([calls.cancel(callId), calls.cancel(callId), calls.has(callId)]).toEqual([true, false, false])
    expect(closed).toHaveBeenCalledOnce()
    expect(await open(line)).toBe('403 token_invalid')
  })
})

describe('what test calls cost', () => {
  const spending = (over: number, live: () => number) => {
    const clock = fakeClock()
    const recent = vi.fn(async () => [{ costUsd: over }, {}])
    const spend = createTestSpend({
      limitUsd: 5,
      clock,
      log: { warn: () => {} },
      calls: { recent, storyOf: () => ({ costUsd: live() }) } as never,
      registry: { byCallId: () => ({ state: { phase: 'talking' } }) } as never,
      running: () => ['call-1'],
    })
    return { clock, spend, recent }
  }

  it('is that of today, of the calls that are over and of those that are up', async () => {
    const { spend, recent } = spending(3, () => 1.9)
    expect(await spend.isReached()).toBe(false)
    expect(recent).toHaveBeenCalledWith(1_000, { filter: { isTest: true, from: new Date('2026-03-02T00:00:00Z') } })
    expect(await spending(3, () => 2).spend.isReached()).toBe(true)
  })

  it('is looked at again and again in a call, told once, and not after its end', async () => {
    let live = 1
    const { spend, clock } = spending(3, () => live)
    const [told, left] = [vi.fn(), vi.fn()]
    spend.watch(told)
    const leave = spend.watch(left)
    await clock.advance(25_000)
    expect(told).not.toHaveBeenCalled()
    leave()
    live = 2
    await clock.advance(60_000)
    expect([told.mock.calls.length, left.mock.calls.length, clock.pending]).toEqual([1, 0, 0])
  })
})

/** A tunnel to one port of this machine, wherever it is to lead: a model that is not on this machine, as far as its address says. */
const startTunnel = async (port: () => number): Promise<string> => {
  const server = createServer()
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    const far = connect(port(), '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    far.on('error', () => socket.destroy())
    socket.on('error', () => far.destroy())
    socket.pipe(far).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it(
  'with a model that costs, a call ends at the limit of the day, and no other begins',
  { timeout: 90_000 },
  async () => {
    let modelPort = 0
    const tunnel = await startTunnel(() => modelPort)
    const world = await startWorld({
      dialect: 'ga',
      variables: {
        OPENAI_REALTIME_URL: 'ws://model.example/v1/realtime',
        HTTPS_PROXY: tunnel,
        HTTP_PROXY: tunnel,
        NO_PROXY: '127.0.0.1',
        TEST_CALLS_DAILY_SPEND_USD: '0.0001',
      },
    })
    modelPort = Number(new URL(world.model.url).port)
    onTestFinished(() => world.close())
    const phone = await ringFromConsole(world, { ring: 'frontDesk' })
    onTestFinished(() => phone.close())
    await phone.hears()
    // A real model is not asked what it understands.
    expect(phone.received.some(({ event }) => event === 'phrases')).toBe(false)
    const { because } = await phone.seen('state', ({ state }) => state === 'ended', 30_000)
    expect(because).toMatch(/Test calls have cost \$0\.0001 today/)
    expect(await world.admin('POST', '/test-calls', { ring: 'frontDesk' })).toMatchObject({
      status: 429,
      body: { error: { code: 'test_spend_reached' } },
    })
  },
)

it('ends with the session of whoever has rung, and with the gateway, and says so', { timeout: 60_000 }, async () => {
  const world = await startWorld({ dialect: 'ga' })
  let isOpen = true
  const close = async (): Promise<void> => {
    if (isOpen) await world.close()
    isOpen = false
  }
  onTestFinished(close)
  const origin = { origin: world.publicUrl, 'content-type': 'application/json' }
  const { body } = await world.admin('POST', '/people', { name: 'Ann', role: 'operator' })
  expect(body).toMatchObject({ name: 'Ann' })
  const { key } = (await world.admin('POST', '/people/Ann/keys', {})).body as { key: string }
  const signedIn = await fetch(`${world.publicUrl}/session`, {
    method: 'POST',
    headers: origin,
    body: JSON.stringify({ key }),
  })
  const cookie = signedIn.headers.get('set-cookie')!.split(';')[0]!
  const browser = { ...origin, cookie }
  const begun = await fetch(`${world.publicUrl}/test-calls`, {
    method: 'POST',
    headers: browser,
    body: JSON.stringify({ ring: 'frontDesk' }),
  })
  const { line } = (await begun.json()) as { line: string }
  // Not with a key of the same person either: the line belongs to the session.
  await expect(openSocket(world, line, { authorization: `Bearer ${key}` })).rejects.toThrow('HTTP 403')
  const endOf = async (socket: Awaited<ReturnType<typeof openSocket>>): Promise<string | undefined> =>
    new Promise((resolve) => {
      socket.on('message', (data: Buffer) => {
        const message = JSON.parse(data.toString()) as ToSoftphone
        if (message.event === 'state' && message.state === 'ended') resolve(message.because)
      })
    })
  const signedOut = endOf(await openSocket(world, line, { cookie, origin: world.publicUrl }))
  const stopped = endOf(await openSocket(world, (await placeTestCall(world, { ring: 'frontDesk' })).line))
  await sleep(1_000)
  await fetch(`${world.publicUrl}/session`, { method: 'DELETE', headers: browser })
  expect(await signedOut).toBe('You are not signed in any more.')
  await close()
  expect(await stopped).toBe('The gateway is being stopped or restarted.')
})
