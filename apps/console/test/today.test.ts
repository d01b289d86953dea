import { expect, test } from 'vitest'
import { changeText, outcomesUntil } from '../src/pages/home/today.ts'

const HOUR_MS = 3_600_000

/** The hours of a day from a moment on, with one call in the first, two in the second and so on. */
const hoursFrom = (start: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    from: new Date(Date.parse(start) + at * HOUR_MS).toISOString(),
    calls: at + 1,
    toTheEnd: at + 1,
    handedOver: 0,
    wentWrong: 1,
  }))

test('compares a day with another one up to the same time of day', () => {
  const hours = hoursFrom('2026-11-29T08:00:00Z', 3)
  expect(outcomesUntil(hours, Date.UTC(2026, 11, 6, 9, 30), 'UTC')).toEqual({
    calls: 3,
    toTheEnd: 3,
    handedOver: 0,
    wentWrong: 2,
  })
  expect([changeText(7, 2), changeText(2, 4), changeText(3, 3)]).toEqual(['+5', '−2', '±0'])
})

test('goes by the clock of the business when the clocks change', () => {
  const zone = 'America/New_York'
  // 14 March 2027, the clocks go forward: 10:30 is nine and a half hours after midnight, a week before it was ten and a half.
  const springNow = Date.parse('2027-03-14T14:30:00Z')
  expect(outcomesUntil(hoursFrom('2027-03-14T05:00:00Z', 10), springNow, zone).calls).toBe(55)
  expect(outcomesUntil(hoursFrom('2027-03-07T05:00:00Z', 24), springNow, zone).calls).toBe(66)
  // 7 November 2027, they go back: 1:30 comes twice, and both times what came before counts.
  const autumnNow = Date.parse('2027-11-07T06:30:00Z')
  expect(outcomesUntil(hoursFrom('2027-11-07T04:00:00Z', 3), autumnNow, zone).calls).toBe(6)
  expect(outcomesUntil(hoursFrom('2027-10-31T04:00:00Z', 24), autumnNow, zone).calls).toBe(3)
})
