import { GatewayError } from '@llc-phone/core'
import type { SimCall } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseEnv } from '../src/configuration/env.ts'
import { extension, switchboard } from './support/switchboard.ts'
import { startWorld, type World } from './support/whole-call.ts'

const CALLER = '+14155550198'
const CALL_TIMEOUT_MS = 90_000

const cold = { ...extension(1), keys: '22' }
const warm = { ...extension(2), keys: 'w305#' }
const lost = { ...extension(3), keys: '9' }

let world: World
beforeAll(async () => {
  world = await startWorld({ dialect: 'ga', configure: switchboard([cold, warm, lost]).configure })
  world.twilio.setFarEnd((to) => {
    if (to === cold.person)
      return { outcome: 'answers', extension: '22', script: [{ wait: 200 }, { say: 'sales' }, { hangup: true }] }
    // Their telephone rings a while after the switchboard has put the call through.
    if (to === warm.person)
      return {
        outcome: 'answers',
        extension: '305#',
        script: [{ wait: 9_000 }, { listen: true }, { dtmf: '1' }, { wait: 4_000 }, { hangup: true }],
      }
    return { outcome: 'answers', extension: '22', script: [{ listen: true }, { dtmf: '1' }] }
  })
}, 30_000)
afterAll(() => world.close())

const legOf = (person: string) => [...world.twilio.calls.values()].find(({ to }) => to === person)!
const keysHeard = (leg: SimCall) => leg.timeline.filter(({ type }) => type === 'play').map(({ digits }) => digits)

describe.concurrent('a person behind an extension', () => {
  it('is reached by a cold transfer: the switchboard hears the keys', { timeout: CALL_TIMEOUT_MS }, async () => {
    const script = [{ say: 'I have a question about my bill' }, { listen: true as const, maxMs: 20_000 }]
    const call = world.twilio.placeCall({ to: cold.did, from: CALLER, script })
    const result = await call.ended
    const leg = legOf(cold.person)
    expect(keysHeard(leg)).toEqual(['ww22'])
    // Whoever is there speaks only once they were put through.
    expect(leg.timeline.some(({ type, text }) => type === 'caller-start' && text === 'sales')).toBe(true)
    expect(await world.story(call)).toMatchObject({ disposition: 'transferred' })
    expect([result.errors, result.warnings, leg.errors, leg.warnings]).toEqual([[], [], [], []])
  })

  it('is asked by a warm one, again until they are there', { timeout: CALL_TIMEOUT_MS }, async () => {
    const call = world.twilio.placeCall({ to: warm.did, from: CALLER, maxCallMs: 80_000 })
    await world.said(call, /switchboard/)
    await call.say('could a colleague join us beforehand')
    await call.ended
    const leg = legOf(warm.person)
    expect(keysHeard(leg)).toEqual(['w305#'])
    const asked = world.twilio.requests.find(({ body }) => body.To === warm.person)
    expect(asked?.body).toMatchObject({ SendDigits: 'w305#' })
    const story = await world.story(call)
    expect(story.transfers).toMatchObject([{ kind: 'warm', outcome: 'bridged' }])
    expect([leg.errors, leg.warnings]).toEqual([[], []])
  })

  it('is not reached by other keys', { timeout: CALL_TIMEOUT_MS }, async () => {
    const call = world.twilio.placeCall({ to: lost.did, from: CALLER, maxCallMs: 80_000 })
    await world.said(call, /switchboard/)
    await call.say('could a colleague join us beforehand')
    await world.said(call, /nobody can take your call/)
    await call.say('goodbye')
    await call.ended
    expect(keysHeard(legOf(lost.person))).toEqual(['ww9'])
    expect((await world.story(call)).transfers).toMatchObject([{ kind: 'warm', outcome: 'no_answer' }])
  })
})

describe('an extension in the environment', () => {
  const parse = (variables: Record<string, string>) => parseEnv({ ...world.variables, ...variables }, { mode: 'dev' })

  it.each([
    [{ SALES_NUMBER: '+14155550111 ext 22' }],
    [{ SALES_NUMBER: '+1 415 555 0111 x22' }],
    [{ SALES_NUMBER: '+14155550111;ext=22' }],
    [{ SALES_NUMBER: '+14155550111', SALES_EXTENSION: '22' }],
  ])('stands beside its number: %j', (variables) =>
    expect(parse(variables)).toMatchObject({ SALES_NUMBER: '+14155550111', SALES_EXTENSION: '22' }),
  )

  it.each(['two', 'ww', '2 2', '1'.repeat(31), '22,5'])('that is none is named: %s', (SALES_EXTENSION) => {
    const refused = () => parse({ SALES_EXTENSION })
    expect(refused).toThrow(GatewayError)
    expect(refused).toThrow(/SALES_EXTENSION +write up to 30 digits/)
  })
})
