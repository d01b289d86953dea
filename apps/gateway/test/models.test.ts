import { expect, it } from 'vitest'
import { modelWarning, usdPerMinuteOf } from '../src/configuration/models.ts'

it('warns of a model that is off or soon will be', () => {
  const november = new Date('2026-11-22T12:00:00Z')
  expect(modelWarning('gpt-realtime', november)).toBe(
    'gpt-realtime is switched off on 2027-01-20, in 59 days. Set OPENAI_MODEL=gpt-realtime-2.1.',
  )
  expect(modelWarning('gpt-realtime', new Date('2026-11-01T00:00:00Z'))).toBeUndefined()
  expect(modelWarning('gpt-4o-realtime-preview', november)).toMatch(
    /was switched off on 2026-05-07\. Set OPENAI_MODEL=/,
  )
  for (const model of ['gpt-realtime-1.5', 'gpt-realtime-2.1-mini', 'my-own-model', 'constructor'])
    expect(modelWarning(model, november)).toBeUndefined()
})

it('tells about what a minute of talk costs, where the price is published', () => {
  expect(usdPerMinuteOf('gpt-realtime-2.1')).toBeCloseTo(0.058, 3)
  expect(usdPerMinuteOf('gpt-realtime-2.1-mini')).toBeLessThan(0.02)
  expect(usdPerMinuteOf('a-model-of-somebody')).toBeUndefined()
})
