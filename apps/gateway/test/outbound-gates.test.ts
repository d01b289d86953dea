import type { Gate } from '@llc-phone/core'
import type { DialingPolicy } from '@llc-phone/dialer'
import type { FarEnd } from '@llc-phone/sim'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { callee, outcomeOf, placements, withPolicy, type Callee } from './support/outbound-calls.ts'
import { startOutboundRig, type DialAnswer, type OutboundRig } from './support/outbound-rig.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

const busy: FarEnd = { outcome: 'busy', afterMs: 50 }
const ringsOn: FarEnd = { outcome: 'answers', afterMs: 60_000 }

const survey = { scenario: 'survey', context: { topic: 'your visit', questions: ['Were you happy with it?'] } }

/** What operators do by HTTP: whoever may be called is busy. */
const operate = (rig: OutboundRig) => {
  const dial = (whom: Callee, request: object = {}, farEnd = busy): Promise<DialAnswer> => {
    rig.callee(whom.to, farEnd)
    return rig.dial({ ...whom, ...request })
  }
  return {
    rig,
    dial,
    put: (path: string, body: object) => rig.admin('PUT', path, body),
    /** A call that is placed, and over. */
    async called(whom: Callee, request: object = {}): Promise<void> {
      const answer = await dial(whom, request)
      expect(answer).toMatchObject({ status: 201 })
      const { story } = await outcomeOf(rig, whom, answer)
      expect(story.outbound.disposition).toBe('busy')
    },
    /** A request that no call comes of: Twilio is not asked, no model is opened, and the ledger knows why. */
    async refused(whom: Callee, gate: Gate, request: object = {}): Promise<{ readonly until?: string }> {
      const before = [placements(rig, whom).length, rig.model.handshakes]
      const { status, error } = await dial(whom, request)
      expect([status, error?.code, error?.gate]).toEqual([403, 'call_refused', gate])
      expect([placements(rig, whom).length, rig.model.handshakes]).toEqual(before)
      const { body } = await rig.admin('GET', '/calls')
      const { calls } = body as { calls: { callId: string; outbound?: { state: string } }[] }
      const latest = calls.find(({ outbound }) => outbound?.state === 'refused')!
      const { outbound } = await rig.told(latest.callId)
      expect(outbound).toMatchObject({ state: 'refused', gate, problem: error!.message })
      expect(outbound.until).toBe(error!.until)
      return error!
    },
  }
}

/** Runs with a gateway of its own. */
const withGateway = (policy: Partial<DialingPolicy>, variables: Record<string, string> = {}) => {
  let operator: ReturnType<typeof operate> | undefined
  beforeAll(async () => {
    operator = operate(await startOutboundRig({ variables, configure: withPolicy(policy) }))
  }, 30_000)
  afterAll(() => operator?.rig.close())
  return () => operator!
}

/** A zone where it is that hour now. */
const zoneWhere = (hour: number, at: Date): string => {
  const behind = (at.getUTCHours() - hour + 24) % 24
  // POSIX signs: west is positive; there are twelve zones to the west and fourteen to the east.
  return behind <= 12 ? `Etc/GMT+${behind}` : `Etc/GMT-${24 - behind}`
}

describe('what is known of somebody', () => {
  const gateway = withGateway({
    callingHours: { from: '08:00', to: '21:00' },
    frequency: [{ calls: 2, withinMs: DAY_MS }],
  })
  /** Somebody whose clock says noon. */
  const atNoon = async (n: number): Promise<Callee> => {
    await gateway().put(`/contacts/${callee(n).to}`, { timeZone: zoneWhere(12, new Date()) })
    return callee(n)
  }

  it.each([
    ['a premium-rate number', '+19005550123'],
    ['a satellite', '+881612345678'],
    ['another country', '+442071838750'],
    ['an island that shares our country code', '+18765550123'],
    ['a number of ours', '+14155550101'],
  ])('destination: %s is not called', async (_what, to) => {
    await gateway().put(`/contacts/${to}`, { timeZone: zoneWhere(12, new Date()) })
    await gateway().refused({ to, callerName: 'Callee 80' }, 'destination')
  })

  it('destination: a number of our own country is', async () => {
    await gateway().called(await atNoon(81))
  })

  it('do_not_call: who is on the list is not called, until they are taken off it', async () => {
    const whom = await atNoon(82)
    const { rig, put, refused, called } = gateway()
    await put(`/do-not-call/${whom.to}`, { reason: 'by letter' })
    await refused(whom, 'do_not_call')
    expect(await rig.admin('DELETE', `/do-not-call/${whom.to}`)).toMatchObject({ status: 200 })
    await called(whom)
  })

  it('consent: a survey is made with a record of it only, and not after it was revoked', async () => {
    const whom = await atNoon(83)
    const { put, refused, called } = gateway()
    await refused(whom, 'consent', survey)
    await put(`/contacts/${whom.to}`, { consents: [{ purpose: 'informational', source: 'a form' }] })
    await called(whom, survey)
    await put(`/contacts/${whom.to}`, { consents: [] })
    await refused(whom, 'consent', survey)
    // Calling back needs none.
    await called(whom)
  })

  it('calling_hours: nobody is called at night, by the clock of where they are', async () => {
    const whom = callee(84)
    const { put, refused, called } = gateway()
    const now = new Date()
    const zone = zoneWhere(3, now)
    await put(`/contacts/${whom.to}`, { timeZone: zone })
    const { until } = await refused(whom, 'calling_hours')
    const [, sign, hours] = /GMT([+-])(\d+)/.exec(zone)!
    const aheadMs = (sign === '-' ? 1 : -1) * Number(hours) * HOUR_MS
    const localMidnight = Math.floor((now.getTime() + aheadMs) / DAY_MS) * DAY_MS
    expect(new Date(until!).getTime()).toBe(localMidnight + 8 * HOUR_MS - aheadMs)
    await put(`/contacts/${whom.to}`, { timeZone: zoneWhere(12, now) })
    await called(whom)
  })

  it('frequency: nobody is called more often than the policy allows, and is told when again', async () => {
    const whom = await atNoon(85)
    const { called, refused } = gateway()
    const before = Date.now()
    await called(whom)
    const after = Date.now()
    await called(whom)
    const until = new Date((await refused(whom, 'frequency')).until!).getTime()
    expect(until).toBeGreaterThanOrEqual(before + DAY_MS)
    expect(until).toBeLessThanOrEqual(after + DAY_MS)
  })

  it('in_progress: nobody is called while they are being called; others are', async () => {
    const [whom, other] = [await atNoon(86), await atNoon(87)]
    const { rig, dial, refused, called } = gateway()
    const answer = await dial(whom, {}, ringsOn)
    expect(answer.status).toBe(201)
    await refused(whom, 'in_progress')
    await called(other)
    rig.leg(whom.to).hangUp()
    await outcomeOf(rig, whom, answer)
    await called(whom)
  })
})

describe('what may be spent in a day', () => {
  const gateway = withGateway({}, { OUTBOUND_DAILY_SPEND_USD: '1.5' })

  it('spend: calls that are under way count; one at most goes over, and nobody is called after it', async () => {
    const { rig, dial, refused, called } = gateway()
    const [first, second, third] = [callee(90), callee(91), callee(92)]
    // Each counts as a dollar while its cost is not known.
    const answers = [await dial(first, {}, ringsOn), await dial(second, {}, ringsOn)]
    expect(answers).toMatchObject([{ status: 201 }, { status: 201 }])
    const { until } = await refused(third, 'spend')
    expect(new Date(until!).getTime() - Date.now()).toBeGreaterThan(0)
    expect(new Date(until!).getTime() - Date.now()).toBeLessThanOrEqual(25 * HOUR_MS)
    rig.leg(first.to).hangUp()
    await outcomeOf(rig, first, answers[0]!)
    // It has cost next to nothing after all.
    await called(third)
    rig.leg(second.to).hangUp()
    await outcomeOf(rig, second, answers[1]!)
  })
})

describe('the line of those who wait', () => {
  const gateway = withGateway({ queue: { max: 1, maxAgeMs: 3_000 } }, { OUTBOUND_MAX_CONCURRENT: '1' })

  it('queue_full, queue_age: it has an end, and nobody is called after they have waited too long', async () => {
    const { rig, dial, called } = gateway()
    const [first, second, third] = [callee(95), callee(96), callee(97)]
    const ringing = await dial(first, {}, ringsOn)
    expect(ringing).toMatchObject({ status: 201, state: 'ringing' })
    const waiting = await dial(second, {}, busy)
    expect(waiting).toMatchObject({ status: 202, state: 'queued' })
    expect(await dial(third)).toMatchObject({ status: 429, error: { code: 'queue_full' } })
    const expired = await rig.until(waiting.callId, 'refused')
    expect(expired.outbound).toMatchObject({ state: 'refused', gate: 'queue_age' })
    expect([rig.legs(second.to), rig.legs(third.to)]).toEqual([[], []])

    // Who does not wait too long is called when the line is free.
    const next = await dial(second, {}, busy)
    expect(next).toMatchObject({ status: 202, state: 'queued' })
    rig.leg(first.to).hangUp()
    await outcomeOf(rig, first, ringing)
    const { outbound } = await rig.until(next.callId, 'ended', 'refused')
    expect(outbound).toMatchObject({ state: 'ended', disposition: 'busy' })
    await called(third)
  })

  it('leaves the model with nothing open', async () => {
    await vi.waitFor(() => expect(gateway().rig.openSessions()).toBe(0))
  })
})
