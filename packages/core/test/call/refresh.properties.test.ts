import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { always } from './any-call.ts'
import { anyWorld, expiring, often } from './any-world.ts'
import { goodReply } from './capricious-server.ts'
import { live } from './lived-call.ts'

const EXPIRES_MS = fc.constantFrom(6_000, 7_500, 9_000, 12_000)

describe('sessions that expire in the middle of whatever happens', () => {
  it('leave no long silence, nor two voices, nor a result that is not told', async () => {
    let replaced = 0
    await fc.assert(
      fc.asyncProperty(anyWorld, EXPIRES_MS, async (world, expiresMs) => {
        const { problems, violations, call } = await live({
          ...world,
          connections: world.connections.map((plan) => ({ ...plan, expiresMs })),
          others: expiring(expiresMs),
        })
        replaced += call.story().events.filter(({ event }) => event.type === 'modelReplaced').length
        expect(problems).toEqual([])
        expect(violations).toEqual([])
      }),
      { numRuns: 150 },
    )
    expect(replaced).toBeGreaterThan(50)
  }, 120_000)

  const turn = fc.record({ kind: fc.constant('takesTurn' as const), ms: fc.constantFrom(300, 1_200, 2_500) })
  const reply = fc.record({
    startsMs: fc.constantFrom(100, 500, 900),
    tool: often<string | undefined>(undefined, 'quick', 'slow'),
    soundMs: fc.constantFrom(400, 1_600),
  })
  it('are not noticed: each turn has one answer, and nothing is said about a lost connection', async () => {
    let replaced = 0
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          replies: fc.array(reply, { maxLength: 5 }),
          acts: fc.array(turn, { maxLength: 5 }),
          comesAtMs: fc.constantFrom(0, 300, 4_000),
        }),
        EXPIRES_MS,
        async ({ replies, acts, comesAtMs }, expiresMs) => {
          const { problems, begun, turnsEnded, results, call } = await live({
            connections: [],
            others: expiring(expiresMs),
            replies: replies.map((each) => ({ ...goodReply, ...each })),
            acts,
            comesAtMs,
            losesEachMark: 0,
            minSpeechMs: 0,
            shield: 'full',
          })
          expect(problems).toEqual([])
          const { events } = call.story()
          const happened = (type: string) => events.filter(({ event }) => event.type === type).length
          // Somebody spoke through all of the time in which it was to be replaced.
          if (happened('modelLost') > 0) return
          replaced += happened('modelReplaced')
          expect(turnsEnded).toBe(acts.length)
          expect(begun.size).toBe(1 + turnsEnded + results.length)
        },
      ),
      { numRuns: 150 },
    )
    expect(replaced).toBeGreaterThan(50)
  }, 120_000)
})

it('a session is replaced only when nobody speaks and nothing is being answered', () => {
  always((before, after, effects, event) => {
    const adopts = effects.some(({ type }) => type === 'model.adoptSpare')
    if (!adopts || before.spare || after.connections > before.connections || event.type === 'modelLost') return
    expect(after).toMatchObject({
      callerSpeaking: false,
      replyActive: false,
      digits: '',
      phase: 'live',
      model: 'configured',
    })
    expect(after.turn).not.toBe('thinking')
    expect(after.toolsRunning).toHaveLength(before.toolsRunning.length - (event.type === 'toolSettled' ? 1 : 0))
  })
})
