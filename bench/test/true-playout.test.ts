import { expect, it } from 'vitest'
import { createTruePlayout } from '../src/barge-in/true-playout.ts'

it('plays what has arrived by the clock, one piece after the other', () => {
  const playout = createTruePlayout()
  playout.add(0, 200, 1_000)
  playout.add(1, 200, 1_020)
  expect(playout.endsAt).toBe(1_400)
  expect([...playout.clear(1_250)]).toEqual([
    [0, 200],
    [1, 50],
  ])
})

it('begins anew in step with its frames when it had run dry', () => {
  const playout = createTruePlayout()
  playout.add(0, 200, 1_000)
  playout.add(1, 200, 1_505)
  expect(playout.endsAt).toBe(1_720)
  expect([...playout.clear(1_530)]).toEqual([[1, 10]])
})
