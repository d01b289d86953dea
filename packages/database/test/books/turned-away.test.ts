import { expect, it } from 'vitest'
import { testStore } from '../../src/testing/test-database.ts'

const MINUTE = new Date('2026-03-02T10:15:00Z')
const LATER = new Date('2026-03-02T10:16:00Z')
const dialled = '+14155550101'

it('adds up the callers of a minute by number and reason, and shows the latest first', async () => {
  const store = await testStore()
  const book = store.turnedAway
  await book.add([])
  await book.add([
    { minute: MINUTE, dialled, reason: 'starts', calls: 400 },
    { minute: MINUTE, dialled, reason: 'starts', calls: 80 },
    { minute: MINUTE, dialled, reason: 'calls', calls: 3 },
  ])
  await book.add([
    { minute: MINUTE, dialled, reason: 'starts', calls: 20 },
    { minute: LATER, dialled: '', reason: 'starts', calls: 1 },
  ])
  const [latest, ...earlier] = await book.recent(10)
  expect(latest).toEqual({ minute: LATER, dialled: '', reason: 'starts', calls: 1 })
  expect(earlier.toSorted((a, b) => b.calls - a.calls)).toEqual([
    { minute: MINUTE, dialled, reason: 'starts', calls: 500 },
    { minute: MINUTE, dialled, reason: 'calls', calls: 3 },
  ])
  expect(await book.recent(1)).toHaveLength(1)
})
