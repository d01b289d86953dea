import { expect, it } from 'vitest'
import type { Env } from '../src/configuration/env.ts'
import { createTestCalls } from '../src/test-calls/test-calls.ts'
import { createTestLegs } from '../src/test-calls/test-legs.ts'
import type { Trial } from '../src/test-calls/trial.ts'
import { createLog } from '../src/watching/log.ts'

const OPERATOR = { name: 'Ann', personId: '1', role: 'operator' } as const
const order = () => ({ trial: { close: async () => undefined } as unknown as Trial, persons: 'answers' as const })

/** `costUsd` was spent today, by what the journal answers a moment later. */
const open = (costUsd: number) =>
  createTestCalls({
    env: { OPENAI_REALTIME_URL: 'wss://model.example.com', TEST_CALLS_DAILY_SPEND_USD: 5 } as Env,
    log: createLog({ level: 'silent', secrets: [] }),
    registry: { byCallId: () => undefined, room: { refuse: () => undefined } } as never,
    calls: { recent: async () => [{ costUsd }], storyOf: () => ({}) } as never,
    http: { refuseUpgrade: () => undefined },
    isDraining: () => false,
    settled: () => undefined,
    admit: () => Promise.reject(new Error('nobody comes')),
  })

const outcomes = (tried: readonly PromiseSettledResult<unknown>[]): string[] => [
  ...new Set(tried.flatMap((each) => (each.status === 'rejected' ? [(each.reason as { code: string }).code] : []))),
]

it('of fifty test calls that are asked for at once, five begin', async () => {
  const calls = open(0)
  const tried = await Promise.allSettled(
    Array.from({ length: 50 }, async () => {
      const place = await calls.takePlace()
      // As long as it takes to prepare a trial.
      await new Promise((resolve) => setTimeout(resolve, 5))
      return place.begin(order(), OPERATOR)
    }),
  )
  expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  expect(outcomes(tried)).toEqual(['test_calls_full'])
  await calls.stop()
})

it('a place that comes to nothing is free again, once', async () => {
  const calls = open(0)
  const places = await Promise.all(Array.from({ length: 5 }, () => calls.takePlace()))
  for (let n = 0; n < 3; n++) places[0]!.leave()
  await calls.takePlace()
  await expect(calls.takePlace()).rejects.toMatchObject({ code: 'test_calls_full' })
  places[1]!.begin(order(), OPERATOR)
  places[1]!.leave()
  await expect(calls.takePlace()).rejects.toMatchObject({ code: 'test_calls_full' })
  await calls.stop()
})

it('what a day may cost is asked for each, and a refusal keeps no place', async () => {
  const calls = open(5)
  for (let n = 0; n < 7; n++)
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await expect(calls.takePlace()).rejects.toMatchObject({ code: 'test_spend_reached' })
})

it('a leg of a call that is up is known to be none of the carrier’s, however many others there were', () => {
  const legs = createTestLegs(1_000)
  legs.add('the first', 'up')
  for (let n = 0; n < 5_000; n++) {
    legs.add(`leg ${n}`, `call ${n}`)
    legs.trim((callId) => callId === 'up')
  }
  expect(legs.has('the first')).toBe(true)
  expect(legs.callOf('leg 4999')).toBe('call 4999')
  expect(legs.has('leg 0')).toBe(false)
})
