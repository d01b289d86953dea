import { sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it } from 'vitest'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { at, wish } from '@llc-phone/store/testing'
import { testDatabase, testStore } from '../../src/testing/test-database.ts'

let store: DrizzleStore

beforeEach(async () => {
  store = await testStore()
})

describe('a request', () => {
  it('is kept before anything is done for it, and its body is not', async () => {
    const database = await testDatabase()
    const first = await database.open()
    const request = wish('call 1', { idempotencyKey: 'key', requestHash: 'hash of the body' })
    expect(await first.outbound.begin(request)).toEqual({ outcome: 'new' })
    await first.close()

    const { callId, to, from, mode, scenario, requestedAt } = request
    expect(await (await database.open()).outbound.unfinished()).toEqual([
      { callId, to, from, mode, scenario, requestedAt, state: 'queued', seenAt: requestedAt },
    ])
  })

  it('that comes many times at once, at two processes, is one call', { timeout: 60_000 }, async () => {
    const database = await testDatabase()
    const stores = [await database.open(), await database.open()]
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          stores[n % 2]!.outbound.begin(wish(`call ${round}.${n}`, { idempotencyKey: `key ${round}` })),
        ),
      )
      const begun = answers.flatMap(({ outcome }, n) => (outcome === 'new' ? [`call ${round}.${n}`] : []))
      expect(begun).toHaveLength(1)
      for (const answer of answers)
        if (answer.outcome !== 'new') expect(answer).toMatchObject({ outcome: 'same', call: { callId: begun[0] } })
    }
    expect(await stores[0]!.outbound.recent(100)).toHaveLength(20)
  })
})

describe('a call', () => {
  it('that two processes end at once has ended one way', async () => {
    const database = await testDatabase()
    const stores = [await database.open(), await database.open()]
    for (let round = 0; round < 20; round++) {
      const callId = `call ${round}`
      await stores[0]!.outbound.begin(wish(callId))
      await Promise.all([
        stores[0]!.outbound.change(callId, { state: 'ended', disposition: 'busy' }),
        stores[1]!.outbound.change(callId, { state: 'failed', problem: 'Lost.' }),
        stores[0]!.outbound.change(callId, { state: 'ringing' }),
      ])
      const { state, disposition, problem } = (await stores[1]!.outbound.find(callId))!
      expect([
        ['ended', 'busy', undefined],
        ['failed', undefined, 'Lost.'],
      ]).toContainEqual([state, disposition, problem])
    }
  })

  it('stands in lists: the latest first, and the unfinished from the earliest', async () => {
    for (const hour of [2, 9, 5]) await store.outbound.begin(wish(`at ${hour}`, { requestedAt: at(hour) }))
    await store.outbound.change('at 5', { state: 'ended' })
    expect((await store.outbound.recent(2)).map(({ callId }) => callId)).toEqual(['at 9', 'at 5'])
    const newerThan = { startedAt: at(2), callId: 'at 2' }
    expect((await store.outbound.recent(1, { newerThan })).map(({ callId }) => callId)).toEqual(['at 5'])
    expect((await store.outbound.unfinished()).map(({ callId }) => callId)).toEqual(['at 2', 'at 9'])
  })
})

describe('a completion', () => {
  it.each(['ended', 'refused', 'failed'] as const)('is due when the call is %s, once', async (state) => {
    await store.outbound.begin(wish('call 1', { webhook: true }))
    await store.outbound.change('call 1', { state: 'warming' })
    expect(await store.outbound.pendingCompletions(at(1_000))).toEqual([])
    await store.outbound.change('call 1', { state, endedAt: at(13), costUsd: 0.5 })
    expect(await store.outbound.pendingCompletions(at(13))).toMatchObject([
      { callId: 'call 1', state, costUsd: 0.5, attempts: 0, nextAttemptAt: at(13) },
    ])
    await store.outbound.completionDelivered({ callId: 'call 1', nextAttemptAt: at(13) })
    await store.outbound.change('call 1', { state: 'ended', endedAt: at(14) })
    expect(await store.outbound.pendingCompletions(at(1_000))).toEqual([])
    expect(await store.database.all(sql`SELECT max(attempts), count(delivered_at) FROM outbound_calls`)).toEqual([
      [1, 1],
    ])
  })

  it('is reported by one process, and again when the call changes meanwhile', async () => {
    await store.outbound.begin(wish('call 1', { webhook: true }))
    await store.outbound.change('call 1', { state: 'unknown', problem: 'Nobody knows.' })
    const [due] = await store.outbound.pendingCompletions()
    const until = at(1_000)
    const claims = await Promise.all([1, 2, 3].map(() => store.outbound.claimCompletion(due!, until)))
    expect(claims.filter(Boolean)).toHaveLength(1)
    expect(await store.outbound.pendingCompletions(new Date(until.getTime() - 1))).toEqual([])
    await store.outbound.change('call 1', { state: 'ended', endedAt: at(14) })
    await store.outbound.completionDelivered({ callId: 'call 1', nextAttemptAt: until })
    expect(await store.outbound.pendingCompletions(at(14))).toMatchObject([{ callId: 'call 1', state: 'ended' }])
  })

  it('of a call that nobody can find is due too, and again when its end is known', async () => {
    await store.outbound.begin(wish('call 1', { webhook: true }))
    await store.outbound.change('call 1', { state: 'dialling' })
    await store.outbound.change('call 1', { state: 'unknown', problem: 'Nobody knows.' })
    const [unknown] = await store.outbound.pendingCompletions()
    expect(unknown).toMatchObject({ callId: 'call 1', state: 'unknown' })
    await store.outbound.completionDelivered(unknown!)
    await store.outbound.change('call 1', { state: 'ended', disposition: 'no_answer', endedAt: at(14) })
    expect(await store.outbound.pendingCompletions(at(14))).toMatchObject([{ callId: 'call 1', state: 'ended' }])
  })

  it('is due though news of the call came while an earlier one was being sent, or had failed', async () => {
    for (const callId of ['sent', 'failed', 'given up']) {
      await store.outbound.begin(wish(callId, { webhook: true }))
      await store.outbound.change(callId, { state: 'unknown', endedAt: at(12), problem: 'Nobody knows.' })
      await store.outbound.change(callId, { state: 'ended', disposition: 'busy', endedAt: at(13) })
    }
    const attempt = { nextAttemptAt: at(12) }
    await store.outbound.completionDelivered({ callId: 'sent', ...attempt })
    await store.outbound.completionFailed({ callId: 'failed', ...attempt }, at(20))
    await store.outbound.completionFailed({ callId: 'given up', ...attempt }, null)
    const due = await store.outbound.pendingCompletions(at(13))
    expect(due.map(({ callId, state, attempts }) => [callId, state, attempts])).toEqual([
      ['failed', 'ended', 0],
      ['given up', 'ended', 0],
      ['sent', 'ended', 0],
    ])
  })

  it('of an end has all its attempts before it, whatever an earlier one has taken', async () => {
    await store.outbound.begin(wish('call 1', { webhook: true }))
    await store.outbound.change('call 1', { state: 'unknown', endedAt: at(12), problem: 'Nobody knows.' })
    await store.outbound.completionFailed({ callId: 'call 1', nextAttemptAt: at(12) }, null)
    await store.outbound.change('call 1', { state: 'ended', disposition: 'busy', endedAt: at(13) })
    expect(await store.outbound.pendingCompletions(at(13))).toMatchObject([{ attempts: 0 }])
  })

  it('is due at once when no time is given', async () => {
    await store.outbound.begin(wish('call 1', { webhook: true }))
    await store.outbound.change('call 1', { state: 'failed', problem: 'Lost.' })
    expect(await store.outbound.pendingCompletions(new Date(Date.now() + 1_000))).toHaveLength(1)
  })

  it('that nobody wants is never due', async () => {
    await store.outbound.begin(wish('call 1'))
    await store.outbound.change('call 1', { state: 'ended', endedAt: at(13) })
    expect(await store.outbound.pendingCompletions(at(1_000))).toEqual([])
  })

  it('that failed is due again at its time, and never when it was given up', async () => {
    for (const [callId, hour] of [
      ['late', 14],
      ['early', 13],
    ] as const) {
      await store.outbound.begin(wish(callId, { webhook: true }))
      await store.outbound.change(callId, { state: 'ended', endedAt: at(hour) })
    }
    const due = async (hour: number) => (await store.outbound.pendingCompletions(at(hour))).map(({ callId }) => callId)
    expect(await due(14)).toEqual(['early', 'late'])
    await store.outbound.completionFailed({ callId: 'early', nextAttemptAt: at(13) }, at(15))
    expect(await due(14)).toEqual(['late'])
    expect(await store.outbound.pendingCompletions(at(15))).toMatchObject([{ callId: 'late' }, { attempts: 1 }])
    await store.outbound.completionFailed({ callId: 'early', nextAttemptAt: at(15) }, null)
    expect(await due(1_000)).toEqual(['late'])
  })
})
