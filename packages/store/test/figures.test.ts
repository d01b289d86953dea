import { sql, type SQL } from 'drizzle-orm'
import { expect, it, onTestFinished } from 'vitest'
import { openFiguresBook } from '../src/books/call-figures.ts'
import type { Database } from '../src/database/database.ts'
import { openStore } from '../src/index.ts'

it('the marks of a stage are found by the calls of the time, in an index that has all they need', async () => {
  const store = await openStore({ url: 'file::memory:' })
  onTestFinished(() => store.close())
  let plan: unknown
  const explaining = {
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
