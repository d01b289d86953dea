import { randomUUID } from 'node:crypto'
import type { E164 } from '@llc-phone/core'
import type { OutboundBeginning, OutboundLedger } from '@llc-phone/store'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SharedQueue } from '../shared-queue.ts'

/** A queue under test, as two processes see it. */
export interface SharedQueueRig {
  readonly queues: readonly [SharedQueue, SharedQueue]
  readonly ledger: OutboundLedger
  /** Makes every process look as if it had been silent for too long about what it has taken. */
  silence(): Promise<void>
  close(): Promise<void>
}

const limits = (at: Date) => ({
  at,
  reserveUsd: 1,
  perDayUsd: undefined,
  dayStart: at,
  dayEnd: at,
  frequency: [],
})

/** The contract of a {@link SharedQueue}. */
export const testSharedQueue = (name: string, open: () => Promise<SharedQueueRig>): void => {
  describe(`a shared queue: ${name}`, () => {
    let rig: SharedQueueRig
    let one: SharedQueue
    let two: SharedQueue
    let nth = 0
    beforeAll(async () => {
      rig = await open()
      ;[one, two] = rig.queues
    }, 60_000)
    afterAll(() => rig.close())

    const request = (more: Partial<OutboundBeginning> = {}): OutboundBeginning => ({
      callId: randomUUID(),
      to: `+1415556${String(++nth).padStart(4, '0')}` as E164,
      from: '+14155550100' as E164,
      mode: 'callback',
      scenario: 'callback',
      requestedAt: new Date(),
      requestHash: 'hash',
      webhook: false,
      waitMs: 60_000,
      plan: 'a plan',
      ...more,
    })
    const put = async (more: Partial<OutboundBeginning> = {}): Promise<string> => {
      const wanted = request(more)
      expect(await one.put(wanted)).toEqual({ outcome: 'new' })
      return wanted.callId
    }
    const reserve = (callId: string, more: { epoch?: number; maxConcurrent?: number } = {}) =>
      rig.ledger.reserve(callId, { ...limits(new Date()), ...more })
    /** A queue may look for lost calls only now and then. */
    const taken = (queue: SharedQueue) => vi.waitUntil(() => queue.take(), { timeout: 5_000, interval: 200 })

    it('gives a call to one process, with what was kept of it', async () => {
      const callId = await put()
      const call = await taken(two)
      expect(call).toMatchObject({ callId, epoch: 1, plan: 'a plan' })
      expect(call.remainingMs).toBeGreaterThan(50_000)
      expect(call.remainingMs).toBeLessThanOrEqual(60_000)
      expect([await one.take(), await two.take()]).toEqual([undefined, undefined])
      await two.done(call)
    })

    it('gives calls in the order they came in, each to one of many that ask at once', async () => {
      const callIds = [await put(), await put(), await put(), await put()]
      const found = await Promise.all([one.take(), two.take(), one.take(), two.take(), one.take(), two.take()])
      const calls = found.filter((call) => call !== undefined)
      expect(new Set(calls.map(({ callId }) => callId))).toEqual(new Set(callIds))
      expect(calls).toHaveLength(4)
      await Promise.all(calls.flatMap((call) => [one.done(call), two.done(call)]))
      const [first, second] = [await put(), await put()]
      const inOrder = [await taken(one), await taken(one)]
      expect(inOrder.map(({ callId }) => callId)).toEqual([first, second])
      for (const call of inOrder) await one.done(call)
    })

    it('queues a repeated request once, and nothing for another one with its key', async () => {
      const idempotencyKey = randomUUID()
      const callId = await put({ idempotencyKey })
      expect(await two.put(request({ idempotencyKey }))).toMatchObject({ outcome: 'same', call: { callId } })
      expect(await two.put(request({ idempotencyKey, requestHash: 'other' }))).toEqual({ outcome: 'conflict' })
      const call = await taken(one)
      expect(call.callId).toBe(callId)
      expect(await one.take()).toBeUndefined()
      await one.done(call)
    })

    it('gives a call that was put back again, with nothing reserved', async () => {
      const callId = await put()
      const first = await taken(one)
      expect(await reserve(callId, { epoch: first.epoch })).toEqual({ granted: true })
      await one.postpone(first, new Date(0))
      expect(await rig.ledger.find(callId)).toMatchObject({ state: 'queued' })
      expect(await rig.ledger.find(callId)).not.toHaveProperty('dialledAt')
      const second = await taken(two)
      expect(second).toMatchObject({ callId, epoch: 2 })
      await two.done(second)
    })

    it('keeps a postponed call until its time', async () => {
      const callId = await put()
      await one.postpone(await taken(one), new Date(Date.now() + 3_600_000))
      expect(await two.take()).toBeUndefined()
      expect(await rig.ledger.queue.takeBack(callId, 'Enough.')).toBe(true)
    })

    it('gives the call of a silent process to another one, and the first dials it no more', async () => {
      const callId = await put()
      const lost = await taken(one)
      await reserve(callId, { epoch: lost.epoch })
      await rig.silence()
      const call = await taken(two)
      expect(call).toMatchObject({ callId, epoch: 2 })
      expect(await rig.ledger.noteDialling(callId, lost.epoch)).toBe(false)
      await rig.ledger.change(callId, { state: 'failed' }, lost.epoch)
      await one.postpone(lost, new Date(0))
      expect(await one.take()).toBeUndefined()
      expect(await reserve(callId, { epoch: call.epoch })).toEqual({ granted: true })
      expect(await rig.ledger.noteDialling(callId, call.epoch)).toBe(true)
      await two.done(call)
      await rig.ledger.change(callId, { state: 'ended' })
    })

    it('gives a call to nobody that was dialled, is over, or was taken back', async () => {
      const callIds = [await put(), await put()]
      for (const callId of callIds) {
        const call = await taken(one)
        await reserve(callId, { epoch: call.epoch })
        expect(await rig.ledger.noteDialling(callId, call.epoch)).toBe(true)
      }
      await rig.ledger.change(callIds[1]!, { state: 'ended' })
      const cancelled = await put()
      expect(await rig.ledger.queue.takeBack(cancelled, 'Enough.')).toBe(true)
      await rig.silence()
      expect([await one.take(), await two.take()]).toEqual([undefined, undefined])
      expect(await rig.ledger.find(callIds[0]!)).toMatchObject({ state: 'dialling' })
      await rig.ledger.change(callIds[0]!, { state: 'ended' })
    })

    it('lets another process go on with a call that was dialled, once for all the first writes', async () => {
      const callId = await put()
      expect(await rig.ledger.queue.adopt(callId, 'two'), 'it waits').toBeUndefined()
      const call = await taken(one)
      await reserve(callId, { epoch: call.epoch })
      await rig.ledger.noteDialling(callId, call.epoch)
      await rig.ledger.change(callId, { state: 'ringing', legId: 'leg' }, call.epoch)
      const both = await Promise.all(['two', 'three'].map((taker) => rig.ledger.queue.adopt(callId, taker)))
      expect(both.map((each) => each!.epoch).toSorted((a, b) => a - b)).toEqual([2, 3])
      expect(both[0]).toMatchObject({ callId, plan: 'a plan', legId: 'leg' })
      expect(await rig.ledger.queue.isStillOf(call)).toBe(false)
      expect(await rig.ledger.queue.isStillOf({ callId, epoch: 3 })).toBe(true)
      await rig.ledger.change(callId, { state: 'ended', disposition: 'no_answer' }, call.epoch)
      expect(await rig.ledger.find(callId)).toMatchObject({ state: 'ringing' })
      await rig.ledger.change(callId, { state: 'ended' }, 3)
      expect(await rig.ledger.queue.adopt(callId, 'two'), 'nothing is kept of it').toBeUndefined()
      await one.done(call)
    })

    it('never dials a call whose time is over', async () => {
      const callId = await put({ waitMs: 0 })
      const call = await taken(one)
      expect(call.remainingMs).toBeLessThanOrEqual(0)
      await reserve(callId, { epoch: call.epoch })
      expect(await rig.ledger.noteDialling(callId, call.epoch)).toBe(false)
      await one.done(call)
      await rig.ledger.change(callId, { state: 'failed' })
      const waits = await put({ waitMs: 0 })
      expect(await rig.ledger.queue.refuseExpired()).toContain(waits)
      expect(await rig.ledger.find(waits)).toMatchObject({ state: 'refused', gate: 'queue_age' })
      expect(await one.take()).toBeUndefined()
    })

    it('lets no more calls be under way than may be at once, of all processes together', async () => {
      const callIds = await Promise.all(Array.from({ length: 6 }, () => put()))
      const outcomes = await Promise.all(callIds.map((callId) => reserve(callId, { maxConcurrent: 2 })))
      expect(outcomes.filter(({ granted }) => granted)).toHaveLength(2)
      expect(outcomes.filter(({ granted }) => !granted)).toEqual(
        Array.from({ length: 4 }, () => ({ granted: false, gate: 'concurrency' })),
      )
      for (const callId of callIds) await rig.ledger.change(callId, { state: 'failed' })
      expect(await one.take()).toBeUndefined()
    })

    it('hands out moments one after the other, whoever asks', async () => {
      const waits = await Promise.all(Array.from({ length: 10 }, (_, asked) => [one, two][asked % 2]!.slotMs(20)))
      const inOrder = waits.toSorted((a, b) => a - b)
      expect(inOrder[0]).toBeLessThan(5)
      // The answers are some milliseconds apart themselves.
      expect(inOrder.at(-1)).toBeGreaterThan(9 * 50 - 100)
      expect(inOrder.at(-1)).toBeLessThan(9 * 51 + 20)
    })
  })
}
