import { sqliteDialect } from '../src/database/sqlite-dialect.ts'
import { and, sql } from 'drizzle-orm'
import { beforeAll, afterAll, describe, expect, it } from 'vitest'
import { pageQuery } from '@llc-phone/store-drizzle'
import { conditionsOf } from '@llc-phone/store-drizzle'
import { type CallFilter } from '@llc-phone/store'
import { openSqliteStore } from '../src/index.ts'
import { type DrizzleStore } from '@llc-phone/store-drizzle'

const filters: readonly CallFilter[] = [
  {},
  { words: 'appointment tom*' },
  { number: '+14155550101' },
  { number: '0101' },
  { instance: 'desk' },
  { direction: 'inbound' },
  { outcome: 'fallback' },
  { problem: 'any' },
  { problem: 'model_lost' },
  { slowerThanMs: 900 },
  { from: new Date(1), to: new Date(2) },
  { isTest: false },
  { settingsVersion: 3 },
  { tuningProfile: 'quick' },
  { words: 'hello', instance: 'desk', problem: 'any', slowerThanMs: 10, isTest: false },
]

let store: DrizzleStore
beforeAll(async () => {
  store = await openSqliteStore({ url: 'file::memory:' })
})
afterAll(() => store.close())

const all = (query: ReturnType<typeof sql>) => store.database.all<unknown[]>(query)

describe('a list of calls', () => {
  it.each(filters)('is answered by one index that has every column: %j', async (filter) => {
    const before = sql`(started_at, id) < (1, 'a')`
    const query = pageQuery(sqliteDialect, and(before, ...conditionsOf(filter, sqliteDialect)), 100)
    const plan = (await all(sql`EXPLAIN QUERY PLAN ${query}`)).map((row) => String(row.at(-1)))
    expect(plan[0]).toContain('USING COVERING INDEX calls_filtered (')
    expect(plan.join()).not.toMatch(/TEMP B-TREE|SCAN calls|SCAN turns/)
  })
})

describe('words of a call', () => {
  const found = async (words: string) =>
    (await store.journal.recent(10, { filter: { words } })).map(({ callId }) => callId)
  const call = (callId: string, text: string) => ({
    callId,
    legId: callId,
    mode: 'desk',
    direction: 'inbound' as const,
    dialled: '+14155550101',
    startedAt: '2026-11-22T10:00:00.000Z',
    endedAt: '2026-11-22T10:01:00.000Z',
    turns: [{ speaker: 'caller' as const, text, atMs: 1 }],
    tools: [],
    transfers: [],
    latency: {},
    usage: { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } },
  })

  it('are found no more once the words or the call are deleted', async () => {
    await store.journal.finish(call('one', 'the zebra'))
    await store.journal.finish(call('two', 'the zebra too'))
    expect(await found('zebra')).toEqual(['two', 'one'])
    await all(sql`DELETE FROM turns WHERE call_id = 'one'`)
    expect(await found('zebra')).toEqual(['two'])
    await all(sql`DELETE FROM calls WHERE id = 'two'`)
    expect(await all(sql`SELECT rowid FROM call_words`)).toEqual([])
  })

  it('are those of the last story, when it is written again', async () => {
    await store.journal.finish(call('three', 'first words'))
    await store.journal.finish(call('three', 'other words'))
    expect(await found('first')).toEqual([])
    expect(await found('other')).toEqual(['three'])
  })

  it('of a call that a crash has cut off are found too', async () => {
    await all(sql`INSERT INTO calls (id, call_sid, mode, direction, dialled, started_at, process)
      VALUES ('four', 'four', 'desk', 'inbound', '+14155550101', 1, 'dead')`)
    await all(
      sql`INSERT INTO turns (call_id, position, speaker, text, at_ms) VALUES ('four', 1, 'caller', 'an okapi', 1)`,
    )
    expect(await store.journal.tend(new Date())).toBe(1)
    expect(await found('okapi')).toEqual(['four'])
  })
})
