import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyWorld, often } from './any-world.ts'
import { goodReply } from './capricious-server.ts'
import { live } from './lived-call.ts'
import type { ModelCapabilities } from '../../src/model.ts'

describe('whatever the model does, and whatever the caller', () => {
  it('is never a long silence, nor two voices, nor an end without an end', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, async (world) => {
        const { problems, violations, told, phrasesHeard } = await live(world)
        expect(problems).toEqual([])
        expect(violations).toEqual([])
        // What is interrupted stands there as far as it was heard: the end of the call may come into the last one.
        if (world.acts.length === 0) expect(told).toBeGreaterThanOrEqual(phrasesHeard - 1)
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})

describe('a model that can do less', () => {
  const anyModel: fc.Arbitrary<Partial<ModelCapabilities>> = fc.record({
    truncate: fc.boolean(),
    deleteItem: fc.boolean(),
    cancel: fc.boolean(),
    turnEvents: fc.boolean(),
    pace: fc.constantFrom('burst' as const, 'realTime' as const),
    idle: fc.constantFrom('free' as const, 'billed' as const),
  })
  it('is never a long silence either, whatever it does', async () => {
    await fc.assert(
      fc.asyncProperty(anyWorld, anyModel, async (world, model) => {
        const { problems, violations } = await live({ ...world, model })
        expect(problems).toEqual([])
        expect(violations).toEqual([])
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})

describe('while the model does as it should', () => {
  const reply = fc.record({
    startsMs: fc.constantFrom(100, 500, 900),
    tool: often<string | undefined>(undefined, 'quick', 'slow'),
    soundMs: fc.constantFrom(400, 1_600),
  })
  const turn = fc.record({ kind: fc.constant('takesTurn' as const), ms: fc.constantFrom(300, 1_200, 3_000) })
  it('each turn has one answer, and each result of a tool', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          replies: fc.array(reply, { maxLength: 5 }),
          acts: fc.array(turn, { maxLength: 3 }),
          comesAtMs: fc.constantFrom(0, 300, 4_000),
        }),
        async ({ replies, acts, comesAtMs }) => {
          const { problems, begun, turnsEnded, results } = await live({
            connections: [],
            replies: replies.map((each) => ({ ...goodReply, ...each })),
            acts,
            comesAtMs,
            losesEachMark: 0,
            minSpeechMs: 0,
            shield: 'full',
          })
          expect(problems).toEqual([])
          expect(turnsEnded).toBe(acts.length)
          expect(begun.size).toBe(1 + turnsEnded + results.length)
        },
      ),
      { numRuns: 50 },
    )
  }, 60_000)
})

describe('a call that is left in whatever company of tools', () => {
  const reply = fc.record({
    startsMs: fc.constantFrom(100, 900),
    tool: fc.constantFrom(
      'hangs_up fails',
      'fails hangs_up',
      'hangs_up fails_late',
      'hangs_up hangs_up',
      'slow hangs_up',
      'hangs_up stops',
      'transfers fails_late',
      'fails',
      'listens',
    ),
    soundMs: fc.constantFrom(400, 1_600, 6_000),
  })
  const act = fc.record({
    kind: fc.constantFrom('takesTurn' as const, 'speaks' as const),
    ms: fc.constantFrom(300, 1_200),
  })
  it('is not over before what has failed was told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ replies: fc.array(reply, { maxLength: 3 }), acts: fc.array(act, { maxLength: 3 }) }),
        async ({ replies, acts }) => {
          const { problems, begun, heardIds, results, hungUp } = await live({
            connections: [],
            replies: replies.map((each) => ({ ...goodReply, ...each })),
            acts,
            comesAtMs: 0,
            losesEachMark: 0,
            minSpeechMs: 0,
            shield: 'full',
          })
          expect(problems).toEqual([])
          if (hungUp.length === 0) return
          const heard = [...begun.values()].filter(({ id }) => heardIds.has(id))
          const untold = results.filter(
            ({ failed, atMs }) => failed && !heard.some(({ beganAtMs }) => beganAtMs >= atMs),
          )
          expect(untold).toEqual([])
        },
      ),
      { numRuns: 100 },
    )
  }, 60_000)
})
