import { expect, it } from 'vitest'
import { burstOf, planPool } from '../../src/model-server/pool-plan.ts'

const MINUTE_MS = 60_000

it.each<[string, number[], number]>([
  ['nobody has called', [], 0],
  ['one call is no demand', [0], 0],
  ['two calls far from each other need one session', [0, MINUTE_MS], 1],
  ['calls within five seconds need one each', [0, 1_000, 4_999, 60_000], 3],
  ['the largest burst counts, not the last one', [0, 10, 20, 100_000, 200_000], 3],
])('%s', (_what, arrivals, sessions) => {
  expect(burstOf(arrivals, 200_000)).toBe(sessions)
})

it('forgets a burst after ten minutes', () => {
  expect(burstOf([0, 10, 20, 5 * MINUTE_MS, 8 * MINUTE_MS], 9 * MINUTE_MS)).toBe(3)
  expect(burstOf([0, 10, 20, 5 * MINUTE_MS, 8 * MINUTE_MS], 11 * MINUTE_MS)).toBe(1)
})

it('gives what there is to each kind in turn, the latest first', () => {
  const menu = { name: 'menu', arrivals: [0, 1, 2, 3] }
  const desk = { name: 'desk', arrivals: [0, 100] }
  const quiet = { name: 'quiet', arrivals: [50] }
  const plan = (most: number) => Object.fromEntries(planPool([menu, desk, quiet], most, 1_000))
  expect(plan(10)).toEqual({ menu: 4, desk: 2, quiet: 0 })
  expect(plan(3)).toEqual({ menu: 1, desk: 2, quiet: 0 })
  expect(plan(1)).toEqual({ menu: 0, desk: 1, quiet: 0 })
})
