import type { CallStatus, FarEnd } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  atMs,
  atOnce,
  callee,
  callUp,
  CALL_TIMEOUT_MS,
  letGo,
  outcomeOf,
  partings,
  placements,
  saidBy,
  talker,
  withPolicy,
  type Callee,
} from './support/outbound-calls.ts'
import { startOutboundRig, type OutboundRig } from './support/outbound-rig.ts'

const RING_SECONDS = 5
const FOREVER_MS = 60_000

/** Rings until somebody ends it. */
const ringsOn: FarEnd = { outcome: 'answers', afterMs: FOREVER_MS }
const every: readonly CallStatus[] = [
  'initiated',
  'ringing',
  'in-progress',
  'completed',
  'busy',
  'no-answer',
  'failed',
  'canceled',
]

describe.each(['ga', 'flat'] as const)('over the %s dialect', { timeout: CALL_TIMEOUT_MS }, (dialect) => {
  let rig: OutboundRig
  beforeAll(async () => {
    rig = await startOutboundRig({ dialect, webhook: true, configure: withPolicy({ ringSeconds: RING_SECONDS }) })
  }, 30_000)
  afterAll(() => rig.close())

  /** Has it ring before anything else is done with it. */
  const ring = async (whom: Callee, farEnd = ringsOn) => {
    rig.callee(whom.to, farEnd)
    const answer = await rig.dial({ ...whom })
    const leg = rig.leg(whom.to)
    await vi.waitFor(() => expect(leg.status).toBe('ringing'))
    return { answer, leg }
  }

  describe('a call that nobody takes', () => {
    const cases = [
      ['busy', 'busy', { outcome: 'busy', afterMs: 300 }],
      ['no answer', 'no_answer', { outcome: 'no-answer' }],
      ['a number that does not exist', 'failed', { outcome: 'failed', afterMs: 300 }],
      ['gone in the moment of answering', 'never_connected', { outcome: 'answers', afterMs: 300, hangsUpAfterMs: 0 }],
    ] as const
    const all = atOnce(() => Promise.all(cases.map(([, , farEnd], n) => callUp(rig, callee(40 + n), farEnd))))
    const others = atOnce(() =>
      Promise.all([
        (async () => {
          const { answer, leg } = await ring(callee(45))
          leg.hangUp()
          return outcomeOf(rig, callee(45), answer)
        })(),
        (async () => {
          const { answer } = await ring(callee(46))
          expect(await rig.admin('POST', `/calls/${answer.callId}/hangup`)).toMatchObject({ status: 202 })
          return outcomeOf(rig, callee(46), answer)
        })(),
      ]),
    )

    it.each(cases.map(([what, disposition], n) => [what, disposition, n] as const))(
      '%s: the model is let go, and the call ends as %s',
      async (_what, disposition, n) => {
        const { answer, story, result, session } = (await all())[n]!
        expect(story).toMatchObject({
          phase: 'ended',
          disposition,
          turns: [],
          outbound: { state: 'ended', disposition },
        })
        expect(atMs(result, 'media-start')).toBe(Infinity)
        expect(session.log.types('server')).toContain('session.updated')
        expect(placements(rig, callee(40 + n))).toMatchObject([
          { status: 201, body: { Timeout: String(RING_SECONDS) } },
        ])
        await vi.waitFor(() => expect(rig.completions.map(({ data }) => data.callId)).toContain(answer.callId))
        const told = rig.completions.filter(({ data }) => data.callId === answer.callId)
        expect(told).toMatchObject([{ isGenuine: true, data: { state: 'ended', disposition } }])
      },
    )

    it('ends as busy when it is rejected while it rings', async () => {
      const [{ story, result }] = await others()
      expect(story.outbound).toMatchObject({ state: 'ended', disposition: 'busy' })
      expect(atMs(result, 'answered')).toBe(Infinity)
    })

    it('rings no longer once an operator has hung up', async () => {
      const [, { story, result }] = await others()
      expect(story).toMatchObject({ disposition: 'operator_hung_up', outbound: { disposition: 'operator_hung_up' } })
      expect([atMs(result, 'answered'), result.timeline.at(-1)?.type]).toEqual([Infinity, 'callback'])
      const ends = rig.twilio.requests.filter(({ path }) => path.endsWith(`/Calls/${result.sid}.json`))
      expect(ends[0]).toMatchObject({ method: 'POST', body: { Status: 'completed' }, status: 200 })
    })
  })

  it('calls somebody once however often it is asked to with the same key', async () => {
    const whom = callee(50)
    rig.callee(whom.to, { ...ringsOn, afterMs: 1_500, hangsUpAfterMs: 0 })
    const key = `reminder-${dialect}`
    const [first, second] = await Promise.all([rig.dial({ ...whom }, key), rig.dial({ ...whom }, key)])
    expect([first.status, second]).toEqual([201, first])
    const other = await rig.dial({ ...whom, callerName: 'Somebody Else' }, key)
    expect(other).toMatchObject({ status: 422, error: { code: 'idempotency_conflict' } })
    const meanwhile = await rig.dial({ ...whom }, key)
    expect(meanwhile).toMatchObject({ status: 201, callId: first.callId, callSid: first.callSid })
    await outcomeOf(rig, whom, first)
    const { callId, callSid } = first
    expect(await rig.dial({ callerName: whom.callerName, to: whom.to }, key)).toMatchObject({
      status: 201,
      callId,
      callSid,
      state: 'ended',
    })
    expect(placements(rig, whom)).toHaveLength(1)
  })

  it('ends calls rightly although callbacks come twice and out of order', async () => {
    rig.twilio.setFaults({ duplicateStatus: true, reorderStatus: true, duplicateAmd: true })
    const talk = [{ wait: 200 }, { say: 'please stop calling me' }]
    const [busy, failed, gone, person] = await Promise.all([
      callUp(rig, callee(51), { outcome: 'busy', afterMs: 300 }),
      callUp(rig, callee(52), { outcome: 'failed', afterMs: 300 }),
      callUp(rig, callee(53), { outcome: 'answers', afterMs: 300, hangsUpAfterMs: 0 }),
      callUp(rig, callee(54), { outcome: 'answers', afterMs: 300, answeredBy: 'human', script: talk }),
    ])
    rig.twilio.setFaults({})
    const ends = [busy, failed, gone, person].map(({ story }) => [story.outbound.state, story.outbound.disposition])
    expect(ends).toEqual([
      ['ended', 'busy'],
      ['ended', 'failed'],
      ['ended', 'never_connected'],
      ['ended', 'assistant_hung_up'],
    ])
    expect(person.story).toMatchObject({ answeredBy: 'human', tools: [{ name: 'stop_calling', outcome: 'done' }] })
    const told = (type: 'status' | 'amd') =>
      person.result.timeline
        .filter((entry) => entry.type === 'callback' && entry.name === type)
        .map(({ params }) => params![type === 'amd' ? 'AnsweredBy' : 'CallStatus'])
    expect(told('status')).toEqual(['ringing', 'initiated', 'completed', 'in-progress'].flatMap((each) => [each, each]))
    expect(told('amd')).toEqual(['human', 'human'])
  })

  it('ends calls all the same when no callback ever comes', async () => {
    rig.twilio.setFaults({ dropStatus: every })
    const [busy, gone, person] = await Promise.all([
      callUp(rig, callee(55), { outcome: 'busy', afterMs: 2_000 }),
      callUp(rig, callee(56), { outcome: 'answers', afterMs: 2_000, hangsUpAfterMs: 0 }),
      callUp(rig, callee(57), {
        outcome: 'answers',
        script: [...talker(), ...partings],
      }),
    ])
    rig.twilio.setFaults({})
    expect(busy.story.outbound).toMatchObject({ state: 'ended', disposition: 'busy' })
    expect(gone.story.outbound).toMatchObject({ state: 'ended', disposition: 'never_connected' })
    expect(person.story.outbound).toMatchObject({ state: 'ended', disposition: 'caller_hung_up' })
    expect(saidBy(person.story, 'assistant')).toHaveLength(1)
    expect(person.story.outbound.answeredAt).toBeDefined()
    expect(busy.result.timeline.some(({ type, name }) => type === 'callback' && name === 'status')).toBe(false)
    for (const { result } of [busy, gone])
      expect(rig.twilio.requests).toContainEqual(
        expect.objectContaining({ method: 'GET', path: expect.stringContaining(`/Calls/${result.sid}.json`) }),
      )
  })

  it('leaves the model with nothing open or to complain about', async () => {
    await letGo(rig, callee(57))
    await expect.poll(() => rig.openSessions(), { timeout: 5_000 }).toBe(0)
    expect(rig.model.violations).toEqual([])
    const { body } = await rig.admin('GET', '/calls')
    const { calls } = body as { calls: { phase?: string; outbound: { state: string } }[] }
    expect(calls.filter(({ outbound }) => outbound.state !== 'ended')).toEqual([])
  })
})
