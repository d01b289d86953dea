import { expect, it } from 'vitest'
import { createPace } from '../src/pace.ts'

it('gives out turns at a steady pace, and saves none up', () => {
  let now = 0
  const turn = createPace(100, () => now)
  expect([turn(), turn(), turn()]).toEqual([0, 100, 200])
  now = 250
  expect(turn()).toBe(50)
  now = 5_000
  expect([turn(), turn()]).toEqual([0, 100])
})
