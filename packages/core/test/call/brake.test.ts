import { expect, it } from 'vitest'
import { brakeAfter, released, type Brake } from '../../src/call/brake.ts'

const LIMIT_MS = 60

/** The brake after a sample each second; delays in ms, or `[delay, heap share]`. */
const after = (...samples: readonly (number | readonly [number, number])[]): Brake => {
  let nowMs = 0
  return samples.reduce<Brake>((brake, sample) => {
    const [delayMs, heapShare] = typeof sample === 'number' ? [sample, 0.2] : sample
    return brakeAfter(brake, { delayMs, heapShare }, (nowMs += 1_000), LIMIT_MS)
  }, released)
}

it('lets calls in while the process is on time', () => {
  expect(after(0, 5, 39).level).toBe('normal')
})

it('takes one slow second for what it is: no outbound call is begun, callers are let in', () => {
  expect(after(200).level).toBe('tight')
  expect(after(200, 5, 200).level).toBe('tight')
})

it('takes no new call once the process has been late for two seconds', () => {
  expect(after(61, 61)).toMatchObject({ level: 'full', by: 'delay' })
})

it('takes no new call while the heap is nearly full', () => {
  expect(after([2, 0.71])).toMatchObject({ level: 'full', by: 'heap' })
  expect(after([2, 0.65])).toMatchObject({ level: 'tight', by: 'heap' })
})

it('is released after six seconds of low load, and not by one good second among bad ones', () => {
  expect(after(90, 90, 5, 5, 5, 5, 5, 5).level).toBe('full')
  expect(after(90, 90, 5, 5, 5, 5, 5, 5, 5).level).toBe('normal')
  expect(after(90, 90, 5, 5, 5, 45, 5, 5, 5, 5).level).toBe('full')
})

it('holds at a load between the two limits, so that it does not flutter', () => {
  expect(after(90, 90, 50, 50, 50, 50, 50, 50, 50, 50, 50).level).toBe('full')
})
