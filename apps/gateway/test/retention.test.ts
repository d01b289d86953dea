import { GatewayError } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import type { Clock } from '@llc-phone/core'
import { expect, it, onTestFinished } from 'vitest'
import { createLog } from '../src/watching/log.ts'
import { createRetention } from '../src/watching/retention.ts'

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000

/** A job whose database tells what is asked of it; `at` is the wall clock at the start. */
const startJob = (at: string, lastRun?: string) => {
  const fake = fakeClock()
  const begun = Date.parse(at)
  const clock: Clock = { ...fake, date: () => new Date(begun + fake.now()) }
  const steps: string[] = []
  const lines: string[] = []
  const counted: string[] = []
  const broken = { is: false }
  let last = lastRun === undefined ? undefined : new Date(lastRun)
  const step =
    (name: string, count: number) =>
    async (before: Date): Promise<number> => {
      if (broken.is) throw new GatewayError('database_failed', 'full')
      steps.push(`${name} ${before.toISOString().slice(0, 10)}`)
      return count
    }
  const job = createRetention({
    retention: {
      lastRun: async () => last,
      ran: async (_job, ranAt) => void (last = ranAt),
      forgetWords: step('words', 3),
      forgetToolData: step('tools', 0),
      forgetMessages: step('messages', 1),
      forgetTurnedAway: step('turned away', 0),
      forgetErased: step('erased', 0),
    },
    events: { forget: step('logs', 2) },
    days: { transcripts: 365, events: 30, recordings: 30 },
    timeZone: () => 'America/New_York',
    clock,
    log: createLog({ level: 'info', secrets: [], stream: { write: (line) => void lines.push(line) } }),
    metrics: { forgotten: (what, count) => void counted.push(`${what} ${count}`) },
  })
  job.start()
  onTestFinished(() => job.stop())
  return { job, clock, advance: fake.advance, steps, lines, counted, broken }
}

it('runs at the start when the last night was missed, and says what it has deleted', async () => {
  // Noon in New York.
  const { advance, steps, lines, counted } = startJob('2026-11-30T17:00:00Z')
  await advance(0)
  expect(steps).toEqual([
    'words 2025-11-30',
    'tools 2026-10-31',
    'logs 2026-10-31',
    'messages 2025-11-30',
    'turned away 2025-11-30',
    'erased 2026-11-30',
  ])
  expect(JSON.parse(lines[0]!)).toMatchObject({ words: 3, callLogs: 2, messages: 1 })
  expect(counted).toContain('words 3')
})

it('runs once a night, at three in the time zone of the business', async () => {
  // 2 AM in New York, and it ran last night.
  const { advance, steps } = startJob('2026-11-30T07:00:00Z', '2026-11-29T08:05:00Z')
  await advance(0.9 * HOUR_MS)
  expect(steps).toEqual([])
  await advance(0.3 * HOUR_MS)
  expect(steps).toHaveLength(6)
  await advance(22 * HOUR_MS)
  expect(steps).toHaveLength(6)
  await advance(2 * HOUR_MS)
  expect(steps).toHaveLength(12)
  for (let hour = 0; hour < 5 * 24; hour++) await advance(HOUR_MS)
  expect(steps).toHaveLength(6 * 7)
})

it('tries again when the database fails, and does not count the night as done', async () => {
  const { advance, steps, broken, lines } = startJob('2026-11-30T17:00:00Z')
  broken.is = true
  await advance(0.5 * HOUR_MS)
  expect([steps, lines]).toEqual([[], []])
  broken.is = false
  await advance(0.2 * HOUR_MS)
  expect(steps).toHaveLength(6)
})

it('does nothing more once it is stopped', async () => {
  const { job, advance, steps } = startJob('2026-11-30T07:00:00Z', '2026-11-29T08:05:00Z')
  await job.stop()
  await advance(3 * DAY_MS)
  expect(steps).toEqual([])
})
