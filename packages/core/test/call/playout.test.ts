import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createPlayout } from '../../src/call/playout.ts'

const create = () => {
  let now = 0
  const playout = createPlayout(() => now)
  return { playout, at: (ms: number) => void (now = ms) }
}

it('asks for a mark about every 200 ms and one at the end', () => {
  const { playout } = create()
  const marks = Array.from({ length: 10 }, () => playout.sent('a', 0, 60)).map((mark) => mark !== undefined)
  expect(marks).toEqual([false, false, false, true, false, false, false, true, false, false])
  expect(playout.markEnd()).toBeDefined()
  expect(playout.markEnd()).toBeUndefined()
})

it('moves on by the clock between marks, never past what was sent', () => {
  const { playout, at } = create()
  playout.sent('a', 0, 100)
  at(40)
  expect(playout.heardMs()).toBe(40)
  at(500)
  expect(playout.heardMs()).toBe(100)
})

it('does not run ahead of a mark whose echo is overdue', () => {
  const { playout, at } = create()
  const mark = playout.sent('a', 0, 400)!
  playout.sent('a', 0, 4_000)
  at(2_000)
  expect(playout.heardMs(), 'Twilio is late: the mark at 400 ms has not come back').toBe(650)
  playout.markEchoed(mark)
  expect(playout.heardMs(), 'what was heard stays heard').toBe(650)
  at(2_300)
  expect(playout.heardMs()).toBe(700)
})

it('starts again at the next chunk after a pause', () => {
  const { playout, at } = create()
  playout.sent('a', 0, 100)
  at(5_000)
  playout.sent('b', 0, 1_000)
  at(5_250)
  expect(playout.unheard()).toEqual([
    { itemId: 'a', contentIndex: 0, heardMs: 100, sentMs: 100 },
    { itemId: 'b', contentIndex: 0, heardMs: 260, sentMs: 1_000 },
  ])
})

it('lets go of a part that is complete and was heard', () => {
  const { playout } = create()
  const mark = playout.sent('a', 0, 200)!
  playout.partEnded('a', 0)
  playout.markEchoed(mark)
  expect(playout.unheard()).toEqual([])
  expect(playout.allHeard).toBe(true)
})

it('never reports more heard than sent, whatever comes in which order', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('sent' as const),
      item: fc.constantFrom('a', 'b', 'c'),
      ms: fc.integer({ min: 1, max: 900 }),
    }),
    fc.record({ kind: fc.constant('time' as const), ms: fc.nat(2_000) }),
    fc.record({ kind: fc.constant('echo' as const), index: fc.nat(30) }),
    fc.record({ kind: fc.constant('clear' as const) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { playout, at } = create()
      const marks: string[] = []
      let now = 0
      let sentMs = 0
      let previous = 0
      for (const each of steps) {
        if (each.kind === 'sent') {
          const mark = playout.sent(each.item, 0, each.ms)
          if (mark) marks.push(mark)
          sentMs += each.ms
        } else if (each.kind === 'time') at((now += each.ms))
        else if (each.kind === 'echo') playout.markEchoed(marks[each.index] ?? 'foreign')
        else {
          playout.clear()
          sentMs = previous = 0
        }
        expect(playout.heardMs()).toBeLessThanOrEqual(sentMs)
        expect(playout.heardMs()).toBeGreaterThanOrEqual(0)
        for (const part of playout.unheard()) expect(part.heardMs).toBeLessThanOrEqual(part.sentMs)
        previous = playout.heardMs()
      }
      expect(previous).toBeLessThanOrEqual(sentMs)
    }),
  )
})
