import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { startFrameClock } from '../src/frame-clock.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

test('one frame per 20 ms, without drift over ten minutes', () => {
  let frames = 0
  const stop = startFrameClock(() => frames++)
  vi.advanceTimersByTime(600_000)
  expect(frames).toBe(30_001)
  stop()
  vi.advanceTimersByTime(1000)
  expect(frames).toBe(30_001)
})

test('a late tick sends the missed frames in a burst and is back in time', () => {
  let blockedMs = 0
  const now = performance.now.bind(performance)
  vi.spyOn(performance, 'now').mockImplementation(() => now() + blockedMs)
  const frames: number[] = []
  const stop = startFrameClock((frame) => {
    frames.push(frame)
    // The event loop is blocked for 90 ms in the third frame, at 40 ms.
    if (frame === 2) blockedMs = 90
  })
  vi.advanceTimersByTime(40)
  expect(frames).toEqual([0, 1, 2])
  vi.advanceTimersByTime(1)
  expect(frames).toEqual([0, 1, 2, 3, 4, 5, 6])
  vi.advanceTimersByTime(9)
  expect(frames.at(-1)).toBe(7)
  stop()
})
