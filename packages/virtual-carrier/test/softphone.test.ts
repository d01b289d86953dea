import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { createSoftphone, KEPT_MS } from '../src/softphone.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A socket whose far side is the test. */
const fakeSocket = (isAwake = true) => {
  const sent: string[] = []
  const socket = Object.assign(new EventEmitter(), {
    readyState: 1,
    bufferedAmount: 0,
    send: (text: string) => void sent.push(text),
    close(code: number) {
      socket.readyState = 2
      sent.push(`close ${code}`)
    },
    ping: () => void (isAwake && socket.emit('pong')),
    terminate: () => void socket.emit('close'),
  })
  return {
    socket: socket as unknown as WebSocket,
    sent,
    says: (text: string) => void socket.emit('message', Buffer.from(text), false),
  }
}

const open = () => {
  const received: string[] = []
  const gone: string[] = []
  const softphone = createSoftphone({
    received: ({ event }) => void received.push(event),
    attached: () => undefined,
    gone: (why) => void gone.push(why),
  })
  return { softphone, received, gone }
}

test('a call for which no softphone comes does not go on', () => {
  const { gone } = open()
  vi.advanceTimersByTime(KEPT_MS)
  expect(gone).toEqual(['no softphone came'])
})

test('it is waited for no longer once it is there, and again when it is lost', () => {
  const { softphone, gone } = open()
  const { socket } = fakeSocket()
  softphone.attach(socket)
  vi.advanceTimersByTime(10 * KEPT_MS)
  expect(gone).toEqual([])
  socket.terminate()
  vi.advanceTimersByTime(KEPT_MS)
  expect(gone).toEqual(['the softphone was lost'])
})

test('a socket that comes back to a call that is over is closed', () => {
  const { softphone, gone } = open()
  softphone.close()
  const { socket, sent } = fakeSocket()
  softphone.attach(socket)
  vi.advanceTimersByTime(10 * KEPT_MS)
  expect([sent, gone]).toEqual([['close 1000'], []])
})

test.each([
  ['messages of no form', '{"event":"nonsense"}'],
  ['keys without end', '{"event":"dtmf","dtmf":{"digit":"1"}}'],
  ['marks without end', '{"event":"mark","mark":{"name":"x"}}'],
  ['audio faster than anybody speaks', JSON.stringify({ event: 'media', media: { payload: `${'A'.repeat(214)}==` } })],
  ['lines without end', '{"event":"say","text":"hello"}'],
])('%s end it once, and nothing of that socket is read any more', (_what, text) => {
  const { softphone, received, gone } = open()
  const { socket, sent, says } = fakeSocket()
  softphone.attach(socket)
  for (let n = 0; n < 20_000; n++) says(text)
  expect(gone).toEqual(['what came over the line was no softphone'])
  expect(sent.filter((each) => each.startsWith('close'))).toEqual(['close 1008'])
  expect(received.length).toBeLessThanOrEqual(1_000)
})

test('a page that sleeps says nothing, and is given up', () => {
  const { softphone, gone } = open()
  softphone.attach(fakeSocket(false).socket)
  vi.advanceTimersByTime(10_000 + KEPT_MS)
  expect(gone).toEqual(['the softphone was lost'])
})

test('a page that comes back in another socket is not given up with the one before', () => {
  const { softphone, gone } = open()
  softphone.attach(fakeSocket(false).socket)
  vi.advanceTimersByTime(3_000)
  softphone.attach(fakeSocket().socket)
  vi.advanceTimersByTime(30_000)
  expect([gone, softphone.isThere]).toEqual([[], true])
})
