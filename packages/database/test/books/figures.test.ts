import type { CallStory } from '@llc-phone/core'
import { beforeEach, expect, it } from 'vitest'
import type { DrizzleStore } from '@llc-phone/store-drizzle'
import { testStore } from '../../src/testing/test-database.ts'

const BEGAN = Date.UTC(2026, 10, 22, 10)
const all = { fromMs: BEGAN, toMs: BEGAN + 60_000 }

let store: DrizzleStore
let written = 0

const finish = (changes: Partial<CallStory>, bill: { model?: string; costUsd?: number } = {}) =>
  store.journal.finish(
    {
      callId: `call ${written}`,
      legId: `leg ${written++}`,
      mode: 'desk',
      direction: 'inbound',
      dialled: '+14155550101',
      phase: 'ended',
      disposition: 'caller_hung_up',
      startedAt: new Date(BEGAN + 1_000).toISOString(),
      endedAt: new Date(BEGAN + 50_000).toISOString(),
      turns: [],
      transfers: [],
      tools: [],
      latency: {},
      usage: { input: { text: 3, audio: 5, cachedText: 7, cachedAudio: 11 }, output: { text: 13, audio: 17 } },
      audio: { framesIn: 0, framesOut: 0, dropped: 0, gapsFilledMs: 0 },
      events: [],
      ...changes,
    },
    bill,
  )

beforeEach(async () => {
  store = await testStore()
  const desk = { instance: 'desk', tuningProfile: 'quick' }
  await finish({ ...desk, firstWordsMs: 100, latency: { tool_to_output: [100, 101, 200] } }, { model: 'b', costUsd: 1 })
  await finish({ ...desk, firstWordsMs: 300.5, disposition: 'fallback' }, { model: 'b' })
  await finish({ instance: 'Desk', firstWordsMs: 0 }, { model: 'a', costUsd: 2 })
  await finish({
    problems: [
      { code: 'model_lost', message: 'x', atMs: 1 },
      { code: 'tool_failed', message: 'y', atMs: 2 },
    ],
  })
  await finish({ ...desk, isTest: true, firstWordsMs: 9_000 })
  await finish({ ...desk, startedAt: new Date(BEGAN + 60_000).toISOString() })
})

it('durations are counted by name, in bins', async () => {
  expect(await store.figures.durations({ ...all, split: 'instance' }, 'first_words')).toMatchObject([
    { calls: 1, measured: 0, bins: [] },
    { name: 'Desk', calls: 1, measured: 1 },
    { name: 'desk', calls: 2, measured: 2 },
  ])
  const [{ bins, ...counted } = { bins: [] }] = await store.figures.durations(all, 'tool_to_output')
  expect(counted).toEqual({ calls: 4, measured: 1 })
  expect(bins.toSorted(([a], [b]) => a - b)).toEqual([
    [232, 1],
    [233, 1],
    [267, 1],
  ])
  expect(await store.figures.durations({ ...all, instance: 'desk', model: 'b' }, 'first_words')).toMatchObject([
    { calls: 2, measured: 2 },
  ])
})

it('outcomes, problems and costs are counted', async () => {
  expect(await store.figures.outcomes(all)).toEqual([{ calls: 4, outcomes: { caller_hung_up: 3, fallback: 1 } }])
  expect(await store.figures.problems({ ...all, split: 'model' })).toMatchObject([
    { calls: 1, troubled: 1, problems: { model_lost: 1, tool_failed: 1 } },
    { name: 'a', troubled: 0 },
    { name: 'b', troubled: 0, problems: {} },
  ])
  const used = (calls: number) => ({
    input: { text: 3 * calls, audio: 5 * calls, cachedText: 7 * calls, cachedAudio: 11 * calls },
    output: { text: 13 * calls, audio: 17 * calls },
  })
  const costs = await store.figures.costs(all)
  expect(costs.toSorted((a, b) => (a.model ?? '').localeCompare(b.model ?? ''))).toEqual([
    { calls: 1, priced: 0, usd: 0, ...used(1) },
    { model: 'a', calls: 1, priced: 1, usd: 2, ...used(1) },
    { model: 'b', calls: 2, priced: 1, usd: 1, ...used(2) },
  ])
})

it('tuning profiles are compared', async () => {
  expect(await store.profiles.figures({ to: new Date(BEGAN + 60_000) })).toEqual([
    { calls: 2, firstWordsMs: { p50: 0, p95: 0 }, usdPerCall: 2 },
    { profile: 'quick', calls: 2, firstWordsMs: { p50: 100, p95: 300.5 }, usdPerCall: 1 },
  ])
  expect(await store.profiles.figures({ from: new Date(BEGAN + 60_000) })).toMatchObject([
    { profile: 'quick', calls: 1 },
  ])
})
