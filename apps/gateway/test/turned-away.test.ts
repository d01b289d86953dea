import { e164 } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import type { TurnedAwayCalls } from '@llc-phone/store'
import { expect, it } from 'vitest'
import { createTurnedAwayCount } from '../src/watching/turned-away-count.ts'

const DIALLED = e164('+14155550101')

const set = () => {
  const clock = fakeClock()
  const stored: (readonly TurnedAwayCalls[])[] = []
  const disk = { fails: false }
  const count = createTurnedAwayCount(
    {
      add: async (counted) => {
        if (disk.fails) throw new Error('no space')
        stored.push(counted)
      },
    },
    clock,
  )
  return { clock, stored, disk, count }
}

it('stores a flood of callers as one row a minute', async () => {
  const { clock, stored, count } = set()
  for (let n = 0; n < 10_000; n++) count.add(DIALLED, n % 10 === 0 ? 'calls' : 'starts')
  expect(stored).toEqual([])
  await clock.advance(60_000)
  expect(stored).toHaveLength(1)
  expect(stored[0]!.map(({ dialled, reason, calls }) => [dialled, reason, calls])).toEqual([
    [DIALLED, 'calls', 1_000],
    [DIALLED, 'starts', 9_000],
  ])
  await clock.advance(600_000)
  expect(stored).toHaveLength(1)
})

it('keeps what could not be stored, within bounds, and stores it when it can be', async () => {
  const { clock, stored, disk, count } = set()
  disk.fails = true
  count.add(DIALLED, 'calls')
  await clock.advance(60_000)
  for (let n = 0; n < 5_000; n++) count.add(undefined, `reason-${n}`)
  disk.fails = false
  await clock.advance(60_000)
  expect(stored[0]).toHaveLength(1_000)
  expect(stored[0]![0]).toMatchObject({ dialled: DIALLED, reason: 'calls', calls: 1 })
})

it('stores what is left when the process stops', async () => {
  const { stored, count } = set()
  count.add(undefined, 'draining')
  await count.write()
  expect(stored).toMatchObject([[{ dialled: '', reason: 'draining', calls: 1 }]])
})
