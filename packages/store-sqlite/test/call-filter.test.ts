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
