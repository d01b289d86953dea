import { CallRefused, GatewayError } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { describe, expect, it } from 'vitest'
import { createCallQueue, type Turn } from '../src/call-queue.ts'
import { settle } from './support/rig.ts'

const createRig = (
  changes: { callsPerSecond?: number; maxConcurrent?: number; max?: number; maxAgeMs?: number } = {},
) => {
  const { callsPerSecond = 1, maxConcurrent = 10, max = 100, maxAgeMs = 60_000 } = changes
  const clock = fakeClock()
  const held = { is: false }
  const queue = createCallQueue(
    clock,
    () => ({ callsPerSecond, maxConcurrent, queue: { max, maxAgeMs } }),
    () => !held.is,
  )
  const turns: { name: string; atMs: number; turn: Turn }[] = []
  const refused: { name: string; error: GatewayError }[] = []
  const enter = (name: string): 'now' | 'soon' | 'later' | undefined => {
    const entered = queue.admit()?.enterQueue(clock.now() + maxAgeMs)
    entered?.turn.then(
      (turn) => turns.push({ name, atMs: clock.now(), turn }),
      (error: GatewayError) => refused.push({ name, error }),
    )
    return entered?.starts
  }
  return { clock, queue, turns, refused, enter, held }
}

it('keeps calls waiting while the process has no room, and starts them in order when it has', async () => {
  const clock = fakeClock()
  let hasRoom = false
  const queue = createCallQueue(
    clock,
    () => ({ callsPerSecond: 10, maxConcurrent: 10, queue: { max: 10, maxAgeMs: 60_000 } }),
    () => hasRoom,
  )
  const through: string[] = []
  const enter = (name: string) => {
    const place = queue.admit()!.enterQueue(clock.now() + 60_000)
    void place.turn.then(() => through.push(name))
    return place.starts
  }
  expect([enter('a'), enter('b')]).toEqual(['later', 'later'])
  await clock.advance(30_000)
  expect([through, queue.waiting]).toEqual([[], 2])
  hasRoom = true
  await clock.advance(600)
  expect(through).toEqual(['a', 'b'])
})

it('follows a policy that is changed while calls wait', async () => {
  const clock = fakeClock()
  const policy = { callsPerSecond: 10, maxConcurrent: 1, queue: { max: 1, maxAgeMs: 60_000 } }
  const queue = createCallQueue(clock, () => policy)
  const through: string[] = []
  const enter = async (name: string) => {
    const turn = await queue.admit()!.enterQueue(clock.now() + 60_000).turn
    through.push(name)
    return turn
  }
  const first = enter('a')
  void enter('b')
  await clock.advance(1_000)
  expect([through, queue.admit()]).toEqual([['a'], undefined])
  policy.maxConcurrent = 3
  policy.queue.max = 2
  void enter('c')
  await clock.advance(1_000)
  expect(through).toEqual(['a', 'b', 'c'])
  const turn = await first
  turn.release()
})

describe('the queue of calls', () => {
  it('lets the first one through at once and the others at the pace of the carrier, first come, first served', async () => {
    const { clock, turns, enter } = createRig()
    expect(['a', 'b', 'c', 'd'].map(enter)).toEqual(['now', 'soon', 'soon', 'soon'])
    await clock.advance(5_000)
    expect(turns.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['a', 0],
      ['b', 1_000],
      ['c', 2_000],
      ['d', 3_000],
    ])
  })

  it('starts no call while it is held, and the waiting ones at the usual pace afterwards', async () => {
    const { clock, turns, refused, enter, held } = createRig({ maxAgeMs: 60_000 })
    held.is = true
    expect(['a', 'b'].map(enter)).toEqual(['later', 'later'])
    await clock.advance(30_000)
    expect(turns).toEqual([])
    held.is = false
    await clock.advance(2_000)
    expect(turns.map(({ name }) => name)).toEqual(['a', 'b'])
    held.is = true
    enter('c')
    await clock.advance(60_000)
    expect(refused).toMatchObject([{ name: 'c', error: { gate: 'queue_age' } }])
    expect(clock.pending).toBe(0)
  })

  it('lets nobody pass those who wait, even if there is room', async () => {
    const { clock, turns, enter } = createRig({ callsPerSecond: 10 })
    enter('a')
    enter('b')
    await clock.advance(99)
    enter('c')
    await clock.advance(500)
    expect(turns.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  it('holds no more slots than there may be, and passes one on when it is released', async () => {
    const { clock, turns, enter } = createRig({ callsPerSecond: 100, maxConcurrent: 2 })
    expect(['a', 'b', 'c', 'd'].map(enter)).toEqual(['now', 'soon', 'later', 'later'])
    await clock.advance(1_000)
    expect(turns).toHaveLength(2)
    turns[0]!.turn.release()
    turns[0]!.turn.release()
    await clock.advance(1_000)
    expect(turns.map(({ name }) => name)).toEqual(['a', 'b', 'c'])
  })

  it('gives the pace back when nothing was placed', async () => {
    const { clock, turns, enter } = createRig()
    enter('a')
    enter('b')
    await settle()
    turns[0]!.turn.release('unused')
    await settle()
    expect(turns.map(({ name, atMs }) => [name, atMs])).toEqual([
      ['a', 0],
      ['b', 0],
    ])
    expect(clock.now()).toBe(0)
  })

  it('is bounded, and counts those who are still being looked at', () => {
    const { queue, enter } = createRig({ max: 2 })
    const first = queue.admit()!
    const [second, third] = [queue.admit()!, queue.admit()!]
    expect(queue.admit()).toBeUndefined()
    second.cancel()
    second.cancel()
    expect(queue.admit()).toBeDefined()
    expect(queue.admit()).toBeUndefined()
    first.cancel()
    third.cancel()
    expect(enter('a')).toBe('now')
    expect(enter('b')).toBe('soon')
    expect(queue.waiting).toBe(1)
  })

  it('sends away who has waited too long', async () => {
    const { clock, queue, refused, enter } = createRig({ maxConcurrent: 1, maxAgeMs: 5_000 })
    enter('a')
    enter('b')
    await clock.advance(3_000)
    enter('c')
    await clock.advance(2_000)
    expect(refused.map(({ name }) => name)).toEqual(['b'])
    expect(refused[0]!.error).toBeInstanceOf(CallRefused)
    expect(refused[0]!.error).toMatchObject({ gate: 'queue_age' })
    expect(queue.waiting).toBe(1)
  })

  it('is shorter at once when somebody leaves, and takes the next one in', async () => {
    const { clock, queue, turns, enter } = createRig({ maxConcurrent: 1, max: 1 })
    enter('a')
    const left = new GatewayError('call_not_placed', 'Taken back.')
    const place = queue.admit()!.enterQueue(60_000)
    const refused = expect(place.turn).rejects.toBe(left)
    expect(queue.admit()).toBeUndefined()
    place.leaveQueue(left)
    place.leaveQueue(left)
    await refused
    expect(queue.waiting).toBe(0)
    expect(clock.pending, 'no timer is left').toBe(0)
    expect(enter('b')).toBe('later')
    turns[0]!.turn.release()
    await clock.advance(1_000)
    expect(turns.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it.each(['at once', 'after a while'])('gives back the turn of who leaves when it was granted %s', async (when) => {
    const { clock, queue, turns, enter } = createRig({ maxConcurrent: 1 })
    if (when === 'after a while') enter('a')
    await settle()
    const place = queue.admit()!.enterQueue(60_000)
    turns[0]?.turn.release()
    await clock.advance(1_000)
    await place.turn
    enter('b')
    expect(queue.waiting).toBe(1)
    place.leaveQueue(new GatewayError('call_not_placed', 'Taken back.'))
    await clock.advance(0)
    expect(queue.waiting).toBe(0)
    expect(turns.at(-1)).toMatchObject({ name: 'b', atMs: 1_000 })
  })

  it('refuses everybody once it is closed', async () => {
    const { clock, queue, refused, enter } = createRig({ maxConcurrent: 1 })
    enter('a')
    enter('b')
    const closed = new GatewayError('draining', 'No more.')
    queue.close(closed)
    enter('c')
    await clock.advance(100_000)
    expect(refused).toEqual([
      { name: 'b', error: closed },
      { name: 'c', error: closed },
    ])
    expect(clock.pending).toBe(0)
  })
})
