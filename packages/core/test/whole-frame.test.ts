import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { PassThrough } from 'node:stream'
import { afterEach, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { wholeFrames } from '../src/whole-frame.ts'

const servers: WebSocketServer[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const socket of server.clients) socket.terminate()
    server.close()
  }
})

/** Both ends of a connection over TCP, and the connections below them. */
const connected = async (options: { perMessageDeflate?: boolean } = {}) => {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0, ...options })
  servers.push(server)
  await once(server, 'listening')
  const accepted = once(server, 'connection') as Promise<[WebSocket, IncomingMessage]>
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, options)
  const upgraded = once(client, 'upgrade') as Promise<[IncomingMessage]>
  await once(client, 'open')
  const [socket, request] = await accepted
  const [response] = await upgraded
  return { client, clientRaw: response.socket, server: socket, serverRaw: request.socket }
}

/** What arrives at the other end: messages as text, pings as `ping`. */
const arrivalsOf = (socket: WebSocket): string[] => {
  const arrivals: string[] = []
  socket.on('message', (data) => arrivals.push((data as Buffer).toString()))
  socket.on('ping', () => arrivals.push('ping'))
  return arrivals
}

const sides = [
  [
    'the client',
    async () => {
      const { client, clientRaw, server } = await connected()
      return { socket: client, raw: clientRaw, far: server, masked: true }
    },
  ],
  [
    'the server',
    async () => {
      const { client, server, serverRaw } = await connected()
      return { socket: server, raw: serverRaw, far: client, masked: false }
    },
  ],
] as const

it.each(sides)('sends from %s every length and every character as it is, each in one write', async (_side, open) => {
  const { socket, raw, far, masked } = await open()
  const arrivals = arrivalsOf(far)
  const write = vi.spyOn(raw, 'write')
  const send = wholeFrames(socket, raw, masked)
  const texts = [0, 1, 2, 3, 124, 125, 126, 127, 128, 262, 4_000, 21_000].map((length) => 'a'.repeat(length))
  texts.push('é', '😀'.repeat(40), 'ä'.repeat(126), '"\\\u0000')
  for (const text of texts) send(text)
  expect(write).toHaveBeenCalledTimes(texts.length)
  await vi.waitFor(() => expect(arrivals).toHaveLength(texts.length))
  expect(arrivals).toEqual(texts)
})

it.each(sides)('keeps from %s the order with what the socket sends itself', async (_side, open) => {
  const { socket, raw, far, masked } = await open()
  const arrivals = arrivalsOf(far)
  const send = wholeFrames(socket, raw, masked)
  const long = 'c'.repeat(70_000)
  send('1')
  socket.send('2')
  socket.ping()
  send('3')
  send(long)
  socket.send('4')
  send('5')
  await vi.waitFor(() => expect(arrivals).toHaveLength(7))
  expect(arrivals).toEqual(['1', '2', 'ping', '3', long, '4', '5'])
})

it.each(sides)('counts from %s what a slow reader has not taken, and loses nothing of it', async (_side, open) => {
  const { socket, raw, far, masked } = await open()
  const arrivals = arrivalsOf(far)
  const send = wholeFrames(socket, raw, masked)
  far.pause()
  const texts: string[] = []
  while (socket.bufferedAmount < 500_000) {
    const text = `${texts.length} `.repeat(300)
    texts.push(text)
    send(text)
  }
  // Frames of others use the same memory meanwhile.
  const other = await connected()
  const sendOther = wholeFrames(other.client, other.clientRaw, true)
  for (let index = 0; index < 1_000; index++) sendOther('x'.repeat(500))
  far.resume()
  await vi.waitFor(() => expect(arrivals).toHaveLength(texts.length), 10_000)
  expect(arrivals).toEqual(texts)
  expect(socket.bufferedAmount).toBe(0)
})

it.each(sides)('sends nothing from %s behind a close', async (_side, open) => {
  const { socket, raw, far, masked } = await open()
  const arrivals = arrivalsOf(far)
  const closed = once(far, 'close')
  const send = wholeFrames(socket, raw, masked)
  socket.close(1000)
  send('late')
  expect((await closed)[0]).toBe(1000)
  send('later')
  expect(arrivals).toEqual([])
})

it('masks every message with a key of its own', async () => {
  const { client } = await connected()
  const below = new PassThrough()
  const send = wholeFrames(client, below, true)
  send('same')
  send('same')
  const sent = [below.read() as Buffer, below.read() as Buffer]
  expect(sent.map(({ length }) => length)).toEqual([6 + 4, 6 + 4])
  expect(sent[0]).not.toEqual(sent[1])
})

it('leaves to the socket what an extension was agreed on for', async () => {
  const { client, clientRaw, server } = await connected({ perMessageDeflate: true })
  expect(client.extensions).not.toBe('')
  const arrivals = arrivalsOf(server)
  const send = vi.spyOn(client, 'send')
  wholeFrames(client, clientRaw, true)('a'.repeat(2_000))
  expect(send).toHaveBeenCalledOnce()
  await vi.waitFor(() => expect(arrivals).toEqual(['a'.repeat(2_000)]))
})
