import { describe, expect, it } from 'vitest'
import { decodeUlaw, rms, speak } from '@llc-phone/sim'
import { inNoise, soundOf } from '../src/audio/noise.ts'
import { runAudio } from '../src/audio/run-audio.ts'
import { findingsOf, play } from './support.ts'

const SPOKEN_WITHIN_MS = 120_000

describe.each([
  ['ga', ['ivr-bye-wait', 'receptionist-announced', 'outbound-hello-first']],
  ['flat', ['csr-pin-by-key', 'ivr-noise', 'ivr-nobody-answers']],
] as const)('whole calls, spoken over %s', (dialect, ids) => {
  it(`pass: ${ids.join(', ')}`, { timeout: SPOKEN_WITHIN_MS }, async () => {
    const evaluation = await play(ids, {
      parallel: 3,
      run: runAudio({ noise: false }),
      server: { dialect, latency: {} },
    })
    expect(findingsOf(evaluation)).toEqual([])
    for (const { situation, costUsd, trace } of evaluation.results) {
      expect(costUsd, situation.id).toBeGreaterThan(0)
      expect(
        trace!.entries.filter(({ kind }) => kind === 'step'),
        situation.id,
      ).toHaveLength(situation.caller.length)
    }
    expect(evaluation.results.some(({ trace }) => trace!.firstWordsMs.length > 0)).toBe(true)
  })
})

it('a spoken call stops when the money is spent', { timeout: SPOKEN_WITHIN_MS }, async () => {
  const { createBudget } = await import('../src/cost.ts')
  const budget = createBudget('gpt-realtime-2.1', 0.04)
  const evaluation = await play(['ivr-choices'], {
    run: runAudio({ noise: false }),
    server: { latency: {} },
    budget,
  })
  expect(evaluation.stopped).toMatch(/budget/)
  expect(evaluation.results[0]!.why).toMatch(/budget/)
})

it('a spoken call without a server says which, and why', { timeout: SPOKEN_WITHIN_MS }, async () => {
  const evaluation = await play(['ivr-robot', 'outbound-robot'], {
    run: runAudio({ noise: false }),
    serve: async () => ({
      target: { url: 'ws://127.0.0.1:9/v1/realtime', apiKey: 'sk', model: 'm', dialect: 'ga', answerWithinMs: 500 },
      close: async () => {},
    }),
  })
  expect(findingsOf(evaluation)).toEqual([
    'ivr-robot could not be run: The model was not to be had: The model server could not be reached. (ECONNREFUSED)',
    'outbound-robot could not be run: The call was not placed: The model server could not be reached.',
  ])
})

describe('noise behind a voice', () => {
  it.each([15, 5])('is %i decibels below it', async (db) => {
    const speech = await speak('I have a question about my bill.', 'rms')
    const noisy = await inNoise(speech, db)
    const [clean, mixed] = [decodeUlaw(speech), decodeUlaw(noisy)]
    const behind = mixed.map((sample, index) => sample - clean[index]!)
    expect(20 * Math.log10(rms(clean) / rms(behind))).toBeCloseTo(db, 0)
  })

  it.each(['cough', 'television', 'child', 'tone'] as const)(
    '%s can be heard, as long as it was asked for',
    async (kind) => {
      const sound = await soundOf(kind, 600)
      expect(sound).toHaveLength(4_800)
      expect(rms(decodeUlaw(sound))).toBeGreaterThan(0.01)
      expect(await soundOf(kind, 600)).toEqual(sound)
    },
  )
})
