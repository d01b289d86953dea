import { expect, it } from 'vitest'
import { saneCode, saneField, saneId } from '../../src/realtime/bounds.ts'
import { recent } from '../../src/recent.ts'
import { retryAfterMs } from '../../src/realtime/translate.ts'

it.each([
  ['Rate limit reached for m in organization o on TPM: Limit 40000. Please try again in 3.2s. Visit us.', 3_200],
  ['Please try again in 450ms.', 450],
  ['Please try again in 1m2.5s.', 62_500],
  ['please retry after 20 seconds', 20_000],
  ['Try again in 1 minute, 30 seconds', 90_000],
  ['Please try again in about 2 min', 120_000],
  ['Please try again in 7h30m.', 600_000],
  ['Please try again in 0s.', 0],
  ['Please try again in 5 bananas.', undefined],
  ['Please try again later.', undefined],
  ['Limit 3s', undefined],
  ['', undefined],
  [7, undefined],
  [null, undefined],
])('waits as long as the server asks: %j', (message, ms) => {
  expect(retryAfterMs(message)).toBe(ms)
})

it.each([
  ['rate_limit_exceeded', 'rate_limit_exceeded'],
  ['invalid_request_error.missing_model', 'invalid_request_error.missing_model'],
  [429, '429'],
  ['', undefined],
  [null, undefined],
  ['call +14155550191', 'other'],
  ['14155550191', 'other'],
  ['x'.repeat(65), 'other'],
  [{ code: 1 }, 'other'],
])('passes a code on only when it looks like one: %j', (code, told) => {
  expect(saneCode(code)).toBe(told)
})

it('passes on names of fields and ids of a sane size', () => {
  expect(saneField('session.tools[2].meta')).toBe('session.tools[2].meta')
  expect(saneField('my number is 5')).toBe('other')
  expect(saneId('item_1')).toBe('item_1')
  expect(saneId('x'.repeat(257))).toBeUndefined()
  expect(saneId(7)).toBeUndefined()
})

it('remembers no more than it was meant to', () => {
  const memory = recent<number>(2)
  for (const value of [1, 2, 1, 3]) memory.add(value)
  expect([1, 2, 3].map(memory.has)).toEqual([true, false, true])
})
