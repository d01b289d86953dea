import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { PricedCall } from '../src/watching/call-log.ts'
import { openSocket, placeTestCall, ringFromConsole, type TestPhone } from './support/softphone.ts'
import { startWorld, type World } from './support/whole-call.ts'

let world: World
const phones: TestPhone[] = []
const hangUp = (phone: TestPhone): void => {
  phone.send({ event: 'stop' })
  phone.close()
}
beforeAll(async () => {
  world = await startWorld({ dialect: 'ga' })
})
afterAll(async () => {
  for (const phone of phones) hangUp(phone)
  await world.close()
})

const ring = async (order: object, how?: Parameters<typeof ringFromConsole>[2]): Promise<TestPhone> => {
  const phone = await ringFromConsole(world, order, how)
  phones.push(phone)
  return phone
}
const storyOf = async ({ callId }: Pick<TestPhone, 'callId'>): Promise<PricedCall & { test?: true }> => {
  const { status, body } = await world.admin('GET', `/calls/${callId}`)
  expect(status).toBe(200)
  return body as PricedCall & { test?: true }
}

describe.concurrent('a call from the console', () => {
  it('rings an instance: the greeting is heard, what is said is answered, and hanging up ends it', async () => {
    const phone = await ring({ ring: 'frontDesk' })
    expect(await phone.seen('state', ({ again }) => again !== undefined)).toMatchObject({ callId: phone.callId })
    await phone.seen('state', ({ state }) => state === 'live')
    await phone.hears()
    await phone.quiet()
    await phone.say('where can i park my car')
    await phone.hears()
    await phone.quiet()
    phone.send({ event: 'stop' })
    await phone.seen('state', ({ state }) => state === 'ended')
    await phone.closed
    const story = await storyOf(phone)
    expect(story).toMatchObject({ test: true, mode: 'receptionist', instance: 'frontDesk' })
    expect(story.turns.map(({ speaker }) => speaker)).toContain('caller')
  })

  it('is silent within a blink when it is interrupted, and hears no more of it', async () => {
    const phone = await ring({ ring: 'frontDesk' })
    await phone.hears()
    await phone.quiet()
    await phone.say('where can i park my car')
    await phone.hears()
    await sleep(300)
    await phone.say('what are your opening hours')
    await phone.seen('clear')
    await phone.hears()
    hangUp(phone)
  })

  it('speaks a typed line', async () => {
    const phone = await ring({ ring: 'frontDesk' })
    await phone.hears()
    await phone.quiet()
    phone.send({ event: 'say', text: 'where can i park my car' })
    await phone.seen('said', ({ state }) => state === 'over')
    await phone.hears()
    hangUp(phone)
  })

  it('connects by a key with a person who is busy, then comes back; nobody real is rung', async () => {
    const ringsBefore = world.twilio.requests.length
    const phone = await ring({ ring: world.numbers.ivr, persons: 'busy' })
    await phone.hears()
    await phone.quiet()
    phone.send({ event: 'dtmf', dtmf: { digit: '1' } })
    const person = await phone.seen('person')
    expect(person.number).toMatch(/•/)
    await phone.seen('state', ({ state }) => state === 'away')
    expect(world.twilio.requests).toHaveLength(ringsBefore)
    hangUp(phone)
  })

  it('goes on when its socket was lost and comes back, and ends when it does not', async () => {
    const phone = await ring({ ring: 'frontDesk' })
    await phone.hears()
    phone.lose()
    await sleep(500)
    await phone.comeBack()
    await phone.quiet()
    await phone.say('where can i park my car')
    await phone.hears()
    phone.lose()
    await sleep(6_000)
    expect((await storyOf(phone)).phase).toBe('ended')
  })

  it('goes on with a page that never says what it has played, and with one that sends nothing or nonsense', async () => {
    const phone = await ring({ ring: 'frontDesk' }, { keepsMarks: true, isMute: true })
    await phone.hears()
    for (const nonsense of ['{', '[]', 'null', '{"event":"media","media":{"payload":"AAAA"}}', '{"event":"say"}'])
      phone.sendRaw(nonsense)
    expect(await phone.seen('problem')).toMatchObject({ code: 'frame_invalid' })
    await phone.quiet()
    await phone.say('where can i park my car')
    await phone.hears()
    await phone.quiet()
  })

  it('ends a line over which comes what no softphone sends', async () => {
    const phone = await ring({ ring: 'frontDesk' })
    await phone.hears()
    for (let n = 0; n < 3_000; n++) phone.sendRaw('{"event":"nonsense"}')
    await sleep(500)
    expect((await storyOf(phone)).phase).toBe('ended')
  })

  it('opens a line once, for whoever has rung, from its own pages', async () => {
    const first = await placeTestCall(world, { ring: 'frontDesk' })
    await expect(openSocket(world, first.line, { authorization: 'Bearer wrong' })).rejects.toThrow('HTTP 401')
    const socket = await openSocket(world, first.line, { origin: world.publicUrl })
    await expect(openSocket(world, first.line)).rejects.toThrow('HTTP 403')
    socket.send('{"event":"stop"}')
  })
})
