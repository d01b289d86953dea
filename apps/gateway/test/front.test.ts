import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { freePort } from '@llc-phone/core/testing'
import { afterEach, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { openFront, type Front } from '../dev/front.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A gateway that answers with its name, takes the streams of its own token, and refuses others. */
const gatewayNamed = async (name: string, ids: readonly string[]) => {
  const server: Server = createServer((request, response) => {
    void text(request).then((body) => response.end(`${name}: ${request.method} ${request.url} ${body}`))
  })
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (request.url !== `/media/${name}`) return void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n')
    return sockets.handleUpgrade(request, socket, head, (ws) =>
      ws.on('message', (data) => ws.send(`${name} ${(data as Buffer).toString()}`)),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(
    () => server.closeAllConnections(),
    () => server.close(),
  )
  return { port: (server.address() as AddressInfo).port, ids: new Set(ids) }
}

const opened = async (): Promise<{ front: Front; url: string }> => {
  const port = await freePort()
  const front = await openFront(port, '127.0.0.1')
  closers.push(() => front.close())
  return { front, url: `http://127.0.0.1:${port}` }
}

const post = async (url: string, body: string): Promise<string> => (await fetch(url, { method: 'POST', body })).text()

it('has requests wait for the first gateway', async () => {
  const { front, url } = await opened()
  const asked = post(`${url}/twiml`, 'CallSid=CA1')
  front.use(await gatewayNamed('first', []))
  expect(await asked).toBe('first: POST /twiml CallSid=CA1')
})

it('brings what is about a call of the gateway before to that one, by address or body, and all else to the new one', async () => {
  const { front, url } = await opened()
  const before = await gatewayNamed('before', ['CA1', 'call-1'])
  front.keep(before)
  front.use(await gatewayNamed('new', []))
  expect(await post(`${url}/twilio/status`, 'CallSid=CA1&CallStatus=completed')).toMatch(/^before: /)
  expect(await (await fetch(`${url}/calls/call-1`)).text()).toMatch(/^before: GET \/calls\/call-1/)
  expect(await post(`${url}/twiml`, 'CallSid=CA2')).toMatch(/^new: /)
  front.remove(before)
  expect(await post(`${url}/twilio/status`, 'CallSid=CA1')).toMatch(/^new: /)
})

it('brings a stream to the gateway that takes its token, and hands on the refusal when none does', async () => {
  const { front, url } = await opened()
  front.keep(await gatewayNamed('before', []))
  front.use(await gatewayNamed('new', []))
  const said = async (token: string): Promise<string> => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/media/${token}`)
    closers.push(() => socket.terminate())
    await once(socket, 'open')
    socket.send('frame')
    const [data] = (await once(socket, 'message')) as [Buffer]
    return data.toString()
  }
  expect(await said('new')).toBe('new frame')
  expect(await said('before')).toBe('before frame')
  await expect(said('nobody')).rejects.toThrow('403')
})
