import { expect, it } from 'vitest'
import { createRoom, type RoomLimits } from '../../src/call/room.ts'
import { fakeClock } from '../../src/testing/index.ts'

const set = (limits: Partial<RoomLimits> = {}) => {
  const clock = fakeClock()
  let live = 0
  const room = createRoom(clock, { calls: 100, startsPerSecond: 1_000, loopDelayMs: 60, ...limits }, () => live)
  return { clock, room, begin: (calls: number) => (live = calls) }
}

it('has room for so many calls, and keeps the last fifth of it for those who call', () => {
  const { room, begin } = set()
  const seen = [0, 79, 80, 99, 100].map((calls) => {
    begin(calls)
    return [room.refuse('inbound'), room.refuse('outbound'), room.level]
  })
  expect(seen).toEqual([
    [undefined, undefined, 'normal'],
    [undefined, undefined, 'normal'],
    [undefined, 'calls', 'tight'],
    [undefined, 'calls', 'tight'],
    ['calls', 'calls', 'full'],
  ])
})

it('has room for one outbound call, however small it is', () => {
  expect(set({ calls: 1 }).room.refuse('outbound')).toBeUndefined()
})

it('opens so many calls in a second, and takes nothing for an answer alone', async () => {
  const { room, clock } = set({ startsPerSecond: 2 })
  for (let n = 0; n < 10; n++) expect(room.refuse('inbound')).toBeUndefined()
  room.started()
  room.started()
  expect([room.refuse('inbound'), room.refuse('outbound')]).toEqual(['starts', 'starts'])
  await clock.advance(500)
  expect(room.refuse('inbound')).toBeUndefined()
})

it('opens one call in so many seconds where that is what is set', async () => {
  const { room, clock } = set({ startsPerSecond: 0.2 })
  expect(room.refuse('inbound')).toBeUndefined()
  room.started()
  await clock.advance(4_999)
  expect(room.refuse('inbound')).toBe('starts')
  await clock.advance(1)
  expect(room.refuse('inbound')).toBeUndefined()
})

it('lets calls that return overdraw the second, and makes up for it within the next', async () => {
  const { room, clock } = set({ startsPerSecond: 10 })
  for (let n = 0; n < 200; n++) room.started()
  await clock.advance(1_000)
  expect(room.refuse('inbound')).toBe('starts')
  await clock.advance(100)
  expect(room.refuse('inbound')).toBeUndefined()
})

it.each([
  { delayMs: 500, heapShare: 0 },
  { delayMs: 0, heapShare: 0.9 },
])('is never refused to the only caller, whatever else the machine does: %j', (sample) => {
  const { room, begin } = set()
  for (let seconds = 0; seconds < 10; seconds++) room.sample(sample)
  expect([room.refuse('inbound'), room.refuse('outbound'), room.level]).toEqual([undefined, undefined, 'normal'])
  begin(1)
  expect(room.refuse('inbound')).toBeDefined()
})

it('says what there was too much of', () => {
  const { room, begin } = set()
  begin(1)
  room.sample({ delayMs: 90, heapShare: 0 })
  expect([room.refuse('inbound'), room.refuse('outbound'), room.level]).toEqual([undefined, 'delay', 'tight'])
  room.sample({ delayMs: 90, heapShare: 0 })
  expect([room.refuse('inbound'), room.level]).toEqual(['delay', 'full'])
  const other = set().room
  other.quota({ type: 'refused' })
  expect(other.refuse('inbound')).toBe('model')
})
