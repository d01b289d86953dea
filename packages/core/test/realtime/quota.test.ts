import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { WebSocketServer } from 'ws'
import type { ConnectionPurpose, ModelQuota } from '../../src/model.ts'
import { realtimeProvider } from '../../src/realtime/provider.ts'
import { quotasIn } from '../../src/realtime/quota.ts'
import { accept, config, say, type Script } from './server.ts'

const limit = (name: string, of: number, remaining: number, reset_seconds: number) => ({
  name,
  limit: of,
  remaining,
  reset_seconds,
})

it('reads what is left of each budget', () => {
  expect(quotasIn([limit('requests', 1_000, 999, 0.06), limit('tokens', 50_000, 5_000, 54)])).toEqual([
    { type: 'left', budget: 'requests', left: 0.999, wholeInMs: 60 },
    { type: 'left', budget: 'tokens', left: 0.1, wholeInMs: 54_000 },
  ])
})

it('passes over what makes no sense', () => {
  const odd = [null, 'tokens', {}, limit('pages', 1, 0, 1), limit('tokens', 0, 0, 1), limit('tokens', NaN, 1, 1)]
  expect(quotasIn(odd)).toEqual([])
  expect([quotasIn(undefined), quotasIn({ tokens: 1 })]).toEqual([[], []])
  expect(quotasIn([limit('tokens', 10, -5, 1e9), limit('tokens', 10, 50, -1)])).toEqual([
    { type: 'left', budget: 'tokens', left: 0, wholeInMs: 600_000 },
    { type: 'left', budget: 'tokens', left: 1, wholeInMs: 0 },
  ])
})

/** The first thing that a provider hears of limits from a server that does what `script` says. */
const heardOf = async (script: Script): Promise<ModelQuota> => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  server.on('connection', (socket) => {
    socket.on('message', (data) => {
      const event = JSON.parse((data as Buffer).toString()) as { type: string }
      socket.emit(`got:${event.type}`, event)
    })
    script(socket, [], {})
  })
  await once(server, 'listening')
  try {
    return await new Promise((resolve) => {
      const connection = realtimeProvider({
        url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v1/realtime`,
        apiKey: 'sk',
        model: 'm',
        dialect: 'ga',
        onQuota: resolve,
      }).connect(config, {
        audio() {},
        event: (event) => event.type === 'configured' && connection.send({ type: 'reply' }),
      })
    })
  } finally {
    for (const client of server.clients) client.terminate()
    server.close()
  }
}

it('hears of limits beside a response, of a response refused for load, and of an error that says so', async () => {
  const after =
    (...events: object[]): Script =>
    (socket) => {
      accept(socket, [], {})
      socket.on('got:response.create', () => {
        say(socket, { type: 'response.created', response: { id: 'r1' } })
        for (const event of events) say(socket, event)
      })
    }
  const error = { code: 'rate_limit_exceeded', message: 'Rate limit reached. Please try again in 2s.' }
  expect(await heardOf(after({ type: 'rate_limits.updated', rate_limits: [limit('tokens', 10, 5, 1)] }))).toEqual({
    type: 'left',
    budget: 'tokens',
    left: 0.5,
    wholeInMs: 1_000,
  })
  const failed = { id: 'r1', status: 'failed', status_details: { error } }
  expect(await heardOf(after({ type: 'response.done', response: failed }))).toEqual({
    type: 'refused',
    retryAfterMs: 2_000,
  })
  expect(await heardOf(after({ type: 'error', error }))).toEqual({ type: 'refused', retryAfterMs: 2_000 })
})

it.each([
  ['content-length: 0\r\n\r\n', { type: 'refused' }],
  ['retry-after: 3\r\ncontent-length: 0\r\n\r\n', { type: 'refused', retryAfterMs: 3_000 }],
  ['content-length: 39\r\n\r\n{"error":{"code":"insufficient_quota"}}', undefined],
  ['content-length: 0\r\n\r\n', undefined, { isSpare: true } as const],
])(
  'takes a handshake answered with 429 for a refusal for load, unless the account may not at all, or no call was meant (%#)',
  async (rest, heard, purpose?: ConnectionPurpose) => {
    const plain = createServer()
    plain.on('upgrade', (_request, socket) => socket.end(`HTTP/1.1 429 X\r\n${rest}`))
    plain.listen(0, '127.0.0.1')
    await once(plain, 'listening')
    let quota: ModelQuota | undefined
    await new Promise<void>((resolve) => {
      realtimeProvider({
        url: `ws://127.0.0.1:${(plain.address() as AddressInfo).port}/v1/realtime`,
        apiKey: 'sk',
        model: 'm',
        dialect: 'ga',
        onQuota: (told) => (quota = told),
      }).connect(config, { audio() {}, event: (event) => event.type === 'lost' && resolve() }, purpose)
    })
    expect(quota).toEqual(heard)
    plain.close()
  },
)
