import { expect, it } from 'vitest'
import type { Clock } from '@llc-phone/core'
import { createDrain } from '../src/drain.ts'
import { createLog } from '../src/log.ts'

const DEADLINE_MS = 60_000

/** Time that passes when told to. */
const ownClock = () => {
  let now = 0
  let tasks: { at: number; task: () => void }[] = []
  const clock: Clock = {
    now: () => now,
    date: () => new Date(now),
    after(delayMs, task) {
      const entry = { at: now + delayMs, task }
      tasks.push(entry)
      return { stop: () => void (tasks = tasks.filter((other) => other !== entry)) }
    },
  }
  const pass = async (ms: number) => {
    for (const end = now + ms; ;) {
      const next = tasks.toSorted((a, b) => a.at - b.at)[0]
      if (!next || next.at > end) {
        now = end
        break
      }
      tasks = tasks.filter((other) => other !== next)
      now = next.at
      next.task()
    }
    await Promise.resolve()
  }
  return { clock, pass }
}

const set = () => {
  const { clock, pass } = ownClock()
  const happened: string[] = []
  let live = ['a', 'b']
  const registry = {
    active: () => live.map((id) => ({ hangUp: (by: string) => happened.push(`hangUp ${id} ${by}`) })) as never,
    closeAll: (disposition: string) => {
      happened.push(`closeAll ${disposition}`)
      live = []
    },
  }
  const log = createLog({ level: 'info', secrets: [], stream: { write: () => undefined } })
  const drain = createDrain({ registry, clock, log, deadlineMs: DEADLINE_MS })
  let done = false
  const begin = () => drain.begin().then(() => void (done = true))
  return {
    drain,
    begin,
    pass,
    happened,
    isDone: () => done,
    leave: (id: string) => (live = live.filter((other) => other !== id)),
  }
}

it('waits for the last call and touches none', async () => {
  const { drain, begin, pass, happened, isDone, leave } = set()
  expect(drain.begun).toBe(false)
  void begin()
  expect(drain.begun).toBe(true)
  await pass(30_000)
  leave('a')
  await pass(20_000)
  expect(isDone()).toBe(false)
  leave('b')
  await pass(200)
  expect([isDone(), happened]).toEqual([true, []])
})

it('hangs up at the deadline and gives the hang-ups time to arrive', async () => {
  const { begin, pass, happened, isDone, leave } = set()
  void begin()
  await pass(DEADLINE_MS - 1_000)
  expect(happened).toEqual([])
  await pass(1_500)
  expect(happened).toEqual(['hangUp a drain', 'hangUp b drain'])
  leave('a')
  leave('b')
  await pass(200)
  expect([isDone(), happened.length]).toEqual([true, 2])
})

it('closes what does not go, and a second signal does not wait for the deadline', async () => {
  const { begin, pass, happened, isDone } = set()
  void begin()
  await pass(1_000)
  void begin()
  await pass(200)
  expect(happened).toEqual(['hangUp a drain', 'hangUp b drain'])
  await pass(6_000)
  expect(happened.at(-1)).toBe('closeAll drained')
  expect(isDone()).toBe(true)
})
