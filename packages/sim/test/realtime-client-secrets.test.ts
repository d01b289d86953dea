import { afterEach, describe, expect, it } from 'vitest'
import type { Json } from '../src/realtime/protocol.ts'
import { createRealtimeServer, type RealtimeServer } from '../src/realtime/server.ts'
import { connect } from './realtime-client.ts'

let server: RealtimeServer
afterEach(() => server.close())

const start = async (): Promise<void> => {
  server = await createRealtimeServer({ apiKey: 'sk-mine', latency: { createdMs: 0 } })
}
const ask = async (body: unknown, key = 'sk-mine', path = '/v1/realtime/client_secrets') => {
  const url = new URL(server.url.replace('ws', 'http'))
  url.pathname = path
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return { status: response.status, body: (await response.json()) as Json }
}
const session = { type: 'realtime', model: 'gpt-realtime-2.1', instructions: 'You sell bread.' }

describe('a client secret', () => {
  it('opens the session it was made with, without another model or key', async () => {
    await start()
    const { status, body } = await ask({ expires_after: { anchor: 'created_at', seconds: 60 }, session })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      value: expect.stringMatching(/^ek_/) as string,
      expires_at: expect.any(Number) as number,
      session: { type: 'realtime', object: 'realtime.session', instructions: 'You sell bread.' },
    })
    const client = await connect(server.url, { headers: { authorization: `Bearer ${String(body['value'])}` } })
    expect(await client.next('session.created')).toMatchObject({
      session: { model: 'gpt-realtime-2.1', instructions: 'You sell bread.' },
    })
  })

  it.each<[string, Json, number, string | null]>([
    ['a session nobody could have', { session: { type: 'realtime', temperature: 1 } }, 400, 'unknown_parameter'],
    ['a life that is too long', { expires_after: { seconds: 100_000 } }, 400, 'invalid_value'],
  ])('is not made for %s', async (_, body, status, code) => {
    await start()
    expect(await ask(body)).toMatchObject({ status, body: { error: { code } } })
  })

  it('is not made for somebody without the key, nor elsewhere', async () => {
    await start()
    expect(await ask({ session }, 'sk-other')).toMatchObject({
      status: 401,
      body: { error: { code: 'invalid_api_key' } },
    })
    for (const path of ['/v1/realtime/calls', '/v1/realtime/sessions']) {
      const { status, body } = await ask({}, 'sk-mine', path)
      expect([status, (body['error'] as Json)['message']]).toEqual([404, expect.stringContaining(path)])
    }
  })
})

it.each([
  ['intent=transcription', "intent 'transcription'"],
  ['call_id=rtc_1', 'call_id'],
])('says by name that %s is not simulated', async (query, named) => {
  await start()
  const client = await connect(server.url, {
    headers: { authorization: 'Bearer sk-mine' },
    model: `gpt-realtime-2.1&${query}`,
  })
  expect((await client.next('error'))['error']).toMatchObject({
    code: 'not_simulated',
    message: expect.stringContaining(named) as string,
  })
  expect((await client.closed).code).toBe(4000)
})
