import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { instructionOf } from '../../src/call/instruction.ts'
import type { KeptState } from '../../src/call/kept-state.ts'
import { keptState } from '../../src/call/memory.ts'
import { initialState } from '../../src/call/initial-state.ts'
import type { CallState } from '../../src/call/state.ts'
import { anyEvent, start, walk } from './any-call.ts'

/** Any call that dies at some moment, and whatever happens after it was resumed. */
const killedCall = (
  check: (
    dead: CallState,
    kept: KeptState,
    after: { readonly first: CallState; readonly walked: Parameters<Parameters<typeof walk>[2]>[] },
  ) => void,
) =>
  fc.assert(
    fc.property(
      start,
      fc.array(anyEvent, { maxLength: 40 }),
      fc.array(anyEvent, { maxLength: 20 }),
      (options, before, after) => {
        const dead = walk(options, before, () => {})
        if (dead.phase === 'ended') return
        const kept = JSON.parse(JSON.stringify(keptState(dead))) as KeptState
        const resumed = { ...options, resumes: { kept, elapsedMs: 30_000 } }
        const walked: Parameters<Parameters<typeof walk>[2]>[] = []
        walk(resumed, after, (...step) => void walked.push(step))
        check(dead, kept, { first: initialState(resumed), walked })
      },
    ),
    { numRuns: 1_000 },
  )

describe('a call that is resumed, whatever it was doing when its process died', () => {
  it('waits for its caller, or sends them where they were going', () => {
    killedCall((dead, _kept, { first }) => {
      expect(['away', 'leaving']).toContain(first.phase)
      const { kind } = instructionOf(first)
      if (first.phase === 'leaving') expect(first.goodbye).toBe('gone')
      if (kind !== 'connect' && kind !== 'fallback') expect(dead.departure?.kind).toBe(first.departure?.kind)
    })
  })

  it('does nothing by itself that has an effect, and keeps its counts', () => {
    killedCall((dead, _kept, { first, walked }) => {
      const [[, opened, effects]] = walked as [(typeof walked)[0]]
      const acts = ['tool.run', 'line.ringPerson', 'line.follow', 'model.greet', 'model.send']
      expect(effects.map(({ type }) => type).filter((type) => acts.includes(type))).toEqual([])
      const { rung, callerTurns, connects, takenBack, recordedTurns } = dead
      expect(first).toMatchObject({ rung, callerTurns, connects, takenBack, recordedTurns })
      expect(opened.rung).toEqual(rung)
    })
  })

  it('does not greet again once its greeting was heard', () => {
    killedCall((_dead, kept, { walked }) => {
      if (!kept.greeted) return
      for (const [, , effects] of walked) expect(effects.map(({ type }) => type)).not.toContain('greeting.play')
    })
  })

  it('dies again in a state that is read as it was', () => {
    killedCall((_dead, kept, { first }) => {
      const again = JSON.parse(JSON.stringify(keptState(first))) as KeptState
      const { notes: _n, ...same } = kept
      expect(again).toMatchObject(same)
    })
  })
})
