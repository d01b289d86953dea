import type { CallResult, TimelineType } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startWorld, type World } from './support/whole-call.ts'

const CALLER = '+14155550198'
const BILLING = '+14155550113'
const CALL_TIMEOUT_MS = 60_000

let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'ga' })
}, 30_000)
afterAll(() => world.close())

const seen = (result: CallResult, type: TimelineType) => result.timeline.filter((entry) => entry.type === type)

describe('a cold transfer', () => {
  it('connects the caller once the sentence before it has been heard', { timeout: CALL_TIMEOUT_MS }, async () => {
    world.twilio.setFarEnd(() => ({ outcome: 'answers', hangsUpAfterMs: 1_000 }))
    const script = [{ say: 'I have a question about my bill' }, { listen: true as const, maxMs: 20_000 }]
    const call = world.twilio.placeCall({ to: world.numbers.ivr, from: CALLER, script })
    const result = await call.ended
    const story = await world.story(call)
    expect(story).toMatchObject({ phase: 'ended', disposition: 'transferred' })
    expect(story.tools.map(({ name }) => name)).toEqual(['transfer_call'])
    const dialled = [...world.twilio.calls.values()].find(({ parentSid }) => parentSid === call.sid)
    expect(dialled).toMatchObject({ to: BILLING, from: world.numbers.ivr })
    expect(seen(result, 'bridged')).toHaveLength(1)
    expect(seen(result, 'dial')[0]!.atMs).toBeGreaterThan(seen(result, 'assistant-stop').at(-1)!.atMs)
    expect([result.errors, result.warnings]).toEqual([[], []])
  })

  it('brings the same conversation back when nobody can be reached', { timeout: CALL_TIMEOUT_MS }, async () => {
    world.twilio.setFarEnd(() => ({ outcome: 'busy', afterMs: 500 }))
    const handshakes = world.model.handshakes
    const script = [
      { say: 'I have a question about my bill' },
      { listen: true as const },
      { wait: 3_000 },
      { listen: true as const },
      { say: 'goodbye' },
    ]
    const call = world.twilio.placeCall({ to: world.numbers.ivr, from: CALLER, script })
    const result = await call.ended
    const story = await world.story(call)
    expect(seen(result, 'media-start')).toHaveLength(2)
    expect(world.model.handshakes).toBe(handshakes + 1)
    expect(seen(result, 'bridged')).toEqual([])
    expect(story).toMatchObject({ phase: 'ended', disposition: 'assistant_hung_up' })
    expect(story.tools.map(({ name }) => name)).toEqual(['transfer_call', 'hang_up'])
    expect([result.errors, result.warnings]).toEqual([[], []])
  })
})
