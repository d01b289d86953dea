import type { FarEnd, SimCall } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { extension, switchboard } from './support/switchboard.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALLER = '+14155550198'
const ASK = 'could a colleague join us beforehand'
const CALL_TIMEOUT_MS = 90_000

const cases = {
  accepts: extension(1),
  declines: extension(2),
  machine: extension(3),
  silent: extension(4),
  busy: extension(5),
  slow: extension(6),
}

const people: Record<keyof typeof cases, FarEnd> = {
  accepts: {
    outcome: 'answers',
    script: [{ listen: true }, { dtmf: '1' }, { wait: 9_000 }, { hangup: true }],
  },
  declines: { outcome: 'answers', script: [{ listen: true }, { dtmf: '2' }] },
  machine: { outcome: 'answers', script: [{ wait: 100 }, { say: 'please leave a message after the tone' }] },
  silent: { outcome: 'no-answer', afterMs: 1_500 },
  busy: { outcome: 'busy', afterMs: 500 },
  slow: { outcome: 'answers', afterMs: 15_000 },
}

let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'ga', configure: switchboard(Object.values(cases)).configure })
  world.twilio.setFarEnd((to) => {
    const name = Object.entries(cases).find(([, { person }]) => person === to)?.[0]
    return people[name as keyof typeof cases]
  })
}, 30_000)
afterAll(() => world.close())

const legOf = (person: string) => [...world.twilio.calls.values()].find(({ to }) => to === person)

const ask = async (name: keyof typeof cases): Promise<SimCall> => {
  const call = world.twilio.placeCall({ to: cases[name].did, from: CALLER, maxCallMs: 80_000 })
  await world.said(call, /switchboard/)
  await call.say(ASK)
  await world.said(call, /I will ask a colleague/)
  return call
}

const sayGoodbye = async (call: SimCall) => {
  await call.say('goodbye')
  return call.ended
}

describe.concurrent('a person who is rung first', () => {
  it('hears who is calling, presses 1, and only then meets the caller', { timeout: CALL_TIMEOUT_MS }, async () => {
    const call = await ask('accepts')
    const result = await call.ended
    const leg = legOf(cases.accepts.person)!
    expect(leg).toMatchObject({ direction: 'outbound-api', from: cases.accepts.did })
    const heard = leg.timeline.find(({ type }) => type === 'say')!.text
    expect(heard).toBe(
      'A call for the sales team. A customer would like to talk about an order. Press 1 to take the call.',
    )
    const rooms = [result.timeline, leg.timeline].map((timeline) =>
      timeline.filter(({ type, text }) => type === 'conference' && text === 'joined').map(({ name }) => name),
    )
    expect(rooms[0]).toHaveLength(1)
    expect(rooms[1]).toEqual(rooms[0])
    const story = await world.story(call)
    expect(story).toMatchObject({ phase: 'ended', disposition: 'transferred' })
    expect(story.transfers).toMatchObject([{ kind: 'warm', route: 'sales', outcome: 'bridged' }])
    // The assistant said so before it left, and nothing of the caller's stream was cut.
    expect(story.turns.at(-1)).toMatchObject({ speaker: 'assistant', text: expect.stringContaining('connecting you') })
    expect([result.errors, result.warnings, leg.errors]).toEqual([[], [], []])
  })

  it.each([
    ['declines', 'declined'],
    ['machine', 'no_answer'],
    ['silent', 'no_answer'],
    ['busy', 'busy'],
  ] as const)(
    '%s: the caller never left the assistant, who says so',
    { timeout: CALL_TIMEOUT_MS },
    async (name, outcome) => {
      const call = await ask(name)
      await world.said(call, /nobody can take your call/)
      const result = await sayGoodbye(call)
      const story = await world.story(call)
      expect(story).toMatchObject({ phase: 'ended', disposition: 'assistant_hung_up' })
      expect(story.transfers).toMatchObject([{ kind: 'warm', outcome }])
      expect(result.timeline.filter(({ type }) => type === 'media-start')).toHaveLength(1)
      const leg = legOf(cases[name].person)!
      await leg.ended
      expect(leg.timeline.some(({ type }) => type === 'conference')).toBe(false)
      expect([result.errors, result.warnings, leg.errors]).toEqual([[], [], []])
    },
  )

  it('is no longer rung once the caller has hung up', { timeout: CALL_TIMEOUT_MS }, async () => {
    const call = await ask('slow')
    const leg = legOf(cases.slow.person)!
    call.hangUp()
    await call.ended
    await leg.ended
    expect(leg.timeline.some(({ type }) => type === 'answered')).toBe(false)
    expect(world.twilio.requests).toContainEqual(
      expect.objectContaining({
        path: expect.stringContaining(`/Calls/${leg.sid}.json`),
        body: expect.objectContaining({ Status: 'completed' }),
      }),
    )
    expect(await world.story(call)).toMatchObject({ phase: 'ended', disposition: 'caller_hung_up' })
  })
})
