import { sql, type SQL } from 'drizzle-orm'
import { expect, it, onTestFinished } from 'vitest'
import { openFiguresBook, type Database } from '@llc-phone/store-drizzle'
import { sqliteDialect } from '../src/database/sqlite-dialect.ts'
import { openSqliteStore } from '../src/index.ts'

it('the marks of a stage are found by the calls of the time, in an index that has all they need', async () => {
  const store = await openSqliteStore({ url: 'file::memory:' })
  onTestFinished(() => store.close())
  let plan: unknown
  const explaining = {
    engine: sqliteDialect,
    async all(query: SQL) {
      plan = await store.database.all(sql`EXPLAIN QUERY PLAN ${query}`)
      return []
    },
  } as unknown as Database
  await openFiguresBook(explaining).durations({ fromMs: 0, toMs: 1 }, 'speech_end_to_frame')
  const text = JSON.stringify(plan)
  expect(text).toMatch(/SEARCH calls USING INDEX calls_filtered \(started_at/)
  expect(text).toContain('SEARCH latency_marks USING COVERING INDEX latency_marks_by_measure (measure=? AND call_id=?)')
  expect(text).not.toContain('SCAN latency_marks')
})
