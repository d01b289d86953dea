import { e164 } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { openStore } from '@llc-phone/database'
import type { Store } from '@llc-phone/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DialingPolicy, DialRequest } from '../src/index.ts'
import { memoryQueues } from '../src/testing/index.ts'
import { createRig, LONDON, person, plan, request, settle } from './support/rig.ts'

let store: Store

beforeEach(async () => {
  store = await openStore({ url: 'file::memory:' })
})
afterEach(() => store.close())

/** Two dialers that share a ledger and a queue, as two gateways do. */
const createPair = async (changes: Partial<DialingPolicy> = {}, reads: (instance: string) => boolean = () => true) => {
  const clock = fakeClock()
  const queues = memoryQueues(store.outbound, clock)
  const rigOf = (instance: string) =>
    createRig(
      { callsPerSecond: 100, ...changes },
      {
        store,
        clock,
        shared: {
          queue: queues.open(instance),
          ledger: store.outbound.queue,
          instance,
          adopts: true,
          places: () => true,
          keep: ({ to }) => to,
          restore: async (to) => (reads(instance) ? { ...request({ to: e164(to) }), plan } : undefined),
        },
      },
    )
  const rigs = [rigOf('one'), rigOf('two')] as const
  /** Moves time on; the database answers from a thread of its own. */
  const pass = async (ms: number, stepMs = 50) => {
    for (let passed = 0; passed < ms; passed += stepMs) {
      for (let turn = 0; turn < 4; turn++) {
        await store.outbound.find('none')
        await settle()
      }
      await clock.advance(stepMs)
    }
  }
  const placed = () => rigs.flatMap(({ net }) => net.placed)
  const dial = async (given: Partial<DialRequest> = {}) => rigs[0].dialer.dial(request(given))
  const stateOf = async (callId: string) => (await store.outbound.find(callId))?.state
  for (const { dialer } of rigs) await dialer.start()
  return { rigs, queues, clock, pass, placed, dial, stateOf }
}

describe('dialers that share a queue', () => {
  it('answer at once, and one of them places the call', async () => {
    const { rigs, pass, placed, dial, stateOf } = await createPair()
    const call = await dial()
    expect(call).toMatchObject({ state: 'queued', to: LONDON })
    await pass(500)
    expect(placed()).toMatchObject([{ callId: call.callId, to: LONDON }])
    expect(await stateOf(call.callId)).toBe('ringing')
    await pass(15_000, 500)
    expect(placed(), 'also after a while').toHaveLength(1)
    expect(rigs.flatMap(({ problems }) => problems)).toEqual([])
  })

  it('have no more calls under way than may be at once, together', async () => {
    const { rigs, pass, placed, dial, stateOf } = await createPair({ maxConcurrent: 1 })
    const calls = [await dial({ to: person(1) }), await dial({ to: person(2) }), await dial({ to: person(3) })]
    await pass(4_000, 200)
    expect(placed()).toHaveLength(1)
    const [first] = placed()
    const owner = rigs.find(({ net }) => net.placed.length > 0)!
    owner.dialer.statusReported(first!.callId, { legId: owner.net.calls[0]!.legId, status: 'busy' })
    await pass(4_000, 200)
    expect(placed()).toHaveLength(2)
    expect(await Promise.all(calls.map(({ callId }) => stateOf(callId)))).toEqual(
      expect.arrayContaining(['ended', 'ringing', 'queued']),
    )
  })

  it('refuse at once what will not be allowed in time, and place later what will', async () => {
    const { rigs, pass, placed, dial, stateOf } = await createPair({ callingHours: { from: '10:00', to: '21:00' } })
    await expect(dial()).rejects.toMatchObject({ gate: 'calling_hours' })
    expect((await store.outbound.recent(1))[0]).toMatchObject({ state: 'refused', gate: 'calling_hours' })
    const call = await dial({ to: person(1), maxWaitMs: 2 * 3_600_000 })
    await pass(1_000)
    expect(await stateOf(call.callId)).toBe('queued')
    await pass(3_600_000 - 10_000, 60_000)
    expect(placed()).toEqual([])
    await pass(20_000, 100)
    expect(placed()).toHaveLength(1)
    expect(rigs.flatMap(({ problems }) => problems)).toEqual([])
  })

  it('leave a call whose request one of them cannot read to the other, and let it wait when neither can', async () => {
    const readers = new Set(['two'])
    const { rigs, pass, placed, dial, stateOf } = await createPair({}, (instance) => readers.has(instance))
    const calls = [await dial({ to: person(1) }), await dial({ to: person(2) })]
    await pass(30_000, 200)
    expect(placed()).toHaveLength(2)
    expect(rigs[0].net.placed).toEqual([])
    expect(await Promise.all(calls.map(({ callId }) => stateOf(callId)))).toEqual(['ringing', 'ringing'])
    readers.clear()
    const unread = await dial({ to: person(3) })
    await pass(30_000, 500)
    expect(await stateOf(unread.callId)).toBe('queued')
    expect(rigs[0].problems.map(({ message }) => message)).toContain(
      'The request of a call cannot be decrypted here: FLEET_SECRET differs from that of the gateway that has taken it.',
    )
  })

  it('take back a call that waits, whoever is asked', async () => {
    const { rigs, pass, placed, dial, stateOf } = await createPair({ callingHours: { from: '10:00', to: '21:00' } })
    const call = await dial({ maxWaitMs: 2 * 3_600_000 })
    await pass(500)
    expect(await rigs[1].dialer.cancel(call.callId)).toBe(true)
    expect(await rigs[1].dialer.cancel(call.callId), 'said again').toBe(false)
    expect(await stateOf(call.callId)).toBe('failed')
    await pass(2 * 3_600_000, 60_000)
    expect(placed()).toEqual([])
  })

  it('place a call once, also if the one that had it goes on when another one has placed it', async () => {
    const { rigs, queues, pass, placed, dial } = await createPair()
    for (const { model } of rigs) model.warmMs = 3_000
    const call = await dial()
    await pass(500)
    expect(placed()).toEqual([])
    const slow = rigs.find(({ model }) => model.connections > 0)!
    const other = rigs.find((rig) => rig !== slow)!
    other.model.warmMs = 100
    queues.silence()
    await pass(10_000, 100)
    expect(placed()).toMatchObject([{ callId: call.callId }])
    expect(other.net.placed).toHaveLength(1)
    expect(slow.model.open, 'it gave up its model').toBe(0)
    expect((await store.outbound.find(call.callId))?.state).toBe('ringing')
  })

  it('leave to the other what one has not placed when it stops', async () => {
    const { rigs, pass, placed, dial } = await createPair()
    for (const { model } of rigs) model.warmMs = 3_000
    await dial()
    await pass(500)
    const stopping = rigs.find(({ model }) => model.connections > 0)!
    const stopped = stopping.dialer.stop()
    await pass(8_000, 100)
    await stopped
    expect(placed()).toHaveLength(1)
    expect(stopping.net.placed).toEqual([])
  })

  it('go on with a call that rings when its audio comes to another one, and the first has no part in it any more', async () => {
    const { rigs, pass, dial } = await createPair()
    const { callId } = await dial()
    await pass(20_000, 200)
    const first = rigs.find(({ net }) => net.placed.length > 0)!
    const second = rigs.find((rig) => rig !== first)!
    const { legId } = first.net.calls[0]!
    // There is one carrier.
    second.net.calls.push(first.net.calls[0]!)
    const session = await second.dialer.adopt(callId)
    expect(session?.facts).toMatchObject({ callId, legId, direction: 'outbound', otherParty: { number: LONDON } })
    expect(await second.dialer.adopt('nobody')).toBeUndefined()
    // To the first it looks as if nobody answered.
    await pass(30_000, 500)
    expect(first.model.open).toBe(0)
    expect(first.net.ended, 'nor does it hang up').toEqual([])
    expect(second.model.open).toBe(1)
    second.dialer.statusReported(callId, { legId, status: 'completed' })
    await pass(1_000)
    expect(await store.outbound.find(callId)).toMatchObject({ state: 'ended', legId })
    expect(await second.dialer.adopt(callId), 'it is over').toBeUndefined()
    expect(second.model.open).toBe(0)
  })

  it('say how many wait, and for how long', async () => {
    const { rigs, pass, dial } = await createPair({ callingHours: { from: '10:00', to: '21:00' } })
    await dial({ to: person(1), maxWaitMs: 2 * 3_600_000 })
    await dial({ to: person(2), maxWaitMs: 2 * 3_600_000 })
    await pass(6_000, 500)
    expect(rigs[1].dialer.waiting).toBe(2)
  })
})
