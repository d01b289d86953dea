import { expect, it } from 'vitest'
import { slopeOf } from '../src/soak/slope.ts'

const HOUR_MS = 3_600_000
const series = (values: readonly number[]) => values.map((value, index) => ({ atMs: (index * HOUR_MS) / 100, value }))

it('finds how fast a series grows in an hour', () => {
  const { perHour, within } = slopeOf(series(Array.from({ length: 20 }, (_, index) => 1_000 + index * 5)))
  expect(perHour).toBeCloseTo(500)
  expect(within).toBeCloseTo(0)
})

it('says how far off it may be when samples scatter', () => {
  const { perHour, within } = slopeOf(series(Array.from({ length: 50 }, (_, index) => (index % 2 === 0 ? 100 : -100))))
  expect(Math.abs(perHour)).toBeLessThan(within)
  expect(within).toBeGreaterThan(50)
})
