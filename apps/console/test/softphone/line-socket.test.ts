import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { ToSoftphone } from '@llc-phone/virtual-carrier/line-protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer, type WebSocket as ServerSocket } from 'ws'
import { openLine } from '../../src/parts/softphone/line-socket.ts'

let server: WebSocketServer
let origin: string
let paths: string[]

beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  origin = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
  paths = []
  server.on('connection', (_socket, { url }) => paths.push(url ?? ''))
})

afterEach(() => server.close())

const rig = () => {
  const told: string[] = []
  const line = openLine(new URL(`${origin}/console/line/first`), {
    message: (message) => told.push(message.event === 'state' ? message.state : message.event),
    lost: () => told.push('lost'),
    found: () => told.push('found'),
    gone: () => told.push('gone'),
  })
  return { told, line }
}

const connected = async (): Promise<ServerSocket> => ((await once(server, 'connection')) as [ServerSocket])[0]
const tell = (socket: ServerSocket, message: ToSoftphone): void => socket.send(JSON.stringify(message))
const until = async (isTrue: () => boolean): Promise<void> => {
  await expect.poll(isTrue, { timeout: 10_000, interval: 20 }).toBe(true)
}

describe('the line', () => {
  it('comes back to the same call at the address it was given, and says then what it could not say', async () => {
    const { told, line } = rig()
    const first = await connected()
    tell(first, { event: 'state', state: 'live', again: '/console/line/second' })
    await until(() => told.includes('live'))
    const next = connected()
    first.terminate()
    await until(() => told.includes('lost'))
    line.send({ event: 'media', media: { payload: 'late' } })
    line.send({ event: 'mark', mark: { name: 'm1' } })
    const second = await next
    const [data] = (await once(second, 'message')) as [Buffer]
    expect(JSON.parse(data.toString())).toEqual({ event: 'mark', mark: { name: 'm1' } })
    expect(paths).toEqual(['/console/line/first', '/console/line/second'])
    expect(told).toEqual(['live', 'lost', 'found'])
    line.close()
  })

  it('is gone when there is nothing to come back to', async () => {
    const { told } = rig()
    const first = await connected()
    first.terminate()
    await until(() => told.includes('gone'))
    expect(told).toEqual(['gone'])
  })

  it('is over when the call has ended: a socket that closes then is no loss', async () => {
    const { told } = rig()
    const first = await connected()
    tell(first, { event: 'state', state: 'live', again: '/console/line/second' })
    tell(first, { event: 'state', state: 'ended' })
    await once(first, 'close')
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(told).toEqual(['live', 'ended'])
  })

  it('leaves out what is no message', async () => {
    const { told, line } = rig()
    const first = await connected()
    first.send('no json')
    tell(first, { event: 'clear' })
    await until(() => told.length > 0)
    expect(told).toEqual(['clear'])
    line.close()
  })
})

/** Sockets that a test opens, fills and closes, and what the line tells. */
const fakeRig = () => {
  const told: string[] = []
  const sockets: (EventTarget & { readyState: number; bufferedAmount: number; isClosed: boolean; url: string })[] = []
  const line = openLine(
    new URL('ws://gateway.example/console/line/first'),
    {
      message: () => {},
      lost: () => told.push('lost'),
      found: () => told.push('found'),
      gone: () => told.push('gone'),
    },
    (url) => {
      const socket = Object.assign(new EventTarget(), {
        url,
        readyState: 0,
        bufferedAmount: 0,
        isClosed: false,
        send: () => {},
        close: () => void (socket.isClosed = true),
      })
      sockets.push(socket)
      return socket as unknown as WebSocket
    },
  )
  const open = (at: number): void => {
    sockets[at]!.readyState = 1
    sockets[at]!.dispatchEvent(new Event('open'))
  }
  const tellAgain = (): void => {
    const data = JSON.stringify({ event: 'state', state: 'live', again: '/console/line/second' })
    sockets[0]!.dispatchEvent(Object.assign(new Event('message'), { data }))
  }
  /** The microphone for so long (ms). */
  const speak = (forMs: number): void => {
    for (let at = 0; at < forMs; at += 20) {
      vi.advanceTimersByTime(20)
      line.send({ event: 'media', media: { payload: 'x' } })
    }
  }
  return { told, sockets, line, open, tellAgain, speak }
}

describe('a network that is gone without a word', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is noticed by audio that does not leave: another socket is opened', () => {
    const { told, sockets, open, tellAgain, speak } = fakeRig()
    open(0)
    tellAgain()
    sockets[0]!.bufferedAmount = 1_000_000
    speak(2_900)
    expect(told).toEqual([])
    sockets[0]!.bufferedAmount = 0
    speak(40)
    sockets[0]!.bufferedAmount = 1_000_000
    speak(3_600)
    expect([told, sockets[0]!.isClosed, sockets[1]?.url]).toEqual([
      ['lost'],
      true,
      'ws://gateway.example/console/line/second',
    ])
    open(1)
    // The one before says at last that it is closed.
    sockets[0]!.dispatchEvent(new Event('close'))
    vi.advanceTimersByTime(10_000)
    expect([told, sockets.length]).toEqual([['lost', 'found'], 2])
  })

  it('ends the call after four seconds, also while a connection is being tried', () => {
    const { told, sockets, open, tellAgain } = fakeRig()
    open(0)
    tellAgain()
    sockets[0]!.dispatchEvent(new Event('close'))
    vi.advanceTimersByTime(3_900)
    expect([told, sockets.length]).toEqual([['lost'], 2])
    vi.advanceTimersByTime(200)
    expect([told, sockets[1]!.isClosed]).toEqual([['lost', 'gone'], true])
  })

  it('is told when not even the first connection comes about', () => {
    const { told } = fakeRig()
    vi.advanceTimersByTime(10_100)
    expect(told).toEqual(['gone'])
  })
})
