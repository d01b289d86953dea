import { describe, expect, it } from 'vitest'
import { keptState } from '../../src/call/memory.ts'
import { readPlan, readStep } from '../../src/call/read-plan.ts'
import { always } from './any-call.ts'

const plan = {
  instance: 'frontDesk',
  name: 'Anna',
  kept: {
    connects: 1,
    callerTurns: 2,
    recordedTurns: 0,
    takenBack: 0,
    notes: ['Nobody answered.'],
    machineAnswered: false,
    rung: { '+14155550111': 1 },
    greeted: true,
  },
  spent: { called: 3, written: 1 },
  known: { customer: 'c1' },
}

const withKept = (changes: object) => JSON.stringify({ ...plan, kept: { ...plan.kept, ...changes } })

describe('the plan of a call whose process died', () => {
  it('is read as it was written, in every state that a call can be in', () => {
    always((_before, after) => {
      const written = JSON.stringify({ ...plan, kept: keptState(after) })
      expect(readPlan(written)).toEqual(JSON.parse(written))
    })
  })

  it('may have fields that a later version added', () => {
    expect(readPlan(JSON.stringify({ ...plan, version: 9 }))).toEqual(plan)
  })

  it.each([
    ['is cut off', JSON.stringify(plan).slice(0, -9)],
    ['is empty', ''],
    ['is no object', 'null'],
    ['is of another state', JSON.stringify({ ...plan, kept: {} })],
    ['has no count of what was spent', JSON.stringify({ ...plan, spent: {} })],
    ['counts below zero', JSON.stringify({ ...plan, spent: { called: -5, written: 0 } })],
    ['has a count that is no number', withKept({ callerTurns: '2' })],
    ['sends the caller where nobody can go', withKept({ departure: { kind: 'teleport' } })],
    ['sends the caller to a number that is none', withKept({ departure: { kind: 'transfer', number: '911' } })],
    ['is away in an unknown way', withKept({ awayKind: 'asleep' })],
  ])('that %s is not read', (_what, text) => {
    expect(readPlan(text)).toBeUndefined()
  })

  it('leaves out a step that cannot be read', () => {
    const step = { kind: 'keys', text: 'The caller pressed 1.', atMs: 5 } as const
    expect(readStep(JSON.stringify(step))).toEqual(step)
    for (const text of ['', '[]', '{"kind":"tool"}', '{"kind":"dream","atMs":1}'])
      expect(readStep(text)).toBeUndefined()
  })
})
