import { setTimeout as sleep } from 'node:timers/promises'
import type { CallerStep } from '@llc-phone/sim'
import { describe, expect, it, vi } from 'vitest'
import { asks, expectNothingLeft, leaves, openWarehouse, over, ring, says, WAREHOUSE } from '../support/warehouse.ts'

const timeout = 60_000

describe.concurrent('a media socket that is torn', { timeout }, () => {
  it.for(['greeting', 'caller', 'answer'] as const)(
    'in the middle of the %s: the same conversation goes on, on another stream',
    async (moment, test) => {
      const world = await openWarehouse(test)
      const call = world.twilio.placeCall({
        to: WAREHOUSE,
        from: '+14155550198',
        script: [asks, { listen: true, quietMs: 3_000 }, leaves],
        maxSilenceMs: 6_000,
        maxCallMs: 40_000,
      })
      if (moment === 'caller') await call.seen('caller-start')
      else await call.seen('assistant-start', moment === 'greeting' ? 1 : 2)
      await sleep(700)
      call.killSocket()
      const { bore, result, story } = await over(world, call, await call.ended)
      expect(bore).toEqual([])
      const streams = result.timeline.flatMap(({ type, streamSid }) => (type === 'media-start' ? [streamSid] : []))
      expect(new Set(streams).size).toBe(2)
      expect(story).toMatchObject({ phase: 'ended', disposition: 'assistant_hung_up' })
      expect(story.turns.at(-1)!.text).toBe(says.goodbye)
      expect(world.model.handshakes).toBe(1)
      await expectNothingLeft(world)
    },
  )

  it('and nobody asks for the call again: it ends, and is accounted for', async (test) => {
    const world = await openWarehouse(test)
    world.twilio.setFaults({ asksAfterTornStream: false })
    const call = world.twilio.placeCall({ to: WAREHOUSE, from: '+14155550198', script: [asks], statusCallback: null })
    // Words are told of what was heard: before that there may be none.
    await call.seen('assistant-stop')
    call.killSocket()
    await call.ended
    await vi.waitFor(async () => expect(await world.story(call)).toMatchObject({ phase: 'ended' }), { timeout: 10_000 })
    expect((await world.story(call)).turns[0]).toMatchObject({ speaker: 'assistant' })
    await expectNothingLeft(world)
  })
})

describe.concurrent('a line', { timeout }, () => {
  const talk: CallerStep[] = [asks, leaves]

  it.for([
    ['whose marks are all lost', { marks: 'lost' }],
    ['whose audio stalls and comes in bursts', { bursts: { everyMs: 1_000, stallMs: 400 } }],
  ] as const)('%s: the talk is as any other', async ([, media], test) => {
    const world = await openWarehouse(test)
    const { bore, said, story } = await ring(world, talk, { media })
    expect(bore).toEqual([])
    expect(said).toEqual([says.greeting, says.hours, says.goodbye])
    expect(story.disposition).toBe('assistant_hung_up')
    await expectNothingLeft(world)
  })
})

it(
  'a line whose marks come two seconds late: nothing is said twice, and nothing waits for them',
  { timeout },
  async (test) => {
    const world = await openWarehouse(test)
    const { bore, said, story } = await ring(world, [asks, leaves], { media: { marks: { lateMs: 2_000 } } })
    expect(bore).toEqual([])
    // Where the caller spoke before the marks were back, that much of the answer counts as not heard.
    expect(said).toEqual([says.greeting, expect.stringMatching(/^We are open/), says.goodbye])
    expect(story.disposition).toBe('assistant_hung_up')
    await expectNothingLeft(world)
  },
)

it('callers who hang up at any moment leave no session at the model', { timeout }, async (test) => {
  const world = await openWarehouse(test, { faults: { latency: { connectMs: 300, createdMs: 300 } } })
  const moments = [0, 50, 150, 300, 450, 600, 700, 900, 1_200, 2_000]
  const calls = moments.map((wait, n) =>
    world.twilio.placeCall({
      to: WAREHOUSE,
      from: `+1415555${2_000 + n}`,
      ringMs: 100,
      script: [{ wait }, { hangup: true }],
    }),
  )
  await Promise.all(calls.map(({ ended }) => ended))
  const stories = await Promise.all(calls.map((call) => world.story(call)))
  expect(stories.map(({ phase }) => phase)).toEqual(moments.map(() => 'ended'))
  await expectNothingLeft(world)
})
