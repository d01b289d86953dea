import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import type { ToSoftphone } from '@llc-phone/virtual-carrier/line-protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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
