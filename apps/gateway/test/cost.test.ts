import { expect, it } from 'vitest'
import { billOf, costOf } from '../src/watching/cost.ts'

const MILLION = 1_000_000
const none = { input: { text: 0, audio: 0, cachedText: 0, cachedAudio: 0 }, output: { text: 0, audio: 0 } }

it.each([
  [{ ...none, input: { ...none.input, text: MILLION } }, 4],
  [{ ...none, input: { ...none.input, text: MILLION, cachedText: MILLION } }, 0.4],
  [{ ...none, input: { ...none.input, audio: MILLION, cachedAudio: MILLION / 2 } }, 16.2],
  [{ ...none, output: { text: MILLION, audio: MILLION } }, 88],
  [none, 0],
])('prices %j: cached input is part of the input', (usage, dollars) => {
  expect(costOf('gpt-realtime-2.1', usage)).toBeCloseTo(dollars, 6)
})

it('has no price for a model that nobody has published one for', () => {
  expect(costOf('somebody-elses-model', none)).toBeUndefined()
  expect(costOf('constructor', none)).toBeUndefined()
})

it('prices a snapshot as its model', () => {
  expect(costOf('gpt-realtime-2.1-2026-07-06', { ...none, output: { text: 0, audio: MILLION } })).toBe(64)
})

const transcript = (model: string, taken: object) => ({
  ...none,
  transcription: [{ model, seconds: 0, input: { text: 0, audio: 0 }, output: { text: 0 }, ...taken }],
})

it.each([
  ['gpt-transcribe', { seconds: 600 }, 0.045],
  ['gpt-live-transcribe', { seconds: 60 }, 0.017],
  ['whisper-1', { seconds: 60 }, 0.006],
  ['gpt-transcribe', { input: { text: 40, audio: 600 }, output: { text: 300 } }, 0.0045],
  ['gpt-4o-transcribe', { input: { text: 0, audio: MILLION }, output: { text: MILLION } }, 16],
  ['gpt-4o-mini-transcribe-2025-12-15', { input: { text: MILLION, audio: MILLION }, output: { text: MILLION } }, 9.25],
  ['gpt-4o-transcribe', { seconds: 60 }, 0.006],
])('a transcript by %s that took %j is part of the cost', (model, taken, dollars) => {
  expect(costOf('gpt-realtime-2.1', transcript(model, taken))).toBeCloseTo(dollars, 6)
  expect(billOf('gpt-realtime-2.1', transcript(model, taken))).not.toHaveProperty('costEstimated')
})

it.each(['somebody-elses-ears', 'constructor', 'other'])(
  'a transcript by %s, for which no price is published, costs what the dearest does, and says so',
  (model) => {
    expect(billOf('gpt-realtime-2.1', transcript(model, { seconds: 60 }))).toEqual({
      costUsd: 0.017,
      costEstimated: true,
    })
    expect(
      billOf('somebody-elses-model', transcript(model, { seconds: 60 })),
      'without a price there is no cost',
    ).toEqual({})
  },
)

it('adds the transcripts of several models to the replies', () => {
  const usage = { ...none, output: { text: 0, audio: 1_000 } }
  const transcription = ['gpt-transcribe', 'whisper-1'].flatMap(
    (model) => transcript(model, { seconds: 60 }).transcription,
  )
  expect(costOf('gpt-realtime-2.1', { ...usage, transcription })).toBeCloseTo(0.064 + 0.0045 + 0.006, 6)
})

it.each([
  { ...none, input: { text: 100, audio: 0, cachedText: 5_000, cachedAudio: 9_000 } },
  { ...none, output: { text: Number.NaN, audio: -7 } },
  { ...none, input: { ...none.input, text: Number.POSITIVE_INFINITY } },
  transcript('whisper-1', { seconds: -60 }),
])('never costs less than nothing: %j', (usage) => {
  expect(costOf('gpt-realtime-2.1', usage)).toBeGreaterThanOrEqual(0)
})
