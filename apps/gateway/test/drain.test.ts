import { expect, it } from 'vitest'
import { fakeClock } from '@llc-phone/core/testing'
import { createDrain } from '../src/drain.ts'
import { createLog } from '../src/watching/log.ts'

const DEADLINE_MS = 60_000

const set = () => {
  const clock = fakeClock()
  const happened: string[] = []
  let live = ['a', 'b']
  const registry = {
    active: () =>
      live.map((id) => ({
        facts: { legId: '' },
        hangUp: (by: string) => happened.push(`hangUp ${id} ${by}`),
      })) as never,
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
    pass: clock.advance,
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

it('ends calls at the deadline that nobody has answered yet, and gives the hang-ups time to arrive', async () => {
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

it('hands callers on at the deadline who are on the line, and ends calls that still ring', async () => {
  const clock = fakeClock()
  const happened: string[] = []
  let live = ['a', 'talking', 'ringing']
  const leave = (id: string) => void (live = live.filter((other) => other !== id))
  const callOf = (id: string) => ({
    facts: { callId: id, legId: `CA${id}`, direction: id === 'a' ? 'inbound' : 'outbound' },
    mediaSince: id === 'talking' ? new Date(0) : undefined,
    handOn: () => {
      happened.push(`hand on ${id}`)
      leave(id)
    },
    hangUp: (by: string) => {
      happened.push(`hangUp ${id} ${by}`)
      leave(id)
    },
  })
  const registry = { active: () => live.map(callOf) as never, closeAll: () => undefined }
  const log = createLog({ level: 'info', secrets: [], stream: { write: () => undefined } })
  const drain = createDrain({ registry, clock, log, deadlineMs: DEADLINE_MS })
  void drain.begin()
  await clock.advance(DEADLINE_MS - 200)
  expect(happened).toEqual([])
  await clock.advance(300)
  expect(happened).toEqual(['hand on a', 'hand on talking', 'hangUp ringing drain'])
})

it('new callers are taken for ten seconds, until balancers have noticed, and then turned away', async () => {
  const { drain, pass } = set()
  expect(drain.turnsAway).toBe(false)
  void drain.begin()
  await pass(9_900)
  expect(drain.turnsAway).toBe(false)
  await pass(200)
  expect(drain.turnsAway).toBe(true)
})

it('nobody new is taken once the calls that are left are being ended', async () => {
  const { drain, begin, pass } = set()
  void begin()
  void begin()
  await pass(100)
  expect(drain.turnsAway).toBe(true)
})

it('a defect never hurries live calls, nor does the first signal after it', async () => {
  const { drain, pass, happened } = set()
  void drain.begin('defect')
  void drain.begin('defect')
  await pass(DEADLINE_MS + 1_000)
  void drain.begin()
  await pass(1_000)
  expect(happened).toEqual([])
  await pass(DEADLINE_MS)
  expect(happened).toEqual(['hangUp a drain', 'hangUp b drain'])
})

it('leaves its calls to others at the deadline, and hands on those that it cannot leave', async () => {
  const clock = fakeClock()
  const happened: string[] = []
  let live = ['a', 'b']
  const callOf = (id: string) => ({
    facts: { legId: id, direction: 'inbound' },
    handOn() {
      happened.push(`handOn ${id}`)
      live = live.filter((other) => other !== id)
    },
  })
  const drain = createDrain({
    registry: { active: () => live.map(callOf) as never, closeAll: () => void happened.push('closeAll') },
    clock,
    log: createLog({ level: 'silent', secrets: [] }),
    deadlineMs: DEADLINE_MS,
    async handOver(calls) {
      happened.push(`handOver ${calls.length}`)
      await new Promise<void>((resolve) => void clock.after(9_000, resolve))
      live = ['b']
      return calls.slice(1)
    },
  })
  let isDone = false
  void drain.begin().then(() => (isDone = true))
  await clock.advance(DEADLINE_MS + 200)
  expect([drain.handsOn, happened]).toEqual([true, ['handOver 2']])
  await clock.advance(9_500)
  expect([isDone, happened]).toEqual([true, ['handOver 2', 'handOn b']])
})
