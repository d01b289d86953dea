import type { AddressInfo } from 'node:net'
import { type TrackListener } from '@llc-phone/core'
import { openStore } from '@llc-phone/database'
import { type Store } from '@llc-phone/store'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { fakeRegistry } from './support/fake-calls.ts'
import { accessOf, ADMIN_TOKEN, callSidOf, ringing, testGateway } from './support/gateway.ts'

let store: Store
let gateway: Awaited<ReturnType<typeof testGateway>>
/** Who listens to which call. */
const listeners = new Map<string, Set<TrackListener>>()

beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  const { registry } = fakeRegistry()
  const access = accessOf(store)
  gateway = await testGateway(registry, { access, people: store.people, audit: store.audit })
  await gateway.app.listen({ port: 0, host: '127.0.0.1' })
  for (let n = 1; n <= 6; n++) {
    // oxlint-disable-next-line no-await-in-loop -- in order
    await gateway.post('/twiml', ringing(callSidOf(n)))
    const of = new Set<TrackListener>()
    listeners.set(`call_${n}`, of)
    const call = registry.byCallId(`call_${n}`) as unknown as { listen: (listener: TrackListener) => () => void }
    call.listen = (listener) => {
      of.add(listener)
      return () => void of.delete(listener)
    }
  }
})
afterAll(async () => {
  await gateway.app.close()
  await store.close()
})

const listen = (callId: string, key = ADMIN_TOKEN) => {
  const { port } = gateway.app.server.address() as AddressInfo
  const socket = new WebSocket(`ws://127.0.0.1:${port}/calls/${callId}/listen`, {
    headers: { authorization: `Bearer ${key}` },
  })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  const answered = new Promise<number>((resolve) => {
    socket.once('open', () => resolve(101))
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode!)
      socket.terminate()
    })
  })
  socket.on('error', () => undefined)
  return { socket, closed, answered }
}
const of = (callId: string): Set<TrackListener> => listeners.get(callId)!
const gone = (callId: string, left: number) => vi.waitFor(() => expect(of(callId).size).toBe(left))
const opened = async (callId: string, key?: string) => {
  const one = listen(callId, key)
  expect(await one.answered).toBe(101)
  return one
}

it('five listen to a call and twenty in all; the next is told so until somebody leaves', async () => {
  const all = []
  for (const callId of ['call_1', 'call_2', 'call_3', 'call_4'])
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    for (let n = 0; n < 5; n++) all.push(await opened(callId))
  expect(await listen('call_5').answered).toBe(429)
  all.at(-1)!.socket.close()
  await gone('call_4', 4)
  expect(await listen('call_1').answered, 'five of one call').toBe(429)
  const last = await opened('call_5')
  for (const { socket } of [...all, last]) socket.close()
  for (const callId of listeners.keys())
    // oxlint-disable-next-line no-await-in-loop -- each
    await gone(callId, 0)
  expect((await store.audit.list(100, { action: 'call_listened' })).length).toBe(21)
})

it('one who does not read is dropped, and nobody else notices', async () => {
  const slow = await opened('call_1')
  const quick = await opened('call_1')
  slow.socket.pause()
  let heard = 0
  quick.socket.on('message', (message: Buffer) => (heard += message.length))
  const sound = Buffer.alloc(32_000, 0x10)
  let told = 0
  // Beyond what the network itself holds.
  for (; told < 2_000 && of('call_1').size > 1; told++) {
    for (const listener of of('call_1')) listener.block({ atMs: told * 4_000, caller: sound, assistant: sound })
    // oxlint-disable-next-line no-await-in-loop -- what is quick reads
    await new Promise(setImmediate)
  }
  expect(of('call_1').size).toBe(1)
  await vi.waitFor(() => expect(heard).toBe(told * (4 + 64_000)))
  slow.socket.terminate()
  quick.socket.close()
  await gone('call_1', 0)
})

it('listening ends with the call', async () => {
  const { closed } = await opened('call_2')
  for (const { over } of of('call_2')) over()
  expect(await closed).toBe(1000)
  await gone('call_2', 0)
})

it('listening ends when somebody is given a lesser role, or their key is revoked', async () => {
  const ask = async (method: 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) =>
    (
      await gateway.app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
        ...(payload ? { payload } : {}),
      })
    ).json<{ key: string; id: string }>()
  await ask('POST', '/people', { name: 'Ann', role: 'owner' })
  const [first, second] = [await ask('POST', '/people/Ann/keys', {}), await ask('POST', '/people/Ann/keys', {})]
  const [one, other] = [await opened('call_3', first.key), await opened('call_3', second.key)]
  await ask('DELETE', `/keys/${first.id}`)
  expect(await one.closed).toBe(4003)
  await gone('call_3', 1)
  await ask('PUT', '/people/Ann', { role: 'manager' })
  expect(await other.closed).toBe(4003)
  await gone('call_3', 0)
  expect(await listen('call_3', second.key).answered).toBe(403)
})
