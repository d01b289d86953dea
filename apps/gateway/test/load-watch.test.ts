import type { Clock, LoadSample } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { expect, it, onTestFinished } from 'vitest'
import { watchLoad } from '../src/watching/load-watch.ts'

/** A clock of which a test decides how late its timers fire. */
const lateClock = () => {
  const fake = fakeClock()
  let extraMs = 0
  const clock: Clock = { ...fake, now: () => fake.now() + extraMs, after: (ms, task) => fake.after(ms, task) }
  return { clock, advance: fake.advance, block: (ms: number) => (extraMs += ms) }
}

it('sees a loop that is blocked for seconds, of which the monitor of Node tells nothing', async () => {
  const { clock, advance, block } = lateClock()
  const samples: LoadSample[] = []
  const watch = watchLoad(clock, (sample) => samples.push(sample))
  onTestFinished(() => watch.stop())
  for (const blockedMs of [0, 1_200, 3_000, 0]) {
    block(blockedMs)
    // oxlint-disable-next-line no-await-in-loop
    await advance(1_000)
  }
  expect(samples.map(({ delayMs }) => delayMs >= 1_000)).toEqual([false, true, true, false])
  expect(samples[2]!.delayMs).toBeGreaterThanOrEqual(3_000)
  for (const { heapShare } of samples) {
    expect(heapShare).toBeGreaterThan(0)
    expect(heapShare).toBeLessThan(1)
  }
})
