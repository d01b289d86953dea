import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { CallNotice, CallSession } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import fc from 'fast-check'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createCallFeed, type FeedWish } from '../src/watching/call-feed.ts'
import { createFeedLog } from '../src/watching/feed-log.ts'

const callOf = (callId: string) =>
  ({
    facts: {
      callId,
      legId: `CA${callId}`,
      direction: 'inbound',
      otherParty: { number: '+14155550199' },
      dialled: '+14155550101',
      startedAt: new Date(0),
    },
    mode: { name: 'frontDesk' },
    state: { phase: 'live' },
  }) as unknown as CallSession

const said = (text: string): CallNotice => ({ type: 'transcript', speaker: 'caller', text })
const ended: CallNotice = { type: 'phase', phase: 'ended', disposition: 'caller_hung_up' }

/** One reader's connection. */
const connection = () => {
  const chunks: string[] = []
  const response = Object.assign(new EventEmitter(), {
    writableLength: 0,
    writeHead: () => undefined,
    write: (chunk: string) => void chunks.push(chunk),
    end: () => void response.emit('close'),
    destroy: () => void response.emit('close'),
  })
  const fields = (name: string) =>
    [...chunks.join('').matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map(([, value]) => value!)
  return {
    response: response as unknown as ServerResponse,
    cut: () => response.emit('close'),
    events: () => fields('event'),
    lastId: () => fields('id').at(-1)!,
    data: () => fields('data').map((json) => JSON.parse(json) as Record<string, unknown>),
    text: () => chunks.join(''),
    writes: () => chunks.length,
  }
}

const openFeed = (limit?: number) => {
  const clock = fakeClock()
  const feed = createCallFeed(clock, createFeedLog('boot1', limit))
  onTestFinished(() => feed.close())
  const read = (wish?: FeedWish) => {
    const reader = connection()
    feed.subscribe(reader.response, wish)
    return reader
  }
  return { feed, clock, read }
}

it('tells the head of a call when it is opened and ended, with ids, times and masked numbers', () => {
  const { feed, read } = openFeed()
  const reader = read()
  feed.publish(callOf('a'), said('I am on +14155550123.'))
  feed.publish(callOf('a'), ended)
  expect(reader.events()).toEqual(['opened', 'transcript', 'phase', 'ended'])
  expect(reader.data()[0]).toMatchObject({
    callId: 'a',
    caller: '+1415•••0199',
    phase: 'live',
    atMs: expect.any(Number),
  })
  expect(reader.data()[3]).toMatchObject({ type: 'ended', disposition: 'caller_hung_up', endedAt: expect.any(String) })
  expect(reader.lastId()).toBe('boot1.4')
  expect(reader.text()).not.toContain('4155550123')
})

it('gives each event once and in order across any cuts, or says that some are gone', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.record({ say: fc.nat(2) }), fc.constant('cut'), fc.constant('come')), { maxLength: 60 }),
      fc.integer({ min: 1, max: 30 }),
      (steps, limit) => {
        const { feed, read } = openFeed(limit)
        let n = 0
        let last = read().lastId()
        let reader: ReturnType<typeof read> | undefined
        let seen: number[] = []
        let from = 0
        const take = (): void => {
          if (!reader) return
          if (reader.events().includes('reset')) [seen, from] = [[], Number.NaN]
          seen.push(...reader.data().flatMap(({ text }) => (typeof text === 'string' ? [Number(text)] : [])))
          last = reader.lastId()
          reader.cut()
          reader = undefined
        }
        for (const step of steps) {
          if (step === 'cut') take()
          else if (step === 'come') reader ??= read({ lastEventId: last })
          else feed.publish(callOf(`call ${step.say}`), said(String(n++)))
        }
        reader ??= read({ lastEventId: last })
        take()
        const first = Number.isNaN(from) ? (seen[0] ?? n) : 0
        expect(seen).toEqual(Array.from({ length: n - first }, (_, index) => first + index))
      },
    ),
    { numRuns: 200 },
  )
})

it('resets a reader of another process, and one who comes back too late', async () => {
  const { feed, read, clock } = openFeed(3)
  const reader = read()
  expect(read({ lastEventId: 'other.1' }).events()).toEqual(['reset'])
  expect(read({ lastEventId: 'boot1.99' }).events()).toEqual(['reset'])
  expect(read({ lastEventId: '<b>' }).events()).toEqual(['reset'])
  const id = reader.lastId()
  for (let n = 0; n < 5; n++) feed.publish(callOf('a'), said('x'))
  expect(read({ lastEventId: id }).events()).toEqual(['reset'])
  expect(read({ lastEventId: 'boot1.4' }).events()).toHaveLength(2)
  await clock.advance(15_000)
  expect(reader.text()).toContain(': still here\nid: boot1.6')
})

it('keeps nothing once nobody has read for five minutes', async () => {
  const { feed, read, clock } = openFeed()
  const reader = read()
  const id = reader.lastId()
  reader.cut()
  feed.publish(callOf('a'), said('x'))
  expect(read({ lastEventId: id }).events()).toEqual(['opened', 'transcript'])
  const again = read()
  again.cut()
  const { feed: other, read: readOther, clock: later } = openFeed()
  const gone = readOther()
  gone.cut()
  await later.advance(300_000)
  other.publish(callOf('a'), said('x'))
  expect(readOther({ lastEventId: gone.lastId() }).events()).toEqual(['reset'])
  await clock.advance(0)
})

it('sends what is asked for: some calls, some kinds, samples of the relay only then', () => {
  const { feed, read } = openFeed()
  const sample: CallNotice = { type: 'latency', measure: 'relay_in', ms: 1 }
  const all = read()
  feed.publish(callOf('a'), sample)
  const [ofB, words, relay] = [read({ calls: ['b'] }), read({ only: ['transcript'] }), read({ only: ['relay'] })]
  for (const id of ['a', 'b']) for (const notice of [sample, said('x')]) feed.publish(callOf(id), notice)
  expect(all.events()).toEqual(['transcript', 'opened', 'transcript'])
  expect(ofB.data().map(({ callId }) => callId)).toEqual(['b', 'b'])
  expect(words.events()).toEqual(['transcript', 'transcript'])
  expect(relay.data().map(({ measure }) => measure)).toEqual(['relay_in', 'relay_in'])
})

it('tells a list one thing of each call and second, also after a cut', async () => {
  const { feed, read, clock } = openFeed()
  const list = read({ level: 'list' })
  for (let n = 0; n < 20; n++) feed.publish(callOf('a'), said(`word ${n}`))
  expect(list.events()).toEqual(['opened'])
  await clock.advance(1_000)
  expect(list.data().slice(1)).toMatchObject([{ type: 'call', callId: 'a', phase: 'live', words: 'word 19' }])
  const id = list.lastId()
  list.cut()
  for (let n = 0; n < 5; n++) feed.publish(callOf('a'), said('more'))
  const back = read({ level: 'list', lastEventId: id })
  await clock.advance(1_000)
  expect(back.data()).toMatchObject([{ type: 'call', words: 'more' }])
})

it('makes the text of a call once for all lists, and writes to each once a second', async () => {
  const { feed, read, clock } = openFeed()
  const lists = [read({ level: 'list' }), read({ level: 'list' }), read({ level: 'list', calls: ['b'] })]
  for (const id of ['a', 'b']) feed.publish(callOf(id), said(`of ${id}`))
  const before = lists.map(({ writes }) => writes())
  const toJson = vi.spyOn(JSON, 'stringify')
  await clock.advance(1_000)
  const made = toJson.mock.calls.length
  toJson.mockRestore()
  expect(made).toBe(2)
  expect(lists.map(({ writes }, index) => writes() - before[index]!)).toEqual([1, 1, 1])
  expect(lists.map((list) => list.data().at(-1)!['words'])).toEqual(['of b', 'of b', 'of b'])
  expect(lists.map((list) => list.events().filter((type) => type === 'call').length)).toEqual([2, 2, 1])
})

it('tells a list everything of the calls that are looked at', () => {
  const { feed, read } = openFeed()
  const list = read({ level: 'list', detail: ['b'] })
  for (const id of ['a', 'b']) for (const notice of [said('x')]) feed.publish(callOf(id), notice)
  expect(list.data().map(({ callId, type }) => `${String(callId)} ${String(type)}`)).toEqual([
    'a opened',
    'b opened',
    'b transcript',
  ])
})

it('has nothing more of a call that is forgotten', () => {
  const { feed, read } = openFeed()
  const id = read().lastId()
  feed.publish(callOf('a'), said('x'))
  feed.publish(callOf('b'), said('y'))
  feed.forget(['a'])
  expect(
    read({ lastEventId: id })
      .data()
      .map(({ callId }) => callId),
  ).toEqual(['b', 'b'])
})
