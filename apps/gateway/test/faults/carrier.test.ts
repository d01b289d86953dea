import { describe, expect, it } from 'vitest'
import type { RestFault } from '@llc-phone/sim'
import { extension, switchboard } from '../support/switchboard.ts'
import { hardships } from '../support/caller-heard.ts'
import {
  asks,
  asksForPerson,
  expectNothingLeft,
  leaves,
  openWarehouse,
  PERSON,
  ring,
  says,
} from '../support/warehouse.ts'
import { startWorld } from '../support/whole-call.ts'

const timeout = 90_000
const outages: [string, RestFault][] = [
  ['refuses everything with 500', { status: 500 }],
  ['answers nothing for half a minute', { heldMs: 30_000, accepted: false, status: 500 }],
]

describe.concurrent('while the REST API of the carrier', { timeout }, () => {
  it.for(outages)('%s, callers are answered, hear the goodbye and are hung up on', async ([, rest], test) => {
    const world = await openWarehouse(test)
    world.twilio.setFaults({ rest })
    const { bore, said, story, result } = await ring(world, [asks, leaves])
    expect(bore).toEqual([])
    expect(said).toEqual([says.greeting, says.hours, says.goodbye])
    expect(story).toMatchObject({ phase: 'ended', disposition: 'assistant_hung_up' })
    expect(result.status).toBe('completed')
    await expectNothingLeft(world)
  })

  it('is out, a caller is put through to a person all the same', async (test) => {
    const world = await openWarehouse(test)
    world.twilio.setFaults({ rest: { status: 503 } })
    const { bore, story } = await ring(world, [asksForPerson, { listen: true }])
    expect(bore).toEqual([])
    expect(story).toMatchObject({ disposition: 'transferred' })
    expect([...world.twilio.calls.values()].map(({ to }) => to)).toContain(PERSON)
    await expectNothingLeft(world)
  })
})

describe.concurrent('a person who is to be rung first', { timeout }, () => {
  it.for<[string, RestFault]>([
    ['has a number that the carrier refuses', { method: 'POST', path: '/Calls.json', status: 400, code: 21_211 }],
    ['cannot be rung because the carrier is out', { method: 'POST', path: '/Calls.json', status: 500 }],
  ])('%s: the caller is told so, and keeps the assistant', async ([, rest], { onTestFinished }) => {
    const desk = extension(1)
    const world = await startWorld({ dialect: 'ga', configure: switchboard([desk]).configure })
    onTestFinished(() => world.close())
    world.twilio.setFaults({ rest })
    const call = world.twilio.placeCall({ to: desk.did, from: '+14155550198', maxCallMs: 60_000 })
    await world.said(call, /switchboard/)
    await call.say('could a colleague join us beforehand')
    await world.said(call, /nobody can take your call/)
    await call.say('goodbye')
    const result = await call.ended
    const story = await world.story(call)
    expect(hardships(result, story)).toEqual([])
    expect(story).toMatchObject({ phase: 'ended', disposition: 'assistant_hung_up' })
    expect(result.timeline.filter(({ type }) => type === 'media-start')).toHaveLength(1)
    await expectNothingLeft(world)
  })
})
