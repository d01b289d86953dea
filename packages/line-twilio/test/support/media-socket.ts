import { once } from 'node:events'
import { fakeClock } from '@llc-phone/core/testing/fake-clock'
import type { LinkedSocket } from '@llc-phone/core/testing/linked-sockets'
import { describe, expect, it, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { acceptMediaStream } from '../../src/media/stream.ts'
import { tellingListener } from './telling-listener.ts'

/** Two ends of one open connection: ours, and the one that stands for Twilio. */
export interface SocketPair {
  readonly near: WebSocket
  readonly far: WebSocket | LinkedSocket
  close(): void
}

type Connect = () => Promise<SocketPair>
type End = SocketPair['far']

const SMALL = Buffer.alloc(65_536, 'a').toString()

/** Text messages of an end, as they come. */
const messagesOf = (end: End): string[] => {
  const all: string[] = []
  end.on('message', (data: Buffer) => void all.push(data.toString()))
  return all
}

const closeOf = async (end: End): Promise<[code: number, reason: string]> => {
  const [code, reason] = (await once(end, 'close')) as [number, Buffer]
  return [code, reason.toString()]
}

const testSocket = (connect: Connect): void => {
  it('brings messages later, in order, as buffers, and tells text from binary', async () => {
    const { near, far, close } = await connect()
    const got: unknown[] = []
    far.on(
      'message',
      (data: Buffer, isBinary: boolean) => void got.push([Buffer.isBuffer(data), data.toString(), isBinary]),
    )
    near.send('one')
    near.send(Buffer.from('two'))
    near.send('three')
    expect(got, 'not before the sender is done').toEqual([])
    await vi.waitFor(() => expect(got).toHaveLength(3))
    expect(got).toEqual([
      [true, 'one', false],
      [true, 'two', true],
      [true, 'three', false],
    ])
    close()
  })

  it('brings what was sent before a close, then the close with its code and reason, to both ends', async () => {
    const { near, far } = await connect()
    const order = messagesOf(far)
    far.on('close', () => void order.push('close'))
    near.send('last words')
    near.close(1008, 'because')
    expect(near.readyState, 'not closed yet').toBe(near.CLOSING)
    expect(await Promise.all([closeOf(near), closeOf(far)])).toEqual([
      [1008, 'because'],
      [1008, 'because'],
    ])
    expect([near.readyState, far.readyState]).toEqual([near.CLOSED, near.CLOSED])
    expect(order).toEqual(['last words', 'close'])
  })

  it('tells 1005 of a close without a code', async () => {
    const { near, far } = await connect()
    far.close()
    expect(await Promise.all([closeOf(near), closeOf(far)])).toEqual([
      [1005, ''],
      [1005, ''],
    ])
  })

  it('still brings what the other end sent before it heard of our close', async () => {
    const { near, far } = await connect()
    const got = messagesOf(near)
    far.send('crossing')
    near.close(1000)
    await closeOf(near)
    expect(got).toEqual(['crossing'])
  })

  it('closes once, when both ends close at the same time or one closes twice', async () => {
    const { near, far } = await connect()
    let closes = 0
    near.on('close', () => void closes++)
    far.on('close', () => void closes++)
    const both = Promise.all([closeOf(near), closeOf(far)])
    near.close(1000)
    far.close(1001)
    near.close(1011)
    expect(await both, 'each end hears what the other said').toEqual([
      [1001, ''],
      [1000, ''],
    ])
    near.close(1000)
    near.terminate()
    await new Promise((resolve) => setImmediate(resolve))
    expect(closes).toBe(2)
  })

  it.each([0, 999, 1004, 1005, 1006, 1015, 2_000, 5_000])('refuses to close with %i, and stays open', async (code) => {
    const { near, close } = await connect()
    expect(() => near.close(code)).toThrow(TypeError)
    expect(near.readyState).toBe(near.OPEN)
    close()
  })

  it('refuses a reason that does not fit its frame', async () => {
    const { near, close } = await connect()
    expect(() => near.close(1000, 'x'.repeat(124))).toThrow(RangeError)
    close()
  })

  it('tells 1006 of an end without a word, to both ends and not at once', async () => {
    const { near, far } = await connect()
    const both = Promise.all([closeOf(near), closeOf(far)])
    far.terminate()
    expect(near.readyState).toBe(near.OPEN)
    expect(await both).toEqual([
      [1006, ''],
      [1006, ''],
    ])
  })

  it('drops what is sent too late: nothing throws, the callback is told, and it counts as not sent', async () => {
    const { near, far } = await connect()
    const got = messagesOf(far)
    const closed = closeOf(far)
    near.close(1000)
    const told = new Promise((resolve) => near.send('late', resolve))
    near.ping()
    expect(near.bufferedAmount).toBeGreaterThanOrEqual(4)
    expect(await told).toBeInstanceOf(Error)
    await closed
    near.send('later')
    expect(got).toEqual([])
  })

  it('answers a ping later, by itself, with what it carried', async () => {
    const { near, close } = await connect()
    let answer: string | undefined
    near.on('pong', (data: Buffer) => void (answer = data.toString()))
    near.ping('7')
    expect(answer).toBeUndefined()
    await vi.waitFor(() => expect(answer).toBe('7'))
    close()
  })

  it('keeps for an end that takes nothing, and says how much; nothing is lost when it goes on', async () => {
    const { near, far, close } = await connect()
    const got = messagesOf(far)
    far.pause()
    const sent = Array.from({ length: 400 }, (_, index) => `${index} ${SMALL}`)
    for (const message of sent) near.send(message)
    let pongs = 0
    near.on('pong', () => void pongs++)
    near.ping()
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(near.bufferedAmount).toBeGreaterThan(1_000_000)
    expect(pongs).toBe(0)
    far.resume()
    await vi.waitFor(() => expect(pongs).toBe(1), 5_000)
    expect(got.map((message) => message.split(' ')[0])).toEqual(sent.map((_, index) => String(index)))
    await vi.waitFor(() => expect(near.bufferedAmount).toBe(0))
    close()
  })
}

const start = { event: 'start', streamSid: 'MZ1', start: { callSid: 'CA1' } }

const openStream = async (connect: Connect) => {
  const { near, far, close } = await connect()
  const clock = fakeClock()
  const { listener, told } = tellingListener()
  const stream = acceptMediaStream(near, clock)(listener, (legId) => legId === 'CA1')
  const say = (...frames: object[]): void => {
    for (const frame of frames) far.send(JSON.stringify(frame))
  }
  const begin = async (): Promise<void> => {
    say({ event: 'connected' }, start)
    await vi.waitFor(() => expect(told).toContain('roundTrip'))
    told.length = 0
  }
  const hears = (...what: unknown[]) => vi.waitFor(() => expect(told).toEqual(what))
  return { near, far, close, clock, told, stream, say, begin, hears }
}

const testStream = (connect: Connect): void => {
  it('hears a start, audio, marks and keys in their order, and measures how far away Twilio is', async () => {
    const { say, hears, close } = await openStream(connect)
    say(
      { event: 'connected' },
      start,
      { event: 'media', media: { payload: 'AAAA', timestamp: '20' } },
      { event: 'mark', mark: { name: '0:1' } },
      { event: 'dtmf', dtmf: { digit: '7' } },
    )
    await hears('started', ['audio', 'AAAA', 20], ['heard', '0:1'], ['key', '7'], 'roundTrip')
    close()
  })

  it('sends audio, marks and a clear in their order', async () => {
    const { far, begin, stream, close } = await openStream(connect)
    const got = messagesOf(far)
    await begin()
    stream.play('AAAA')
    stream.mark('0:1')
    stream.clear()
    await vi.waitFor(() => expect(got).toHaveLength(3))
    expect(got.map((text) => JSON.parse(text).event)).toEqual(['media', 'mark', 'clear'])
    close()
  })

  it('tells a stop from a line that drops, once', async () => {
    const stopped = await openStream(connect)
    await stopped.begin()
    const code = closeOf(stopped.far)
    stopped.say({ event: 'stop' })
    expect(await code).toEqual([1000, ''])
    await stopped.hears(['gone', true])
    const dropped = await openStream(connect)
    await dropped.begin()
    dropped.far.terminate()
    await dropped.hears(['gone', false])
    expect(stopped.told).toEqual([['gone', true]])
  })

  it.each<[what: string, data: string | Buffer, code: number, reason: string]>([
    ['the start of another call', JSON.stringify({ ...start, start: { callSid: 'CA2' } }), 1008, 'start_mismatch'],
    ['audio before its start', '{"event":"media","media":{"payload":"AAAA","timestamp":"0"}}', 1008, 'start_missing'],
    ['broken JSON before its start', '{"event":', 1007, 'frame_invalid'],
    ['a binary frame before its start', Buffer.from([1]), 1003, 'frame_invalid'],
  ])('refuses %s and says why', async (_what, data, code, reason) => {
    const { far, hears } = await openStream(connect)
    const closed = closeOf(far)
    far.send(data)
    expect(await closed).toEqual([code, reason])
    await hears(['problem', reason], ['gone', false])
  })

  it('is told of the end of a stream that we close, once, and sends nothing any more', async () => {
    const { far, begin, stream, hears } = await openStream(connect)
    const got = messagesOf(far)
    await begin()
    stream.close()
    stream.play('AAAA')
    stream.close()
    await hears(['gone', false])
    stream.play('AAAA')
    expect(got).toEqual([])
  })

  it('gives up a line that takes nothing and answers no ping', async () => {
    const { far, begin, clock, hears } = await openStream(connect)
    await begin()
    far.pause()
    await clock.advance(14_000)
    await hears(['problem', 'media_silent'], ['gone', false])
  })

  it('does not wait for a line that does not answer our close', async () => {
    const { far, begin, clock, stream, hears, told } = await openStream(connect)
    await begin()
    far.pause()
    stream.close()
    await clock.advance(1_000)
    expect(told).toEqual([])
    await clock.advance(2_000)
    await hears(['gone', false])
    expect(clock.pending, 'no timer is left').toBe(0)
  })
}

/**
 * What holds for media sockets, as vitest tests: what a socket does, and what a media stream makes of it. A socket
 * that is kinder than the wire hides faults.
 *
 * @example
 * testMediaSocket('linked sockets', async () => linkedPair())
 */
export const testMediaSocket = (name: string, connect: Connect): void => {
  describe(`a media socket over ${name}`, () => {
    testSocket(connect)
    testStream(connect)
  })
}
