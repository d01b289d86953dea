import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import twilio from 'twilio'
import { createTwilio, type SimTwilio } from '../src/twilio/create-twilio.ts'
import type { CallResult, FarEnd, TwilioFaults } from '@llc-phone/virtual-carrier/types'
import { accountSid, authToken, ourNumber, startGateway, streamTwiml } from './twilio-gateway.ts'
import { sdkFor } from './twilio-sdk.ts'

const callee = '+14155550123'
let gateway: Awaited<ReturnType<typeof startGateway>>
let stand: SimTwilio
let client: ReturnType<typeof sdkFor>

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
  stand.setFaults({})
  gateway.webhooks.length = 0
  gateway.streams.length = 0
})

/** Places a call as a gateway does: inline TwiML, the call's own id in the address of the callbacks. */
async function place(far: FarEnd, { faults = {}, ...more }: { faults?: TwilioFaults; timeout?: number } = {}) {
  stand.setFarEnd(() => far)
  stand.setFaults(faults)
  const { sid } = await client.calls.create({
    to: callee,
    from: ourNumber,
    twiml: streamTwiml(`${gateway.wsUrl}/media/token-1`),
    statusCallback: `${gateway.url}/twilio/status/call-1`,
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    timeLimit: 60,
    ...more,
  })
  return stand.calls.get(sid)!
}
const reported = () => gateway.webhooks.map(({ params }) => [Number(params['SequenceNumber']), params['CallStatus']])
const endOf = ({ timeline }: CallResult) => timeline.find(({ type }) => type === 'ended')!.text

describe('a callee', () => {
  test('who answers late is connected, and everything is reported to the address of this call', async () => {
    const call = await place({ outcome: 'answers', afterMs: 300, hangsUpAfterMs: 150 })
    // The first report: a later one waits for the answer to the one before it, however long that takes.
    const [dialled, answered] = [await call.seen('callback'), await call.seen('answered')]
    expect(answered!.atMs - dialled!.atMs).toBeGreaterThan(280)
    const result = await call.ended
    expect(reported()).toEqual([
      [0, 'initiated'],
      [1, 'ringing'],
      [2, 'in-progress'],
      [3, 'completed'],
    ])
    expect(result).toMatchObject({ status: 'completed', errors: [] })
    expect(gateway.streams.map(({ path }) => path)).toEqual(['/media/token-1'])
    // Nothing had to be fetched: the instructions were in the request.
    for (const { path, headers, params } of gateway.webhooks) {
      expect(path).toBe('/twilio/status/call-1')
      const signature = String(headers['x-twilio-signature'])
      expect(twilio.validateRequest(authToken, signature, `${gateway.url}${path}`, params)).toBe(true)
    }
  })

  test.each<[string, FarEnd, string, string[]]>([
    ['is busy, or rejects the call', { outcome: 'busy', afterMs: 30 }, 'busy', ['initiated', 'ringing', 'busy']],
    ['does not answer', { outcome: 'no-answer' }, 'no-answer', ['initiated', 'ringing', 'no-answer']],
    [
      'would answer after the ring timeout',
      { outcome: 'answers', afterMs: 60_000 },
      'no-answer',
      ['initiated', 'ringing', 'no-answer'],
    ],
    ['has no such number', { outcome: 'failed', afterMs: 10 }, 'failed', ['initiated', 'failed']],
  ])('who %s', async (_, far, status, reports) => {
    const call = await place(far, { timeout: 0.2 })
    expect((await call.ended).status).toBe(status)
    expect(reported().map(([, name]) => name)).toEqual(reports)
    expect(gateway.streams).toEqual([])
    expect(await client.calls(call.sid).fetch()).toMatchObject({ status, duration: null })
  })

  test('who presses the red key while it rings is busy', async () => {
    const call = await place({ outcome: 'answers', afterMs: 60_000 })
    await call.seen('callback', 2)
    call.hangUp()
    const result = await call.ended
    expect([result.status, endOf(result)]).toEqual(['busy', 'the callee hung up'])
  })

  test.each([0, 60_000])(
    'is not rung any more when the call is canceled (after %i ms in the queue)',
    async (queuedMs) => {
      const call = await place({ outcome: 'answers', afterMs: 60_000, queuedMs })
      if (queuedMs === 0) await call.seen('callback', 2)
      expect((await client.calls(call.sid).update({ status: 'canceled' })).status).toBe('canceled')
      expect((await call.ended).status).toBe('canceled')
      expect(reported().at(-1)![1]).toBe('canceled')
      expect(gateway.streams).toEqual([])
    },
  )

  test('who hangs up in the moment of answering never has a media stream', async () => {
    const call = await place({ outcome: 'answers', afterMs: 20, hangsUpAfterMs: 0 })
    const result = await call.ended
    expect(result.status).toBe('completed')
    expect(result.timeline.map(({ type }) => type)).not.toContain('socket-opened')
    expect(reported().map(([, name]) => name)).toEqual(['initiated', 'ringing', 'in-progress', 'completed'])
    expect(gateway.streams).toEqual([])
  })
})

describe('status callbacks', () => {
  test('that come twice and out of order carry their numbers', async () => {
    const call = await place(
      { outcome: 'answers', afterMs: 10, hangsUpAfterMs: 100 },
      { faults: { duplicateStatus: true, reorderStatus: true } },
    )
    await call.ended
    expect(reported().map(([number]) => number)).toEqual([1, 1, 0, 0, 3, 3, 2, 2])
  })

  test.each<[string, FarEnd, string]>([
    ['of a call that was answered', { outcome: 'answers', afterMs: 10, hangsUpAfterMs: 50 }, 'completed'],
    ['of a busy callee', { outcome: 'busy', afterMs: 10 }, 'busy'],
  ])('may never tell the end %s; asking does', async (_, far, status) => {
    const faults: TwilioFaults = { dropStatus: ['completed', 'busy', 'no-answer', 'failed', 'canceled'] }
    const call = await place(far, { faults })
    await call.ended
    expect(reported().map(([, name]) => name)).not.toContain(status)
    expect((await client.calls(call.sid).fetch()).status).toBe(status)
  })

  test('to no address at all are refused', async () => {
    const creating = client.calls.create({
      to: callee,
      from: ourNumber,
      twiml: '<Response/>',
      statusCallback: '/status',
    })
    await expect(creating).rejects.toMatchObject({ code: 21_609, status: 400 })
  })
})
