import { expect, test } from 'vitest'
import { changeText, outcomesUntil } from '../src/pages/home/today.ts'

const hour = (at: number, calls: number) => ({
  from: new Date(Date.UTC(2026, 10, 29, at)).toISOString(),
  calls,
  toTheEnd: calls,
  handedOver: 0,
  wentWrong: 1,
})

test('compares a day with another one up to the same hour', () => {
  const hours = [hour(8, 2), hour(9, 3), hour(10, 5)]
  expect(outcomesUntil(hours, Date.UTC(2026, 10, 29, 9, 30))).toEqual({
    calls: 5,
    toTheEnd: 5,
    handedOver: 0,
    wentWrong: 2,
  })
  expect([changeText(7, 2), changeText(2, 4), changeText(3, 3)]).toEqual(['+5', '−2', '±0'])
})
