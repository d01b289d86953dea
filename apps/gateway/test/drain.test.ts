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

/** Calls with somebody on the line; `tell` is what becomes of the last sentence. */
const setOnTheLine = (tell: (id: string) => Promise<void>) => {
  const clock = fakeClock()
  const happened: string[] = []
  let live = ['a', 'b', 'ringing']
  const leave = (id: string) => void (live = live.filter((other) => other !== id))
  const callOf = (id: string) => ({
    facts: { callId: id, legId: `CA${id}`, direction: id === 'ringing' ? 'outbound' : 'inbound' },
    mediaSince: undefined,
    async sayGoodbye() {
      happened.push(`tell ${id}`)
      await tell(id)
    },
    hangUp: (by: string) => {
      happened.push(`hangUp ${id} ${by}`)
      leave(id)
    },
    end: (disposition: string) => {
      happened.push(`end ${id} ${disposition}`)
      leave(id)
    },
  })
  const registry = { active: () => live.map(callOf) as never, closeAll: () => undefined }
  const log = createLog({ level: 'info', secrets: [], stream: { write: () => undefined } })
  return {
    drain: createDrain({ registry, clock, log, deadlineMs: DEADLINE_MS }),
    pass: clock.advance,
    happened,
    leave,
  }
}

it('callers who are left at the deadline are told before they are let go', async () => {
  const { drain, pass, happened } = setOnTheLine(async () => undefined)
  void drain.begin()
  await pass(DEADLINE_MS - 200)
  expect(happened).toEqual([])
  await pass(300)
  expect(happened).toEqual(['tell a', 'tell b', 'hangUp ringing drain', 'end a drained', 'end b drained'])
})

it('who cannot be told is hung up on all the same: refused at once, or not answered', async () => {
  const { drain, pass, happened } = setOnTheLine((id) =>
    id === 'a' ? Promise.reject(new Error('503')) : new Promise(() => {}),
  )
  void drain.begin()
  await pass(DEADLINE_MS + 100)
  expect(happened.at(-1)).toBe('hangUp a drain')
  await pass(3_100)
  expect(happened.at(-1)).toBe('hangUp b drain')
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
