import type { CallerStep } from '@llc-phone/sim'
import { describe, expect, it } from 'vitest'
import {
  asks,
  asksForCount,
  expectHandedOn,
  expectNothingLeft,
  leaves,
  openWarehouse,
  ring,
  says,
} from '../support/warehouse.ts'

const timeout = 60_000
const talk: CallerStep[] = [asks, { listen: true }, { hangup: true }]
/** Waits longer: what is said anew after a break is heard as well. */
const talkToTheEnd: CallerStep[] = [asks, { listen: true, quietMs: 3_500 }, { hangup: true }]
const count = (said: readonly string[], text: string) => said.filter((each) => each === text).length

describe.concurrent('a model that needs long to come up', { timeout }, () => {
  it.for([3_000, 5_000])('%i ms: the caller hears words of ours, then one greeting', async (createdMs, test) => {
    const world = await openWarehouse(test, { faults: { latency: { createdMs } } })
    const { said, bore, story } = await ring(world, talk)
    expect(bore).toEqual([])
    expect([count(said, says.greeting), count(said, says.hours)]).toEqual([1, 1])
    expect(story.disposition).toBe('caller_hung_up')
    await expectNothingLeft(world)
  })

  it.for([9_000])('%i ms: the caller hears words of ours and is put through', async (createdMs, test) => {
    const world = await openWarehouse(test, { faults: { latency: { createdMs } } })
    const done = await ring(world, [{ listen: true, maxMs: 30_000 }])
    expect(done.bore).toEqual([])
    expectHandedOn(done)
    await expectNothingLeft(world)
  })
})

describe.concurrent('a connection that drops in the middle', { timeout }, () => {
  it.for([
    ['of the greeting, without a word', 3, 1006],
    ['of an answer, without a word', 16, 1006],
    ['of an answer, with 1011', 24, 1011],
  ] as const)('%s: the call goes on, and the story has what was heard', async ([, deltas, code], test) => {
    const world = await openWarehouse(test, {
      faults: ({ index }) => (index === 0 ? { dropAfterDeltas: { deltas, code } } : {}),
    })
    const { bore, story } = await ring(world, talkToTheEnd)
    expect(bore).toEqual([])
    expect(story.disposition).toBe('caller_hung_up')
    expect(world.model.sessions[0]!.closed).toMatchObject({ code })
    await expectNothingLeft(world)
  })
})

describe.concurrent('replies that do not come to their end', { timeout }, () => {
  it('two that fail in a row: the answer comes all the same, once', async (test) => {
    const world = await openWarehouse(test)
    const { bore, said } = await ring(world, talk, {
      greeted: () => world.model.sessions[0]!.setFaults({ failResponses: { error: 'server_error', times: 2 } }),
    })
    expect(bore).toEqual([])
    expect([count(said, says.greeting), count(said, says.hours) + count(said, 'What else?')]).toEqual([1, 1])
    await expectNothingLeft(world)
  })

  it('all of them: the caller is put through', async (test) => {
    const world = await openWarehouse(test, { faults: { failResponses: { error: 'server_error' } } })
    const done = await ring(world, [{ listen: true, maxMs: 30_000 }])
    expect(done.bore).toEqual([])
    expectHandedOn(done)
    await expectNothingLeft(world)
  })

  it.for([
    ['max_output_tokens', 4],
    ['content_filter', 0],
  ] as const)(
    'one that ends as %s after %i pieces: the caller is not left with half a sentence',
    async ([reason, deltas], test) => {
      const world = await openWarehouse(test, {
        faults: ({ index }) => (index === 0 ? { cutResponses: { reason, deltas, times: 1 } } : {}),
      })
      const { bore, story } = await ring(world, talk)
      expect(bore).toEqual([])
      expect(story.disposition).toBe('caller_hung_up')
      await expectNothingLeft(world)
    },
  )
})

describe.concurrent('a model that is connected', { timeout }, () => {
  it('and says nothing to one turn is asked elsewhere', async (test) => {
    const world = await openWarehouse(test, { faults: ({ index }) => (index === 0 ? { mute: { times: 1 } } : {}) })
    const { bore, story, said } = await ring(world, talk)
    expect(bore).toEqual([])
    expect(count(said, says.greeting)).toBe(1)
    expect(story.disposition).toBe('caller_hung_up')
    await expectNothingLeft(world)
  })

  it('and never says anything: the caller is put through', async (test) => {
    const world = await openWarehouse(test, { faults: { mute: true } })
    const done = await ring(world, [{ listen: true, maxMs: 30_000 }])
    expect(done.bore).toEqual([])
    expectHandedOn(done)
    await expectNothingLeft(world)
  })

  it('freezes in an answer: another one answers, and what the first has kept back is heard by nobody', async (test) => {
    const world = await openWarehouse(test, {
      faults: ({ index }) => (index === 0 ? { freezeAfterDeltas: { deltas: 16, forMs: 6_000 } } : {}),
    })
    const { bore, story, said } = await ring(world, talkToTheEnd)
    expect(bore).toEqual([])
    expect(story.disposition).toBe('caller_hung_up')
    expect(count(said, says.hours)).toBeLessThanOrEqual(1)
    expect(world.model.handshakes).toBeGreaterThan(1)
    await expectNothingLeft(world)
  })

  it('sends one answer that is no base64: nothing of it is heard, and the caller is answered', async (test) => {
    const world = await openWarehouse(test, {
      faults: ({ index }) => (index === 0 ? { brokenAudio: { times: 1 } } : {}),
    })
    const { bore, story } = await ring(world, talk)
    expect(bore).toEqual([])
    expect(story.disposition).toBe('caller_hung_up')
    await expectNothingLeft(world)
  })

  it('sends nothing but what is no base64: the caller is put through', async (test) => {
    const world = await openWarehouse(test, { faults: { brokenAudio: true } })
    const done = await ring(world, [{ listen: true, maxMs: 30_000 }])
    expect(done.bore).toEqual([])
    expectHandedOn(done)
    await expectNothingLeft(world)
  })

  it('sends what cannot be read: nobody notices', async (test) => {
    const world = await openWarehouse(test, { faults: { garbage: true } })
    const { bore, said } = await ring(world, [asksForCount, leaves])
    expect(bore).toEqual([])
    expect(said).toEqual([says.greeting, says.count, says.goodbye])
    await expectNothingLeft(world)
  })
})
