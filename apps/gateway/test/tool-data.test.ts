import { expect, it } from 'vitest'
import { keptToolData } from '../src/watching/tool-data.ts'

const run = {
  name: 'verify_caller',
  startedAtMs: 1,
  durationMs: 2,
  outcome: 'done' as const,
  input: { name: 'maria lopez', pin: 4711, route: 'sales', nights: 3, urgent: true, notes: ['call +14155550199'] },
  result: {
    status: 'not_found',
    kind: 'Maria',
    error: 'There is no customer Maria Lopez, born 1980. Ask "is it M.?" again.',
  },
}

it('is kept without personal data, but with what the run was about', () => {
  const [kept] = keptToolData([run], 'redacted')
  expect(kept).toEqual({
    ...run,
    input: { name: '•', pin: '•', route: 'sales', nights: 3, urgent: true, notes: ['•'] },
    result: { status: 'not_found', kind: '•', error: 'There is no customer • •, born •. Ask "•" again.' },
  })
  expect(JSON.stringify(kept)).not.toMatch(/maria|lopez|4711|1980|0199/i)
})

it('is kept whole, or not at all, where that is set', () => {
  expect(keptToolData([run], 'full')).toEqual([run])
  expect(keptToolData([run], 'off')).toEqual([{ name: run.name, startedAtMs: 1, durationMs: 2, outcome: 'done' }])
})

it('is masked whole where it is longer than any sentence, and takes no time then', () => {
  const [kept] = keptToolData([{ ...run, result: { error: "'a".repeat(500_000) } }], 'redacted')
  expect(kept!.result).toEqual({ error: '•' })
})
