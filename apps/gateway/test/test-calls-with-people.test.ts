import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { PricedCall } from '../src/watching/call-log.ts'
import { ringFromConsole, type TestPhone } from './support/softphone.ts'
import { startWorld, type World } from './support/whole-call.ts'

type Written = Record<'business' | 'routes', Record<string, unknown>> & { directory: Record<string, unknown>[] }

let world: World
const phones: TestPhone[] = []
/** The media streams of all calls, by the carrier's id of the leg, as the carrier has opened them. */
const streams: { readonly legId: string; readonly socket: WebSocket }[] = []
// oxlint-disable-next-line typescript/unbound-method -- called on each socket below
const { send } = WebSocket.prototype
vi.spyOn(WebSocket.prototype, 'send').mockImplementation(function (this: WebSocket, data, ...rest) {
  const legId = /^\{"event":"start".*"callSid":"(CA\w+)"/.exec(typeof data === 'string' ? data : '')?.[1]
  if (legId !== undefined) streams.push({ legId, socket: this })
  return (send as (...all: unknown[]) => void).call(this, data, ...rest)
} as typeof send)

beforeAll(async () => {
  world = await startWorld({ dialect: 'ga' })
  // Somebody is there, whenever the test runs.
  const { body } = await world.admin('GET', '/settings')
  const { business, routes, directory, ...rest } = (body as { document: Written }).document
  const always = ({ hours: _hours, ...others }: Record<string, unknown>) => others
  const document = {
    ...rest,
    business: always(business),
    routes: Object.fromEntries(
      Object.entries(routes).map(([key, route]) => [key, always(route as object as Written['business'])]),
    ),
    directory: directory.map(always),
  }
  expect(await world.admin('PUT', '/settings/draft', { document })).toMatchObject({ status: 200 })
}, 30_000)
afterAll(async () => {
  vi.restoreAllMocks()
  for (const phone of phones) phone.close()
  await world.close()
})

const ring = async (order: object): Promise<TestPhone> => {
  const phone = await ringFromConsole(world, { settings: 'draft', ...order })
  phones.push(phone)
  await phone.hears()
  await phone.quiet()
  return phone
}
const isConnected = (phone: TestPhone) =>
  phone.seen('state', ({ state, detail = '' }) => state === 'away' && detail.startsWith('connected with'))
const isBack = async (phone: TestPhone): Promise<void> => {
  const before = phone.received.length
  const isLive = () => phone.received.slice(before).some((each) => each.event === 'state' && each.state === 'live')
  await vi.waitFor(() => expect(isLive()).toBe(true), 30_000)
}
const hangUp = async (phone: TestPhone): Promise<PricedCall> => {
  phone.send({ event: 'stop' })
  await phone.seen('state', ({ state }) => state === 'ended')
  // What the carrier reports of a call that is over.
  await sleep(1_000)
  return (await world.admin('GET', `/calls/${phone.callId}`)).body as PricedCall
}
const bill = (phone: TestPhone) => phone.send({ event: 'dtmf', dtmf: { digit: '1' } })
const introduce = (phone: TestPhone) => phone.types('please introduce me to the doctor')

describe.concurrent('a test call with people who are played', { timeout: 90_000 }, () => {
  it('is connected with a person who answers, and rings nobody real', async () => {
    const phone = await ring({ ring: world.numbers.ivr })
    bill(phone)
    await phone.seen('person')
    await isConnected(phone)
    await phone.hears()
    const story = await hangUp(phone)
    expect(story).toMatchObject({ disposition: 'transferred', transfers: [{ kind: 'cold', outcome: 'bridged' }] })
    expect(story.trial?.wouldHave).toEqual([expect.stringMatching(/^.*, \+1415•••\d{4}, would ring\.$/)])
    expect(world.twilio.calls.size).toBe(0)
  })

  it('comes back to the same conversation from a person who is busy, and hears the goodbye before the line goes dead', async () => {
    const phone = await ring({ ring: 'menu', persons: 'busy' })
    await phone.types('I have a question about my bill')
    await phone.seen('person')
    await isBack(phone)
    await phone.hears()
    await phone.types('goodbye')
    await phone.seen('state', ({ state, because }) => state === 'ended' && because === undefined)
    const { body } = await world.admin('GET', `/calls/${phone.callId}`)
    expect(body).toMatchObject({ disposition: 'assistant_hung_up', transfers: [{ outcome: 'busy' }] })
    const { callSid, turns } = body as PricedCall & { callSid: string }
    // Another stream, the same call.
    expect(streams.filter(({ legId }) => legId === callSid)).toHaveLength(2)
    expect(turns.at(-1)).toMatchObject({ speaker: 'assistant' })
    expect(turns.at(-1)?.cut).toBeUndefined()
  })

  it('comes back when somebody stops ringing a person who does not answer', async () => {
    const phone = await ring({ ring: world.numbers.ivr, persons: 'noAnswer' })
    bill(phone)
    await phone.seen('person')
    await sleep(500)
    phone.send({ event: 'persons', persons: 'declines' })
    await isBack(phone)
    await phone.hears()
    expect(await hangUp(phone)).toMatchObject({ disposition: 'caller_hung_up' })
  })

  it('meets a person who was told first who is calling', async () => {
    const phone = await ring({ ring: 'frontDesk' })
    await introduce(phone)
    await phone.seen('person')
    await isConnected(phone)
    await phone.hears()
    expect(await hangUp(phone)).toMatchObject({ transfers: [{ kind: 'warm', outcome: 'bridged' }] })
  })

  it('goes on with the assistant when that person declines', async () => {
    const phone = await ring({ ring: 'frontDesk', persons: 'declines' })
    await introduce(phone)
    await phone.seen('person')
    await isBack(phone)
    expect(await hangUp(phone)).toMatchObject({ transfers: [{ kind: 'warm', outcome: 'declined' }] })
  })

  it('leaves a message that ends with a key', async () => {
    const phone = await ring({ ring: 'menu' })
    await phone.types('I will record a message for the team')
    await phone.seen('state', ({ detail }) => detail === 'a message is recorded')
    await phone.say('my telephone is out of order')
    phone.send({ event: 'dtmf', dtmf: { digit: '#' } })
    await phone.seen('state', ({ state }) => state === 'ended')
    await sleep(4_000)
    const { body } = await world.admin('GET', `/calls/${phone.callId}`)
    expect(body).toMatchObject({
      disposition: 'voicemail',
      trial: { wouldHave: [expect.stringMatching(/^A recorded message .*would wait under Messages\.$/)] },
    })
    expect((await world.admin('GET', '/messages')).body).toMatchObject({ messages: [] })
  })

  it('goes on when its media stream is torn', async () => {
    const phone = await ring({ ring: 'frontDesk' })
    const { callSid } = (await world.admin('GET', `/calls/${phone.callId}`)).body as { callSid: string }
    const own = () => streams.filter(({ legId }) => legId === callSid)
    own()[0]!.socket.terminate()
    await vi.waitFor(() => expect(own()).toHaveLength(2), 10_000)
    await phone.types('where can i park my car')
    await phone.quiet()
    const story = await hangUp(phone)
    expect(story.turns.map(({ text }) => text).join(' ')).toMatch(/behind the building/)
  })
})
