import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createTwilio, type SimTwilio } from '../src/twilio/create-twilio.ts'
import type { RestFault } from '@llc-phone/virtual-carrier/types'
import { accountSid, authToken, ourNumber, startGateway, streamTwiml } from './twilio-gateway.ts'
import { sdkFor } from './twilio-sdk.ts'

let gateway: Awaited<ReturnType<typeof startGateway>>
let stand: SimTwilio
let client: ReturnType<typeof sdkFor>
let callee = ''
let calls = 0

beforeAll(async () => {
  gateway = await startGateway(() => '<Response/>')
  stand = await createTwilio({ accountSid, authToken, numbers: { [ourNumber]: { voiceUrl: `${gateway.url}/twiml` } } })
  client = sdkFor(stand)
})
afterAll(async () => {
  await stand.close()
  await gateway.close()
})
beforeEach(() => {
  // Everybody is called once, so that a call can be found by whom it went to.
  callee = `+1415555${String(2000 + calls++)}`
  stand.setFaults({})
  stand.setFarEnd(() => ({ outcome: 'answers', afterMs: 10 }))
  gateway.streams.length = 0
})

const create = (by = client) =>
  by.calls.create({ to: callee, from: ourNumber, twiml: streamTwiml(`${gateway.wsUrl}/media/token`) })
const found = () => [...stand.calls.values()].filter(({ to }) => to === callee)
const onCreate: Pick<RestFault, 'method' | 'path'> = { method: 'POST', path: '/Calls.json' }

describe('a call whose creation goes wrong', () => {
  test.each<[string, RestFault, object, number]>([
    ['refused because of too many requests', { status: 429, code: 20_429 }, { status: 429, code: 20_429 }, 0],
    ['refused because too many calls are going on', { status: 429, code: 10_004 }, { code: 10_004 }, 0],
    ['an error that did nothing', { status: 500 }, { status: 500, code: 20_500 }, 0],
    ['an error after the call was created', { status: 503, accepted: true }, { status: 503 }, 1],
    ['a connection cut before anything was done', { lost: true }, { message: 'fetch failed' }, 0],
    ['a connection cut after the call was created', { lost: true, accepted: true }, { message: 'fetch failed' }, 1],
  ])('%s', async (_, fault, error, created) => {
    stand.setFaults({ rest: { ...onCreate, ...fault, times: 1 } })
    await expect(create()).rejects.toMatchObject(error)
    expect(found()).toHaveLength(created)
    expect(stand.requests.at(-1)).toMatchObject({ method: 'POST', status: fault.lost ? 0 : fault.status })
    // Listing works all the while, and tells which it was.
    expect(await client.calls.list({ to: callee, from: ourNumber })).toHaveLength(created)
    expect((await create()).status).toBe('queued')
  })

  test('an answer held longer than the client waits: the call rings, and can be found', async () => {
    stand.setFaults({ rest: { ...onCreate, heldMs: 60_000 } })
    const since = new Date()
    await expect(create(sdkFor(stand, authToken, 120))).rejects.toMatchObject({ name: 'TimeoutError' })
    const [call] = found()
    await call!.seen('media-start')
    const [listed, ...others] = await client.calls.list({ to: callee, from: ourNumber, startTimeAfter: since })
    expect(others).toEqual([])
    expect(listed).toMatchObject({ sid: call!.sid, status: 'in-progress' })
    expect(listed!.dateCreated.getTime()).toBeGreaterThan(since.getTime() - 1000)
    expect(stand.requests.find(({ body }) => body['To'] === callee)?.status).toBe(0)
  })

  test('an answer held until the media stream has started', async () => {
    stand.setFaults({ rest: { ...onCreate, heldUntil: 'media-start' } })
    const creating = create()
    const isCreated = await Promise.race([creating.then(() => true), gatewayStream().then(() => false)])
    expect(isCreated).toBe(false)
    expect((await creating).sid).toBe(found()[0]!.sid)
  })

  test('a held answer does not outlive a callee who is busy', async () => {
    stand.setFarEnd(() => ({ outcome: 'busy', afterMs: 10 }))
    stand.setFaults({ rest: { ...onCreate, heldUntil: 'media-start' } })
    expect((await create()).status).toBe('queued')
  })

  test('what Twilio refuses for a reason of its own is refused, whatever else goes wrong', async () => {
    stand.setFaults({ rest: { ...onCreate, lost: true, accepted: true } })
    callee = '+15005550003'
    await expect(create()).rejects.toMatchObject({ code: 21_215 })
  })

  test('faults for one kind of request leave the others alone', async () => {
    const { sid } = await create()
    stand.setFaults({
      rest: [
        { method: 'GET', path: '/Calls.json', status: 500 },
        { method: 'POST', path: `/${sid}.json`, status: 503, times: 1 },
      ],
    })
    await expect(client.calls.list({ to: callee })).rejects.toMatchObject({ status: 500 })
    expect(await client.calls(sid).fetch()).toMatchObject({ sid })
    await expect(client.calls(sid).update({ status: 'completed' })).rejects.toMatchObject({ status: 503 })
    expect(found()[0]!.status).not.toBe('completed')
    expect(await client.calls(sid).update({ status: 'completed' })).toMatchObject({ status: 'completed' })
  })
})

describe('the list of calls', () => {
  test('is searched by number, status and time of dialling; a call in the queue has none yet', async () => {
    stand.setFarEnd(() => ({ outcome: 'answers', queuedMs: 60_000 }))
    const { sid, dateCreated } = await create()
    const hourAgo = new Date(dateCreated.getTime() - 3_600_000)
    const inAnHour = new Date(dateCreated.getTime() + 3_600_000)
    const list = async (query: object) => (await client.calls.list({ to: callee, ...query })).map((call) => call.sid)
    expect(await list({ status: 'queued', from: ourNumber })).toEqual([sid])
    expect(await list({ status: 'ringing' })).toEqual([])
    expect(await list({ from: '+14155550177' })).toEqual([])
    expect(await list({ startTimeAfter: hourAgo })).toEqual([])
    stand.setFarEnd(() => ({ outcome: 'answers', afterMs: 10 }))
    const dialled = await create()
    await stand.calls.get(dialled.sid)!.seen('answered')
    expect(await list({ startTimeAfter: hourAgo })).toEqual([dialled.sid])
    expect(await list({ startTimeAfter: dialled.dateCreated })).toEqual([dialled.sid])
    expect(await list({ startTimeAfter: inAnHour })).toEqual([])
    expect(await list({ startTimeBefore: hourAgo })).toEqual([])
    expect(await list({ startTimeBefore: inAnHour })).toEqual([dialled.sid])
    expect(await list({ startTime: new Date(dateCreated.getTime() - 2 * 86_400_000) })).toEqual([])
    expect((await client.calls(sid).fetch()).startTime).toBeNull()
    expect((await client.calls(dialled.sid).fetch()).startTime).toBeInstanceOf(Date)
  })

  test('comes in pages that the SDK follows', async () => {
    const sids: string[] = []
    for (let i = 0; i < 5; i++) sids.unshift((await create()).sid)
    const listed = await client.calls.list({ to: callee, pageSize: 2 })
    expect(listed.map(({ sid }) => sid)).toEqual(sids)
  })

  test('says what the official SDK reads of a call', async () => {
    const { sid } = await create()
    await stand.calls.get(sid)!.seen('media-start')
    await client.calls(sid).update({ status: 'completed' })
    const call = await client.calls(sid).fetch()
    const unread = Object.entries(call.toJSON() as Record<string, unknown>).filter(([, value]) => value === undefined)
    expect(unread).toEqual([])
    expect(call).toMatchObject({
      status: 'completed',
      duration: '0',
      direction: 'outbound-api',
      endTime: expect.any(Date),
    })
  })
})

/** Resolves when a media stream has come. */
async function gatewayStream(): Promise<void> {
  await found()[0]?.seen('media-start')
  if (found().length === 0) {
    await new Promise((resolve) => setImmediate(resolve))
    return gatewayStream()
  }
}
