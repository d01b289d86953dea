import type { E164 } from '@llc-phone/core'
import { describe, beforeEach, expect, it } from 'vitest'
import { type NewDoNotCallEntry } from '@llc-phone/store'
import { type DrizzleStore } from '@llc-phone/store-drizzle'
import { callee } from '@llc-phone/store/testing'
import { engineOfTest, testDatabase, type TestDatabase } from '../../src/testing/test-database.ts'

let database: TestDatabase
let store: DrizzleStore

beforeEach(async () => {
  database = await testDatabase()
  store = await database.open()
})

const rows = (count: number, from = 0): NewDoNotCallEntry[] =>
  Array.from({ length: count }, (_, n) => ({
    number: `+1212${String(5_000_000 + from + n)}` as E164,
    source: 'csv' as const,
    ...(n % 2 === 0 ? { reason: `He said "no"; it's final — row ${n}` } : {}),
  }))

const addedAt = expect.any(Date) as Date

describe('a number', () => {
  it('is listed with its reason and its call, and still after a restart', async () => {
    await store.doNotCall.add({ number: callee, reason: 'Asked for it', source: 'call', callId: 'call 1' })
    await store.close()
    store = await database.open()
    expect(await store.doNotCall.find(callee)).toEqual({
      number: callee,
      reason: 'Asked for it',
      source: 'call',
      callId: 'call 1',
      addedAt,
    })
    expect(await store.doNotCall.find('+14155550143')).toBeUndefined()
  })

  it('that is listed twice, or at once by two processes, has its first entry', async () => {
    const other = await database.open()
    await store.doNotCall.add({ number: callee, reason: 'first', source: 'api' })
    await Promise.all([store, other, store].map(({ doNotCall }) => doNotCall.add({ number: callee, source: 'cli' })))
    expect(await store.doNotCall.history(callee)).toEqual([{ number: callee, reason: 'first', source: 'api', addedAt }])
  })
})

describe('a list', () => {
  it('is added whole; what was known, or stands in it twice, is counted as known', async () => {
    const list = rows(2_500)
    await store.doNotCall.add(list[7]!)
    expect(await store.doNotCall.addAll([...list, list[0]!, list[2_400]!])).toEqual({ added: 2_499, known: 3 })
    expect(await store.doNotCall.addAll(list)).toEqual({ added: 0, known: 2_500 })
    expect(await store.doNotCall.addAll([])).toEqual({ added: 0, known: 0 })
    expect(await store.doNotCall.find(list[2]!.number)).toEqual({ ...list[2], addedAt })
    expect(await store.doNotCall.find(list[3]!.number)).toEqual({ ...list[3], addedAt })
  })

  it('is read page by page, in order, without what was removed', async () => {
    const list = rows(250)
    await store.doNotCall.addAll(list.toReversed())
    await store.doNotCall.remove(list[120]!.number, 'test')
    const read: string[] = []
    for (;;) {
      const page = await store.doNotCall.list({ limit: 60, after: read.at(-1) ?? '' })
      if (page.length === 0) break
      read.push(...page.map(({ number }) => number))
    }
    expect(read).toEqual(list.filter((_, n) => n !== 120).map(({ number }) => number))
    expect(await store.doNotCall.list()).toHaveLength(100)
  })

  // Of one thread: a server has others.
  it('of 100,000 numbers lets everything else through meanwhile', { timeout: 120_000 }, async ({ skip }) => {
    skip(engineOfTest() !== 'sqlite')
    const progress = { done: false, asked: 0 }
    const importing = store.doNotCall.addAll(rows(100_000)).finally(() => {
      progress.done = true
    })
    while (!progress.done) {
      await store.doNotCall.find(callee)
      progress.asked++
    }
    expect(await importing).toEqual({ added: 100_000, known: 0 })
    // Between two questions of others one chunk is served, of a hundred.
    expect(progress.asked).toBeGreaterThanOrEqual(90)
  })
})
