import { openStore } from '@llc-phone/database'
import type { Store } from '@llc-phone/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DialRequest, DialingPolicy } from '../src/index.ts'
import { createRig, LONDON, person, plan, request } from './support/rig.ts'

let store: Store

beforeEach(async () => {
  store = await openStore({ url: 'file::memory:' })
})
afterEach(() => store.close())

const createStoreRig = (changes: Partial<DialingPolicy> = {}) => {
  const rig = createRig({ callsPerSecond: 100, ...changes }, { store })

  /** Moves time on until it is settled; the database answers from a thread of its own. */
  const until = async <Result>(promise: Promise<Result>): Promise<Result> => {
    const pending = new Set([promise])
    const forget = (): void => void pending.delete(promise)
    promise.then(forget, forget)
    while (pending.size > 0) {
      // It answers in order: time stands still until all that was asked before is answered, however busy the machine is.
      await store.outbound.find('none')
      await rig.advance(20, 20)
    }
    return promise
  }
  const dial = (changed: Partial<DialRequest> = {}) => until(rig.dialer.dial(request(changed)))
  /** Asks until the call is in that state. */
  const reached = async (callId: string, state: string) => {
    for (;;) {
      const call = await until(store.outbound.find(callId))
      if (call?.state === state) return call
    }
  }
  return { ...rig, dial, reached, until }
}

describe('a dialler with the real store', () => {
  it('keeps a call from its request to its end', async () => {
    const rig = createStoreRig()
    const call = await rig.dial()
    expect(call).toMatchObject({ state: 'ringing', legId: rig.net.calls[0]!.legId, dialledAt: expect.any(Date) })
    rig.dialer.statusReported(call.callId, { legId: call.legId!, status: 'no_answer' })
    expect(await rig.reached(call.callId, 'ended')).toMatchObject({ disposition: 'no_answer', costUsd: 0.1 })
  })

  it('places one call for a hundred requests with the same key, and refuses another body', async () => {
    const rig = createStoreRig()
    const answers = Array.from({ length: 100 }, () => rig.dialer.dial(request({ idempotencyKey: 'k' })))
    const calls = await rig.until(Promise.all(answers))
    expect(new Set(calls.map(({ callId }) => callId)).size).toBe(1)
    expect((await rig.dial({ idempotencyKey: 'k' })).callId).toBe(calls[0]!.callId)
    await expect(rig.dial({ idempotencyKey: 'k', requestHash: 'other' })).rejects.toMatchObject({
      code: 'idempotency_conflict',
    })
    expect(rig.net.placed).toHaveLength(1)
  })

  it('honours an opt-out at the next attempt, and gives the refusal again to the same key', async () => {
    const rig = createStoreRig()
    const call = await rig.dial()
    rig.dialer.statusReported(call.callId, { legId: call.legId!, status: 'busy' })
    await rig.reached(call.callId, 'ended')
    await store.doNotCall.add({ number: LONDON, source: 'call', callId: call.callId })
    const again = () => rig.dial({ idempotencyKey: 'again' })
    await expect(again()).rejects.toMatchObject({ code: 'call_refused', gate: 'do_not_call' })
    await expect(again()).rejects.toMatchObject({ code: 'call_refused', gate: 'do_not_call' })
    await store.doNotCall.remove(LONDON, 'test')
    expect((await rig.dial()).state).toBe('ringing')
  })

  it('reads consent and time zone of a contact', async () => {
    const rig = createStoreRig()
    const needs = { plan: { ...plan, consent: 'informational' as const } }
    await expect(rig.dial(needs)).rejects.toMatchObject({ gate: 'consent' })
    await store.contacts.giveConsent(LONDON, { purpose: 'marketing', source: 'form', givenAt: new Date(0) })
    await store.contacts.setTimeZone(LONDON, 'Asia/Tokyo')
    expect((await rig.dial(needs)).state).toBe('ringing')
    await store.contacts.setTimeZone(person(1), 'America/New_York')
    await expect(rig.dial({ to: person(1) })).rejects.toMatchObject({
      gate: 'calling_hours',
      until: new Date('2026-03-02T13:00:00Z'),
    })
  })

  it('counts calls to a number, money, and calls in progress', async () => {
    const spend = { perDayUsd: 1.05, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'UTC' }
    const rig = createStoreRig({ frequency: [{ calls: 1, withinMs: 3_600_000 }], spend })
    const call = await rig.dial()
    await expect(rig.dial()).rejects.toMatchObject({ gate: 'in_progress' })
    // 1.00 is reserved for the first: the second may begin, and is the one that may go over.
    await rig.dial({ to: person(1) })
    await expect(rig.dial({ to: person(2) })).rejects.toMatchObject({
      gate: 'spend',
      until: new Date('2026-03-03T00:00:00Z'),
    })
    rig.dialer.statusReported(call.callId, { legId: call.legId!, status: 'busy' })
    await rig.reached(call.callId, 'ended')
    await expect(rig.dial()).rejects.toMatchObject({ gate: 'frequency', until: expect.any(Date) })
  })

  it('lets two hundred different calls compete for the last money of the day: one goes over at most', async () => {
    const spend = { perDayUsd: 5, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'UTC' }
    const rig = createStoreRig({ spend, maxConcurrent: 200, queue: { max: 200, maxAgeMs: 60_000 } })
    const answers = Array.from({ length: 200 }, (_, nth) => rig.dialer.dial(request({ to: person(nth) })))
    const outcomes = await rig.until(Promise.allSettled(answers))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
    expect(rig.net.placed).toHaveLength(5)
  })

  it('ends what an earlier process has left', async () => {
    const before = createStoreRig()
    const call = await before.dial()
    const after = createStoreRig()
    after.net.calls.push(...before.net.calls)
    await after.until(after.dialer.start())
    expect(await store.outbound.find(call.callId), 'its process may be alive').toMatchObject({ state: 'ringing' })
    await after.advance(17_000, 1_000)
    expect(await after.reached(call.callId, 'ended')).toMatchObject({ disposition: 'canceled' })
    expect(after.net.ended).toEqual([call.legId])
  })
})
