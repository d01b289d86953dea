import { openStore, type RecordedCall, type Store } from '@llc-phone/store'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Settings } from '../src/configuration/settings.ts'
import { distributionOf, percentilesOf } from '../src/statistics/percentiles.ts'
import { periodsOf } from '../src/statistics/periods.ts'
import { createStatistics } from '../src/statistics/statistics.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { ADMIN_TOKEN, testGateway, type TestGateway } from './support/gateway.ts'

const NOTHING = { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } }
const NEW_YORK = 'America/New_York'

const call = (callId: string, startedAt: string, more: Partial<RecordedCall> = {}): RecordedCall => ({
  callId,
  legId: `CA-${callId}`,
  mode: 'receptionist',
  instance: 'frontDesk',
  direction: 'inbound',
  dialled: '+14155550102',
  startedAt,
  endedAt: new Date(Date.parse(startedAt) + 60_000).toISOString(),
  disposition: 'caller_hung_up',
  turns: [],
  tools: [],
  transfers: [],
  latency: {},
  usage: NOTHING,
  ...more,
})

let store: Store
let gateway: TestGateway
beforeAll(async () => {
  store = await openStore({ url: 'file::memory:' })
  const finish = (one: RecordedCall, costUsd?: number) =>
    store.journal.finish(one, { model: 'gpt-realtime-1.5', ...(costUsd === undefined ? {} : { costUsd }) })
  for (let n = 0; n < 20; n++)
    // oxlint-disable-next-line no-await-in-loop -- in order
    await finish(
      call(`a${n}`, `2026-03-09T${String(10 + (n % 10))}:00:00.000Z`, {
        firstWordsMs: (n + 1) * 100,
        latency: { speech_end_to_frame: [300, 300 + n] },
        usage: { input: { text: 100, audio: 300, cachedText: 50, cachedAudio: 50 }, output: { text: 10, audio: 90 } },
      }),
      0.02,
    )
  // Half past eleven in the evening in New York, and after midnight there.
  await finish(call('late', '2026-03-10T03:30:00.000Z', { disposition: 'transferred', instance: 'menu' }))
  const problems = [
    { code: 'model_lost', message: '', atMs: 1 },
    { code: 'model_lost', message: '', atMs: 2 },
    { code: 'tool_failed', message: '', atMs: 3 },
  ]
  await finish(call('bad', '2026-03-10T04:30:00.000Z', { disposition: 'fallback', problems, firstWordsMs: 700 }))
  await finish(call('trial', '2026-03-09T12:00:00.000Z', { isTest: true, firstWordsMs: 9_000 }))
  gateway = await testGateway(fakeRegistry().registry, {
    statistics: createStatistics(store.figures, Date.now),
    profiles: store.profiles,
    settings: { inForce: { built: { document: { business: { timeZone: NEW_YORK } } } } } as unknown as Settings,
  })
})
afterAll(async () => {
  await gateway.app.close()
  await store.close()
})

const ask = async (query: string) => {
  const response = await gateway.app.inject({
    url: `/stats?${query}`,
    headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
  })
  return { status: response.statusCode, body: response.json() }
}

const DAYS = 'from=2026-03-09&to=2026-03-10'

describe('statistics', () => {
  it('tell percentiles by days of the business, and none for fewer than twenty calls', async () => {
    const { body } = await ask(`of=latency&${DAYS}`)
    expect(body).toMatchObject({
      timeZone: NEW_YORK,
      from: '2026-03-09T04:00:00.000Z',
      to: '2026-03-11T04:00:00.000Z',
      stage: 'first_words',
      atLeast: 20,
      series: [
        {
          whole: { calls: 22, measured: 21 },
          buckets: [
            { from: '2026-03-09T04:00:00.000Z', calls: 21, measured: 20 },
            { from: '2026-03-10T04:00:00.000Z', calls: 1, measured: 1, tooFew: true },
          ],
        },
      ],
    })
    const [first, second] = body.series[0].buckets
    expect(first.p50Ms).toBeGreaterThan(985)
    expect(first.p50Ms).toBeLessThan(1_015)
    expect(first.p95Ms).toBeGreaterThan(1_870)
    expect(second).not.toHaveProperty('p50Ms')
    const bars = body.series[0].distribution as { count: number }[]
    expect(bars).toHaveLength(20)
    expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(21)
  })

  it('tell how long another stage took, of every time it was measured', async () => {
    const { body } = await ask(`of=latency&stage=speech_end_to_frame&${DAYS}`)
    const { measured, p50Ms } = body.series[0].buckets[0]
    expect(measured).toBe(20)
    expect(p50Ms).toBeGreaterThan(294)
    expect(p50Ms).toBeLessThan(309)
  })

  it('compare tuning profiles over a span of days of the business', async () => {
    const figures = async (query: string) => {
      const { body } = await gateway.app.inject({
        url: `/settings/profiles?${query}`,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      })
      return (JSON.parse(body) as { profiles: { calls: number }[] }).profiles.map(({ calls }) => calls)
    }
    expect(await figures('from=2026-03-09&to=2026-03-10')).toEqual([22])
    // Half past eleven in the evening in New York is still the ninth.
    expect(await figures('from=2026-03-09&to=2026-03-09')).toEqual([21])
    expect(await figures('from=2026-03-10')).toEqual([1])
    expect(await figures('')).toEqual([22])
  })

  it('tell what was paid for, by parts that add up', async () => {
    const { body } = await ask(`of=cost&${DAYS}`)
    const { whole } = body.series[0]
    expect(whole).toMatchObject({ calls: 22, priced: 20, usd: 0.4, usdPerCall: 0.02, cachedShare: 0.25 })
    const parts = Object.values(whole.parts as Record<string, number>)
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(0.4, 4)
  })

  it('tell how calls ended and what went wrong, apart for each instance when asked', async () => {
    const outcomes = await ask(`of=outcomes&split=instance&${DAYS}`)
    expect(outcomes.body.series).toMatchObject([
      { name: 'frontDesk', whole: { calls: 21, toTheEnd: 20, wentWrong: 1, outcomes: { fallback: 1 } } },
      { name: 'menu', whole: { calls: 1, handedOver: 1 } },
    ])
    const problems = await ask(`of=problems&${DAYS}`)
    expect(problems.body.series[0].whole).toEqual({
      calls: 22,
      troubled: 1,
      problems: { model_lost: 1, tool_failed: 1 },
    })
    expect((await ask(`of=problems&instance=menu&${DAYS}`)).body.series[0].whole).toMatchObject({
      calls: 1,
      troubled: 0,
    })
  })

  it('are empty for a time without calls', async () => {
    const { body } = await ask('of=latency&by=hour&from=2026-01-05&to=2026-01-05')
    expect(body.series).toMatchObject([{ whole: { calls: 0, measured: 0, tooFew: true }, distribution: [] }])
    expect(body.series[0].buckets).toHaveLength(24)
  })

  it.each([
    ['of=speed', 'of must be latency, cost, outcomes or problems'],
    ['of=cost&from=2024-01-01&to=2026-01-01', 'more than 367 days'],
    ['of=cost&by=hour&from=2026-01-01&to=2026-03-01', 'more than 744 hours'],
    ['of=cost&from=2026-03-02&to=2026-03-01', 'from must be before to'],
    ['of=cost&from=yesterday', 'must be a day or a moment'],
  ])('are refused for %s', async (query, reason) => {
    const { status, body } = await ask(query)
    expect(status).toBe(400)
    expect(body.error.message).toContain(reason)
  })

  it('are answered again without asking the database, also to those who ask at once', async () => {
    let asked = 0
    let now = Date.parse('2026-03-10T12:00:00Z')
    const figures = {
      ...store.figures,
      outcomes: (calls) => (asked++, store.figures.outcomes(calls)),
    } satisfies typeof store.figures
    const statistics = createStatistics(figures, () => now)
    const question = {
      of: 'outcomes',
      stage: 'first_words',
      periods: periodsOf('day', { from: '2026-03-09', to: '2026-03-10' }, NEW_YORK, now),
    } as const
    await Promise.all([statistics.ask(question), statistics.ask(question)])
    expect(asked).toBe(2)
    now += 31_000
    await statistics.ask(question)
    // The day that is over has settled.
    expect(asked).toBe(3)
  })
})

it('days and hours follow the clock of the business through its changes', () => {
  const hours = periodsOf('hour', { from: '2026-03-08', to: '2026-03-08' }, NEW_YORK, 0)
  expect(hours).toHaveLength(23)
  const days = periodsOf('day', { from: '2026-11-01', to: '2026-11-02' }, NEW_YORK, 0)
  expect(days.map(({ fromMs, toMs }) => (toMs - fromMs) / 3_600_000)).toEqual([25, 24])
  const now = Date.parse('2026-05-01T12:30:00Z')
  expect(periodsOf('day', {}, 'UTC', now)).toHaveLength(30)
  expect(periodsOf('hour', {}, 'UTC', now)).toHaveLength(24)
  expect(periodsOf('hour', {}, 'Asia/Kolkata', now).at(-1)!.fromMs).toBe(Date.parse('2026-05-01T12:30:00Z'))
})

it('percentiles lie within a hundredth of the true ones', () => {
  const bins = new Map<number, number>()
  const values = Array.from({ length: 1_000 }, (_, n) => 50 + n * 3)
  for (const ms of values) {
    const bin = Math.floor(Math.log(ms) / Math.log(1.02))
    bins.set(bin, (bins.get(bin) ?? 0) + 1)
  }
  const { p50Ms, p95Ms, p99Ms } = percentilesOf(bins)!
  for (const [found, share] of [
    [p50Ms, 0.5],
    [p95Ms, 0.95],
    [p99Ms, 0.99],
  ] as const)
    expect(Math.abs(found / values[Math.ceil(1_000 * share) - 1]! - 1)).toBeLessThan(0.01)
  expect(distributionOf(bins).reduce((sum, { count }) => sum + count, 0)).toBe(1_000)
})
