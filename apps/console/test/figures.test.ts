import { expect, test } from 'vitest'
import { clockText, countOf, lengthText, moneyText, preciseText, shareText } from '../src/parts/figures.ts'
import { agoText, dayBegins, dayIn, fullText, momentText } from '../src/parts/moments.ts'

const NOW = Date.parse('2026-11-29T12:00:00Z')

test('says how long something took, as exactly as somebody wants to know', () => {
  expect([0, 24_400, 72_000, 120_000, 7_500_000].map(lengthText)).toEqual([
    '0 s',
    '24 s',
    '1 min 12 s',
    '2 min',
    '2 h 5 min',
  ])
  expect([8_000, 72_900, 3_727_000].map(clockText)).toEqual(['0:08', '1:12', '1:02:07'])
  expect([0.52, 301.4, 1_240, 12_340].map(preciseText)).toEqual(['0.5 ms', '301 ms', '1.24 s', '12.3 s'])
  expect([undefined, null].map(preciseText)).toEqual(['–', '–'])
})

test('says what something cost, with the digits that tell two calls apart', () => {
  expect([1.84, 0.0494, 0.0041, 0].map((usd) => moneyText(usd))).toEqual(['$1.84', '$0.049', '$0.0041', '$0.00'])
  expect(shareText(0.913)).toBe('91%')
  expect([countOf(1, 'call'), countOf(0, 'call'), countOf(2, 'person', 'people')]).toEqual([
    '1 call',
    '0 calls',
    '2 people',
  ])
})

test('says how long ago something was', () => {
  const agoOf = (seconds: number) => agoText(NOW - seconds * 1_000, NOW)
  expect([3, 180, 3_600 * 3, 86_400, 86_400 * 5, -7_200].map(agoOf)).toEqual([
    'now',
    '3 min ago',
    '3 h ago',
    '1 day ago',
    '5 days ago',
    'in 2 h',
  ])
})

test('writes moments in the zone of the business, and the year only of another one', () => {
  const at = '2026-11-29T01:30:00Z'
  expect(dayIn('America/Los_Angeles', at)).toBe('2026-11-28')
  expect(momentText(at, 'day', 'America/Los_Angeles', NOW)).toMatch(/28/)
  expect(momentText(at, 'both', 'America/Los_Angeles', NOW)).not.toMatch(/2026/)
  expect(momentText('2025-11-29T01:30:00Z', 'day', 'UTC', NOW)).toMatch(/2025/)
  expect(fullText(at, 'America/Los_Angeles')).toMatch(/Saturday.*2026.*(PST|GMT-8)/)
  expect(momentText('nonsense', 'both', 'UTC', NOW)).toBe('–')
})

test('knows when a day begins in the zone of the business, also on the days its clock changes', () => {
  const begins = (zone: string, day: string, later?: number) => new Date(dayBegins(zone, day, later)).toISOString()
  expect(begins('America/New_York', '2026-11-18')).toBe('2026-11-18T05:00:00.000Z')
  expect(begins('America/New_York', '2026-11-01')).toBe('2026-11-01T04:00:00.000Z')
  expect(begins('America/New_York', '2026-11-01', 1)).toBe('2026-11-02T05:00:00.000Z')
  expect(begins('Asia/Kolkata', '2026-03-09')).toBe('2026-03-08T18:30:00.000Z')
  expect(dayBegins('UTC', 'some day')).toBeNaN()
})
