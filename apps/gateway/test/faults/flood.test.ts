import { describe, expect, it } from 'vitest'
import { asks, expectHandedOn, expectNothingLeft, leaves, openWarehouse, ring, says } from '../support/warehouse.ts'

const timeout = 60_000

describe.concurrent('a model that sends more than anybody can hear', { timeout }, () => {
  it('twenty minutes of audio at once: the caller interrupts, and is answered', async (test) => {
    const world = await openWarehouse(test)
    const { bore, result, said, story } = await ring(
      world,
      [asks, { interrupt: leaves.say, afterMs: 2_000 }, { listen: true, maxMs: 10_000 }],
      {
        greeted: () => {
          const [session] = world.model.sessions
          session!.setFaults({ floodAudioMs: 1_200_000 })
          // It has come to its senses by the time it is asked again.
          void session!.log
            .waitFor('client', ({ type }) => type === 'response.cancel', 20_000)
            .then(() => session!.setFaults({}))
        },
      },
    )
    expect(bore).toEqual([])
    const cut = result.timeline.filter(({ type }) => type === 'clear').map(({ tookMs = 0 }) => tookMs)
    // Twilio never had more than two minutes of it, where it would take ten.
    expect(Math.max(...cut)).toBeGreaterThan(60_000)
    expect(Math.max(...cut)).toBeLessThan(121_000)
    expect(said.at(-1)).toBe(says.goodbye)
    expect(story.disposition).toBe('assistant_hung_up')
    await expectNothingLeft(world)
  })

  it('events without end on one connection: another one goes on', async (test) => {
    const world = await openWarehouse(test, { faults: ({ index }) => (index === 0 ? { floodEvents: 20_000 } : {}) })
    const { bore, story } = await ring(world, [asks, leaves])
    expect(bore).toEqual([])
    expect(story.disposition).toBe('assistant_hung_up')
    expect(story.events?.filter(({ event }) => event.type === 'modelLost')).toHaveLength(1)
    await expectNothingLeft(world)
  })

  it('events without end on every connection: the caller is put through, and another call is not disturbed', async (test) => {
    const world = await openWarehouse(test, {
      faults: ({ index }) => (index === 0 ? {} : { floodEvents: 20_000 }),
    })
    const canary = ring(world, [asks, asks, leaves])
    await world.model.session(0)
    const flooded = await ring(world, [{ listen: true, maxMs: 30_000 }], { from: '+14155550197' })
    expect(flooded.bore).toEqual([])
    expectHandedOn(flooded)
    const { bore, said } = await canary
    expect(bore).toEqual([])
    expect(said).toEqual([says.greeting, says.hours, says.hours, says.goodbye])
    await expectNothingLeft(world)
  })
})
