import { expect, it } from 'vitest'
import { costOf } from '../src/cost.ts'

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
