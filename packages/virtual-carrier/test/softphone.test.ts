import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createSoftphone, KEPT_MS } from '../src/softphone.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const page = (answers: boolean) => {
  const socket = Object.assign(new EventEmitter(), {
    readyState: 1,
    bufferedAmount: 0,
    send: vi.fn(),
    close: vi.fn(),
    ping: () => void (answers && socket.emit('pong')),
    terminate: () => void socket.emit('close', 1006),
  })
  return socket as unknown as WebSocket & EventEmitter
}

it.each([
  ['stays, though it says nothing', true, []],
  ['sleeps, and is given up', false, ['the softphone was lost']],
])('a page that %s', (_, answers, expected) => {
  const gone: string[] = []
  const softphone = createSoftphone({ received: () => {}, attached: () => {}, gone: (why) => gone.push(why) })
  softphone.attach(page(answers))
  vi.advanceTimersByTime(10_000 + KEPT_MS)
  expect(gone).toEqual(expected)
  softphone.close()
})

it('a page that comes back in another socket is not given up with the one before', () => {
  const gone: string[] = []
  const softphone = createSoftphone({ received: () => {}, attached: () => {}, gone: (why) => gone.push(why) })
  const [first, second] = [page(false), page(true)]
  softphone.attach(first)
  vi.advanceTimersByTime(3_000)
  softphone.attach(second)
  vi.advanceTimersByTime(30_000)
  expect([gone, softphone.isThere]).toEqual([[], true])
  softphone.close()
})
