import { join } from 'node:path'
import type { E164 } from '@llc-phone/core'
import { assert, asyncProperty, constantFrom, integer, record } from 'fast-check'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openStore, type ReserveLimits, type Store } from '../src/index.ts'
import { at, callee, HOUR_MS, limits, placed, wish } from './fixtures/outbound.ts'
import { tempFolder } from './fixtures/temp-folder.ts'

let store: Store

beforeEach(async () => {
  store = await openStore({ url: 'file::memory:' })
  onTestFinished(() => store.close())
})

const numberOf = (n: number): E164 => `+1415555${String(1_000 + n)}` as E164

/** Asks for a place for a new call. */
const ask = async (callId: string, more: Partial<ReserveLimits> = {}, to = callee) => {
  await store.outbound.begin(wish(callId, { to }))
  return store.outbound.reserve(callId, limits(more))
}

describe('a call that gets its place', () => {
  it('is warming, and was dialled at the time it was given', async () => {
    expect(await ask('call 1')).toEqual({ granted: true })
    expect(await store.outbound.find('call 1')).toMatchObject({ state: 'warming', dialledAt: at(12) })
  })

  it('keeps it when it asks again', async () => {
    const strict = { perDayUsd: 1, frequency: [{ calls: 1, withinMs: HOUR_MS }] }
    expect(await ask('call 1', strict)).toEqual({ granted: true })
    expect(await store.outbound.reserve('call 1', limits(strict))).toEqual({ granted: true })
  })

  it.each(['ringing', 'ended', 'refused'] as const)('must not be %s', async (state) => {
    await store.outbound.begin(wish('call 1'))
    await store.outbound.change('call 1', { state })
    await expect(store.outbound.reserve('call 1', limits())).rejects.toMatchObject({ code: 'call_not_placed' })
    expect(await store.outbound.find('call 1')).not.toHaveProperty('dialledAt')
  })

  it('must have been asked for', async () => {
    await expect(store.outbound.reserve('nobody', limits())).rejects.toMatchObject({ code: 'call_not_placed' })
  })
})

describe('the do-not-call list', () => {
  it('refuses its numbers and no others, until they are removed', async () => {
    await store.doNotCall.add({ number: callee, source: 'api' })
    expect(await ask('call 1')).toEqual({ granted: false, gate: 'do_not_call' })
    expect(await store.outbound.find('call 1')).toMatchObject({ state: 'queued' })
    expect(await ask('call 2', {}, numberOf(1))).toEqual({ granted: true })
    await store.doNotCall.remove(callee, 'operator')
    expect(await store.outbound.reserve('call 1', limits())).toEqual({ granted: true })
  })
})

describe('a second call to a number', () => {
  it('is refused while the first has a place, and not for one that only waits', async () => {
    await store.outbound.begin(wish('waiting'))
    expect(await ask('call 1')).toEqual({ granted: true })
    for (const state of ['dialling', 'unknown', 'ringing', 'answered'] as const) {
      await store.outbound.change('call 1', { state })
      expect(await store.outbound.reserve('waiting', limits())).toEqual({ granted: false, gate: 'in_progress' })
    }
    expect(await ask('call 2', {}, numberOf(1))).toEqual({ granted: true })
    await store.outbound.change('call 1', { state: 'ended' })
    expect(await store.outbound.reserve('waiting', limits())).toEqual({ granted: true })
  })

  it('is not refused for ever because of one that nobody could find', async () => {
    await ask('call 1')
    await store.outbound.change('call 1', { state: 'unknown' })
    const later = (hours: number) => limits({ at: new Date(limits().at.getTime() + hours * HOUR_MS) })
    await store.outbound.begin(wish('waiting'))
    expect(await store.outbound.reserve('waiting', later(3))).toEqual({ granted: false, gate: 'in_progress' })
    expect(await store.outbound.reserve('waiting', later(5))).toEqual({ granted: true })
  })

  it('is refused however many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => ask(`call ${n}`)))
    expect(answers.filter(({ granted }) => granted)).toHaveLength(1)
    expect(answers.filter((answer) => !answer.granted && answer.gate === 'in_progress')).toHaveLength(19)
  })
})

describe('the frequency', () => {
  const threeADay = [{ calls: 3, withinMs: 24 * HOUR_MS }]

  it('refuses the call too many, until the oldest leaves the window', async () => {
    for (const hour of [2, 5, 9]) await placed(store, `at ${hour}`, { dialledAt: at(hour) })
    expect(await ask('call 1', { frequency: threeADay })).toEqual({
      granted: false,
      gate: 'frequency',
      until: at(2 + 24),
    })
    const justBefore = new Date(at(26).getTime() - 1)
    expect(await store.outbound.reserve('call 1', limits({ at: justBefore, frequency: threeADay }))).toMatchObject({
      until: at(26),
    })
    expect(await store.outbound.reserve('call 1', limits({ at: at(26), frequency: threeADay }))).toEqual({
      granted: true,
    })
  })

  it('of several limits is the strictest one', async () => {
    for (const hour of [2, 5, 9]) await placed(store, `at ${hour}`, { dialledAt: at(hour) })
    const frequency = [...threeADay, { calls: 2, withinMs: 100 * HOUR_MS }, { calls: 9, withinMs: 500 * HOUR_MS }]
    expect(await ask('call 1', { frequency })).toEqual({ granted: false, gate: 'frequency', until: at(105) })
  })

  it('says when there is room again although more calls were made than are allowed now', async () => {
    for (const hour of [1, 2, 5, 9]) await placed(store, `at ${hour}`, { dialledAt: at(hour) })
    expect(await ask('call 1', { frequency: [{ calls: 2, withinMs: 24 * HOUR_MS }] })).toMatchObject({ until: at(29) })
  })

  it('counts busy and unanswered calls, but none that was not placed and none to others', async () => {
    for (const [callId, state] of [
      ['a', 'refused'],
      ['b', 'failed'],
    ] as const) {
      await ask(callId)
      await store.outbound.change(callId, { state })
    }
    await placed(store, 'other', { to: numberOf(1) })
    const oneADay = { at: at(13), frequency: [{ calls: 1, withinMs: 24 * HOUR_MS }] }
    expect(await ask('c', oneADay)).toEqual({ granted: true })
    await store.outbound.change('c', { state: 'ended', disposition: 'busy' })
    expect(await ask('d', { ...oneADay, at: at(14) })).toMatchObject({ gate: 'frequency', until: at(37) })
  })
})

describe('the daily spend', () => {
  it('is what calls have cost today and may cost yet; the day ends it', async () => {
    await placed(store, 'yesterday', { dialledAt: at(-1), costUsd: 100 })
    await placed(store, 'today', { dialledAt: at(1), costUsd: 4 })
    await ask('under way', { reserveUsd: 2, at: at(2) }, numberOf(1))
    const spend = { perDayUsd: 6, at: at(13) }
    expect(await ask('call 1', spend, numberOf(2))).toEqual({ granted: false, gate: 'spend', until: at(24) })
    expect(await store.outbound.reserve('call 1', limits({ ...spend, perDayUsd: 6.01 }))).toEqual({ granted: true })
  })

  it('counts what is known of a cost, the reserve of an answered call without one, and nothing for the rest', async () => {
    await placed(store, 'priced', { dialledAt: at(1), costUsd: 0.25, to: numberOf(1) })
    await placed(store, 'unpriced', { dialledAt: at(2), to: numberOf(2) })
    await placed(store, 'unanswered', { dialledAt: at(3), answered: false, to: numberOf(3) })
    await ask('failed', {}, numberOf(4))
    await store.outbound.change('failed', { state: 'failed' })
    expect(await ask('call 1', { perDayUsd: 1.25 })).toMatchObject({ gate: 'spend' })
    expect(await store.outbound.reserve('call 1', limits({ perDayUsd: 1.26 }))).toEqual({ granted: true })
  })

  it('counts a call that lasts since yesterday', async () => {
    await ask('long', { at: at(-1), reserveUsd: 3 }, numberOf(1))
    expect(await ask('call 1', { perDayUsd: 3 })).toMatchObject({ gate: 'spend' })
    await store.outbound.change('long', { state: 'ended', costUsd: 3 })
    expect(await store.outbound.reserve('call 1', limits({ perDayUsd: 3 }))).toEqual({ granted: true })
  })

  it('lets nothing through when nothing may be spent', async () => {
    expect(await ask('call 1', { perDayUsd: 0 })).toMatchObject({ gate: 'spend' })
  })

  it('is gone over by one call at most, however many ask at once at two processes', { timeout: 120_000 }, async () => {
    const url = `file:${join(tempFolder(), 'shared.db')}`
    const stores = [await openStore({ url }), await openStore({ url })]
    onTestFinished(async () => void (await Promise.all(stores.map(({ close }) => close()))))
    let day = 0
    await assert(
      asyncProperty(
        record({
          asking: integer({ min: 1, max: 25 }),
          perDayCents: integer({ min: 0, max: 1_000 }),
          reserveCents: constantFrom(1, 50, 100, 333),
          costCents: integer({ min: 0, max: 400 }),
          endEvery: integer({ min: 2, max: 5 }),
        }),
        async ({ asking, perDayCents, reserveCents, costCents, endEvery }) => {
          day++
          const dayStart = at(day * 24)
          const today = limits({
            at: dayStart,
            dayStart,
            dayEnd: at(day * 24 + 24),
            perDayUsd: perDayCents / 100,
            reserveUsd: reserveCents / 100,
          })
          const answers = await Promise.all(
            Array.from({ length: asking }, async (_, n) => {
              const { outbound } = stores[n % 2]!
              const callId = `call ${day}.${n}`
              await outbound.begin(wish(callId, { to: numberOf(n), requestedAt: dayStart }))
              const answer = await outbound.reserve(callId, today)
              // A cost above the reserve is money spent already, not a place given too freely.
              if (answer.granted && n % endEvery === 0)
                await outbound.change(callId, { state: 'ended', costUsd: Math.min(costCents, reserveCents) / 100 })
              return answer
            }),
          )
          const granted = answers.filter((answer) => answer.granted).length
          for (const answer of answers)
            if (!answer.granted) expect(answer).toEqual({ granted: false, gate: 'spend', until: today.dayEnd })
          const calls = (await stores[0]!.outbound.recent(asking)).filter(({ dialledAt }) => dialledAt)
          expect(calls).toHaveLength(granted)
          const spentCents = calls.reduce(
            (sum, { costUsd }) => sum + (costUsd === undefined ? reserveCents : Math.round(costUsd * 100)),
            0,
          )
          expect(spentCents).toBeLessThan(perDayCents + reserveCents)
          // And it stops nobody too early.
          if (granted < asking) expect(granted * reserveCents).toBeGreaterThanOrEqual(perDayCents)
          await Promise.all(calls.map(({ callId }) => stores[0]!.outbound.change(callId, { state: 'ended' })))
        },
      ),
      { numRuns: 40 },
    )
  })
})

it('what stands in the way for good is named before what time opens', async () => {
  await placed(store, 'before', { costUsd: 9 })
  const strict = { at: at(13), perDayUsd: 1, frequency: [{ calls: 1, withinMs: HOUR_MS * 24 }] }
  expect(await ask('call 1', strict)).toMatchObject({ gate: 'frequency' })
  await store.doNotCall.add({ number: callee, source: 'api' })
  expect(await store.outbound.reserve('call 1', limits(strict))).toMatchObject({ gate: 'do_not_call' })
})
