import type { FarEnd, SimCall } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { extension, switchboard } from './support/switchboard.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALLER = '+14155550198'
const CALL_TIMEOUT_MS = 90_000

const cases = { noAnswer: extension(11), fails: extension(12), answers: extension(13) }
const people: Record<keyof typeof cases, FarEnd> = {
  noAnswer: { outcome: 'no-answer', afterMs: 1_000 },
  fails: { outcome: 'failed', afterMs: 300 },
  answers: { outcome: 'answers' },
}

let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'flat', configure: switchboard(Object.values(cases)).configure })
  world.twilio.setFarEnd((to) => {
    const name = Object.entries(cases).find(([, { person }]) => person === to)?.[0]
    return people[name as keyof typeof cases]
  })
}, 30_000)
afterAll(() => world.close())

const askForBilling = async (name: keyof typeof cases): Promise<SimCall> => {
  const call = world.twilio.placeCall({ to: cases[name].did, from: CALLER, maxCallMs: 80_000 })
  await world.said(call, /switchboard/)
  await call.say('I have a question about my bill')
  return call
}

describe.concurrent('a person who is rung at once', () => {
  it.each([
    ['noAnswer', 'no_answer'],
    ['fails', 'failed'],
  ] as const)('%s: the same conversation goes on and says so', { timeout: CALL_TIMEOUT_MS }, async (name, outcome) => {
    const call = await askForBilling(name)
    await world.said(call, /that did not work out/)
    await call.say('goodbye')
    const result = await call.ended
    const story = await world.story(call)
    expect(story).toMatchObject({ disposition: 'assistant_hung_up' })
    expect(story.transfers).toMatchObject([{ kind: 'cold', route: 'billing', outcome }])
    expect(result.timeline.filter(({ type }) => type === 'media-start')).toHaveLength(2)
    expect([result.errors, result.warnings]).toEqual([[], []])
  })

  it('who has answered has the caller, even when the caller hangs up first', { timeout: CALL_TIMEOUT_MS }, async () => {
    const call = await askForBilling('answers')
    await call.seen('bridged')
    await expect.poll(async () => (await world.story(call)).phase, { timeout: 5_000 }).toBe('ended')
    call.hangUp()
    await call.ended
    const story = await world.story(call)
    expect(story).toMatchObject({ disposition: 'transferred' })
    expect(story.transfers[0]).toMatchObject({ kind: 'cold', outcome: 'bridged' })
  })
})
