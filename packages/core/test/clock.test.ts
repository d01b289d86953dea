import { expect, it, vi } from 'vitest'
import { inTime, pause, retried, unlessAborted } from '../src/clock.ts'
import { fakeClock } from '../src/testing/index.ts'

const never = new Promise<never>(() => {})

it('a pause ends with its time, or with what it waited for', async () => {
  const clock = fakeClock()
  const [long, cut] = [pause(clock, 1_000), pause(clock, 1_000, Promise.resolve('here'))]
  expect(await cut).toBe('here')
  expect(clock.pending).toBe(1)
  await clock.advance(1_000)
  expect(await long).toBeUndefined()
})

it('work that ends in time is what it came to, and leaves no timer', async () => {
  const clock = fakeClock()
  expect(await inTime(clock, 1_000, Promise.resolve('done'))).toBe('done')
  await expect(inTime(clock, 1_000, Promise.reject(new Error('its own')))).rejects.toThrow('its own')
  expect(clock.pending).toBe(0)
})

it('work that takes too long is given up, with the error that was asked for', async () => {
  const clock = fakeClock()
  const plain = expect(inTime(clock, 1_000, never)).rejects.toThrow('It took longer than 1000 ms.')
  const named = expect(inTime(clock, 1_000, never, () => new TypeError('late'))).rejects.toThrow(TypeError)
  await clock.advance(1_000)
  await plain
  await named
})

it('work that is given up may still fail without harm to the process', async () => {
  const clock = fakeClock()
  const work = Promise.withResolvers<never>()
  const late = expect(inTime(clock, 10, work.promise)).rejects.toThrow('longer')
  await clock.advance(10)
  await late
  work.reject(new Error('nobody listens any more'))
  await clock.advance(0)
})

it('an aborted signal ends the wait, and before the work begins the work itself', async () => {
  const ending = new AbortController()
  const waited = expect(unlessAborted(ending.signal, () => never)).rejects.toThrow('over')
  ending.abort(new Error('over'))
  await waited
  const work = vi.fn(async () => 'done')
  await expect(unlessAborted(ending.signal, work)).rejects.toThrow('over')
  expect(work).not.toHaveBeenCalled()
  expect(await unlessAborted(new AbortController().signal, work)).toBe('done')
})

it('what fails is tried again after each pause, and the last error is told', async () => {
  const clock = fakeClock()
  const work = vi.fn(async () => Promise.reject(new Error(`try ${work.mock.calls.length}`)))
  const told = expect(retried(clock, [100, 1_000], work)).rejects.toThrow('try 3')
  await clock.advance(99)
  expect(work).toHaveBeenCalledTimes(1)
  await clock.advance(1)
  expect(work).toHaveBeenCalledTimes(2)
  await clock.advance(1_000)
  await told
  expect(clock.pending).toBe(0)
})

it('what may not be tried again fails at once', async () => {
  const clock = fakeClock()
  const work = vi.fn(async () => Promise.reject(new TypeError('a defect')))
  await expect(retried(clock, [100], work, (error) => !(error instanceof TypeError))).rejects.toThrow('a defect')
  expect(work).toHaveBeenCalledTimes(1)
})
