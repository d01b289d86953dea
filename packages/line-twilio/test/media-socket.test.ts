import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { linkedSockets } from '@llc-phone/core/testing/linked-sockets'
import { afterAll, beforeAll } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { testMediaSocket } from './support/media-socket.ts'

let server: WebSocketServer

beforeAll(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false })
  await once(server, 'listening')
})

afterAll(() => {
  for (const client of server.clients) client.terminate()
  server.close()
})

testMediaSocket('a real connection', async () => {
  const accepted = once(server, 'connection') as Promise<[WebSocket]>
  const far = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { perMessageDeflate: false })
  const [[near]] = await Promise.all([accepted, once(far, 'open')])
  return { near, far, close: () => far.terminate() }
})

testMediaSocket('linked sockets', async () => {
  const [near, far] = linkedSockets()
  return { near, far, close: () => far.terminate() }
})
