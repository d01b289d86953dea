import { GatewayError, type CallChanges, type CallSession } from '@llc-phone/core'
import { fakeClock, settle } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { createLiveLog } from '../src/watching/live-log.ts'
import { createLog } from '../src/watching/log.ts'

const full = new GatewayError('database_failed', 'The disk of the database is full.')

/** A call that has something new to tell whenever `note` was called. */
const talkingCall = (callId: string, direction: 'inbound' | 'outbound' = 'inbound') => {
  let noted: string[] = []
  const ended: string[] = []
  const call = {
    facts: { callId, legId: `leg of ${callId}`, direction },
    mode: { name: 'greeter' },
    state: { phase: 'live' },
    takeChanges() {
      if (noted.length === 0) return undefined
      const plan = noted.join(' ')
      noted = []
      return { facts: { callId, direction }, plan } as CallChanges
    },
    returnChanges: ({ plan }: CallChanges) => void noted.unshift(plan!),
    end: (disposition: string) => void ended.push(disposition),
  } as unknown as CallSession
  return { call, ended, note: (word: string) => void noted.push(word) }
}

const rig = (...calls: readonly { readonly call: CallSession }[]) => rigOf(calls)

const rigOf = (calls: readonly { readonly call: CallSession }[], spansMachines = false, resumesPlaced = false) => {
  const clock = fakeClock()
  const written: string[] = []
  const happened: string[] = []
  const disk: { fails?: GatewayError; stalls?: Promise<void>; takenOver: readonly string[] } = { takenOver: [] }
  const live = createLiveLog({
    journal: {
      async write(changes) {
        await disk.stalls
        if (disk.fails) throw disk.fails
        written.push(changes.map(({ facts, plan }) => `${facts.callId}: ${plan}`).join(', '))
        return disk.takenOver
      },
      async release(callId) {
        happened.push(`release ${callId}`)
      },
    },
    spansMachines,
    resumesPlaced,
    fenced: ({ facts }) => void happened.push(`fenced ${facts.callId}`),
    forget: (callId) => void happened.push(`forget ${callId}`),
    active: () => calls.map(({ call }) => call),
    log: createLog({ level: 'silent', secrets: [] }),
    clock,
  })
  live.start()
  return { clock, written, disk, live, happened }
}

it('writes the notes of all calls in one transaction every 250 ms, and nothing when there are none', async () => {
  const [one, other] = [talkingCall('one'), talkingCall('other')]
  const { clock, written } = rig(one, other)
  one.note('hello')
  other.note('yes')
  await clock.advance(250)
  one.note('more')
  await clock.advance(2_000)
  expect(written).toEqual(['one: hello, other: yes', 'one: more'])
})

it('writes many calls in several transactions, spread over the 250 ms, each call once', async () => {
  const calls = Array.from({ length: 40 }, (_, at) => talkingCall(`call${at}`))
  const { clock, written } = rig(...calls)
  for (const { note } of calls) note('hello')
  await clock.advance(500)
  expect(written.map((transaction) => transaction.split(', ').length).toSorted((one, other) => other - one)).toEqual([
    32, 8,
  ])
  expect(new Set(written.flatMap((transaction) => transaction.split(', '))).size).toBe(40)
})

it('writes nothing more about a call that has ended before its turn', async () => {
  const one = talkingCall('one')
  const { clock, written } = rig(one)
  one.note('hello')
  ;(one.call.state as { phase: string }).phase = 'ended'
  await clock.advance(1_000)
  expect(written).toEqual([])
})

it('writes one batch at a time: notes that come while a disk stalls are in the next one', async () => {
  const one = talkingCall('one')
  const { clock, written, disk, live } = rig(one)
  const { promise, resolve } = Promise.withResolvers<void>()
  disk.stalls = promise
  for (const word of ['a', 'b', 'c', 'd']) {
    one.note(word)
    await clock.advance(250)
  }
  expect(written).toEqual([])
  expect(live.lagSeconds()).toBeGreaterThan(0.5)
  resolve()
  await settle()
  await clock.advance(250)
  expect(written).toEqual(['one: a', 'one: b c d'])
  expect(live.lagSeconds()).toBe(0)
})

it('writes again what could not be written', async () => {
  const one = talkingCall('one')
  const { clock, written, disk } = rig(one)
  disk.fails = full
  one.note('a')
  await clock.advance(1_000)
  one.note('b')
  await clock.advance(250)
  delete disk.fails
  await clock.advance(1_000)
  expect(written).toEqual(['one: a b'])
})

it('has written before it answers somebody who waits, also when another write is under way', async () => {
  const one = talkingCall('one')
  const { clock, written, disk, live } = rig(one)
  const { promise, resolve } = Promise.withResolvers<void>()
  disk.stalls = promise
  one.note('a')
  await clock.advance(250)
  one.note('b')
  const persisted = live.persist(one.call)
  resolve()
  await persisted
  expect(written).toEqual(['one: a', 'one: b'])
})

it('delays no call when a disk stalls', async () => {
  const one = talkingCall('one')
  const { clock, disk, live } = rig(one)
  disk.stalls = new Promise(() => {})
  one.note('a')
  let isOver = false
  void live.persist(one.call).then(() => (isOver = true))
  await clock.advance(299)
  expect(isOver).toBe(false)
  await clock.advance(1)
  expect(isOver).toBe(true)
})

it('ends a call that another process has taken over', async () => {
  const [one, other] = [talkingCall('one'), talkingCall('other')]
  const { clock, disk, live } = rig(one, other)
  disk.takenOver = ['one']
  one.note('a')
  other.note('b')
  await clock.advance(250)
  expect([one.ended, other.ended]).toEqual([['cut_off'], []])
  expect([live.isLost(one.call), live.isLost(other.call)]).toEqual([true, false])
})

it('tells who waits to act whether the call is still ours, also when there is nothing new to write', async () => {
  const [one, other] = [talkingCall('one'), talkingCall('other')]
  const { disk, live } = rig(one, other)
  expect(await live.persist(one.call)).toBe(true)
  disk.takenOver = ['one']
  expect(await live.persist(one.call)).toBe(false)
  expect(one.ended).toEqual(['cut_off'])
  expect(await live.persist(other.call)).toBe(true)
})

it('writes the other calls when one cannot tell what is new', async () => {
  const [one, other] = [talkingCall('one'), talkingCall('other')]
  one.call.takeChanges = () => {
    throw new Error('a defect')
  }
  const { clock, written, live } = rig(one, other)
  other.note('yes')
  await clock.advance(250)
  expect(written).toEqual(['other: yes'])
  expect(await live.persist(one.call)).toBe(true)
})

it('forgets a call that another process has taken over, and tells of it', async () => {
  const one = talkingCall('one')
  const { clock, disk, happened } = rig(one)
  disk.takenOver = ['one']
  one.note('hello')
  await clock.advance(250)
  expect([happened, one.ended]).toEqual([['fenced one', 'forget one'], ['cut_off']])
})

it('asks about every call once it runs again after a while, before anything else comes of it', async () => {
  const one = talkingCall('one')
  const { clock, disk, written, happened } = rigOf([one], true)
  await clock.advance(1_000)
  expect(written).toEqual([])
  clock.freeze(5_000)
  disk.takenOver = ['one']
  await clock.advance(300)
  expect(happened).toEqual(['fenced one', 'forget one'])
})

it('waits longer for the answer about a call that others may have taken meanwhile', async () => {
  const one = talkingCall('one')
  const { clock, disk, live } = rigOf([one], true)
  one.note('a')
  await clock.advance(250)
  await clock.advance(4_000)
  const { promise, resolve } = Promise.withResolvers<void>()
  disk.stalls = promise
  disk.takenOver = ['one']
  let isOurs: boolean | undefined
  void live.persist(one.call).then((answer) => (isOurs = answer))
  await clock.advance(1_500)
  expect(isOurs).toBeUndefined()
  resolve()
  for (let turn = 0; turn < 4; turn++) await settle()
  expect(isOurs).toBe(false)
})

it('leaves a call to another process once it is written, and keeps it when it is not', async () => {
  const [one, other] = [talkingCall('one'), talkingCall('other')]
  const { clock, disk, live, happened, written } = rigOf([one, other], true)
  one.note('a')
  expect(await live.release(one.call)).toBe(true)
  expect([written, happened, one.ended]).toEqual([['one: a'], ['release one', 'forget one'], ['cut_off']])
  expect(live.isLost(one.call), 'nothing is written of its end').toBe(true)
  disk.fails = full
  other.note('b')
  const left = live.release(other.call)
  await clock.advance(2_000)
  expect([await left, other.ended]).toEqual([false, []])
})

it('keeps the plan of a call that we place, and leaves it to another process, only where it can be resumed', async () => {
  for (const resumesPlaced of [false, true]) {
    const placed = talkingCall('placed', 'outbound')
    const { clock, live, written } = rigOf([placed], true, resumesPlaced)
    placed.note('a')
    await clock.advance(250)
    expect(written).toEqual([resumesPlaced ? 'placed: a' : 'placed: undefined'])
    expect(await live.release(placed.call)).toBe(resumesPlaced)
  }
})
