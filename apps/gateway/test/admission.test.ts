import { createRoom, e164, unlimited, type CallSession, type E164, type RoomLimits } from '@llc-phone/core'
import { fakeClock } from '@llc-phone/core/testing'
import { expect, it } from 'vitest'
import { createAdmission, type AdmissionLimits } from '../src/admission.ts'
import { fakeRegistry } from './support/fake-calls.ts'
import { callSidOf, CALLER, ringing, testGateway } from './support/gateway.ts'

const TEN_MINUTES_MS = 10 * 60_000

/** A door, the calls that came through it, and the clock on the wall beside it. */
const createDoor = ({
  calls = 1_000,
  startsPerSecond = Infinity,
  ...changes
}: Partial<AdmissionLimits & RoomLimits> = {}) => {
  const clock = fakeClock()
  const live = new Map<string, CallSession>()
  const room = createRoom(clock, { ...unlimited, calls, startsPerSecond }, () => live.size)
  const admission = createAdmission({
    limits: { callsPerCaller: 5, startsPerCaller: 30, ...changes },
    clock,
    registry: { room, active: () => [...live.values()] },
  })
  let n = 0
  const ring = (
    number?: E164,
    {
      legId = callSidOf(++n),
      direction = 'inbound' as const,
    }: { legId?: string; direction?: 'inbound' | 'outbound' } = {},
  ) => {
    const caller = number === undefined ? {} : { number }
    const refusal = admission.refuse({ legId, direction, caller })
    const call = {
      facts: { legId, direction, otherParty: caller, startedAt: clock.date() },
      state: { phase: 'ready' },
      end: () => live.delete(legId),
    }
    if (refusal) return refusal
    live.set(legId, call as unknown as CallSession)
    room.started()
    return refusal
  }
  /** Everybody on the line talks. */
  const join = () => {
    for (const call of live.values()) (call.state as { phase: string }).phase = 'live'
  }
  return { clock, live, ring, join, admission, hangUp: () => live.clear() }
}

const strangers = (count: number) => Array.from({ length: count }, (_, n) => e164(`+1415555${1_000 + n}`))

it('gives one number five calls at a time, however often it rings', () => {
  const { ring, live } = createDoor()
  const refusals = Array.from({ length: 60 }, () => ring(CALLER)).filter(Boolean)
  expect(live.size).toBe(5)
  expect(refusals).toHaveLength(55)
  expect(refusals[0]).toMatchObject({ code: 'caller_limit_reached', mayRing: true })
})

it('answers a number thirty times in ten minutes, and again afterwards', async () => {
  const { ring, hangUp, clock } = createDoor()
  let answered = 0
  for (let n = 0; n < 200; n++) {
    if (!ring(CALLER)) answered++
    hangUp()
    await clock.advance(1_000)
  }
  expect(answered).toBe(30)
  await clock.advance(TEN_MINUTES_MS)
  expect(ring(CALLER)).toBeUndefined()
})

it('does not have a person rung without end by the one who was turned away', () => {
  const { ring } = createDoor()
  const rang = Array.from({ length: 60 }, () => ring(CALLER)).filter((refusal) => refusal?.mayRing)
  expect(rang).toHaveLength(3)
})

it('counts a call once, and answers it the same, however often Twilio asks', () => {
  const { ring, live, join } = createDoor({ callsPerCaller: 1, startsPerCaller: 1 })
  ring(CALLER)
  join()
  const first = ring(CALLER, { legId: callSidOf(99) })
  live.clear()
  expect(ring(CALLER, { legId: callSidOf(99) })).toBe(first)
})

it('does not take one caller for another, and gives those without a number more room', () => {
  const { ring, live } = createDoor()
  for (let n = 0; n < 60; n++) ring(undefined)
  expect(live.size).toBe(20)
  expect(ring(CALLER)).toBeUndefined()
  expect(ring(undefined)).toMatchObject({ code: 'caller_limit_reached' })
})

it('leaves whom we call ourselves to the limits of those who call', () => {
  const { ring } = createDoor()
  for (let n = 0; n < 60; n++) expect(ring(CALLER, { direction: 'outbound' })).toBeUndefined()
})

it('has room for so many calls, and hands the next ones to the fallback', () => {
  const { ring, join } = createDoor({ calls: 100 })
  for (const number of strangers(100)) {
    expect(ring(number)).toBeUndefined()
    join()
  }
  expect(ring(CALLER)).toMatchObject({ code: 'calls_full', why: 'calls', mayRing: true })
  expect(ring(CALLER, { direction: 'outbound' })).toMatchObject({ code: 'calls_full' })
})

it('opens no more calls in a second than its limit, and has room for the next one a moment later', async () => {
  const { ring, live, clock } = createDoor({ startsPerSecond: 20 })
  const refusals = strangers(500).map((number) => ring(number))
  expect(live.size).toBe(20)
  expect(refusals.at(-1)).toMatchObject({ code: 'calls_full', why: 'starts', mayRing: true })
  await clock.advance(500)
  for (const number of strangers(500)) ring(number)
  expect(live.size).toBe(30)
})

it('keeps a quarter of the room at most for calls that nobody has joined', async () => {
  const { ring, live, clock } = createDoor({ calls: 100 })
  for (const number of strangers(200)) ring(number)
  expect(live.size).toBe(25)
  const [oldest] = live.keys()
  // By now nobody is coming for these; a caller who is really there gets their place.
  await clock.advance(10_000)
  expect(ring(CALLER)).toBeUndefined()
  expect(live.size).toBe(25)
  expect(live.has(oldest!)).toBe(false)
})

it('gives two who call at once a session each, however small the room is', () => {
  const { ring } = createDoor({ calls: 4 })
  expect(strangers(5).map((number) => ring(number)?.why)).toEqual([undefined, undefined, undefined, undefined, 'calls'])
})

it('forgets a number ten minutes after it has rung', async () => {
  const { ring, hangUp, clock } = createDoor()
  for (const number of strangers(500)) ring(number)
  hangUp()
  expect(clock.pending).toBe(1)
  await clock.advance(2 * TEN_MINUTES_MS)
  expect(clock.pending).toBe(0)
})

it('turns nobody away without a word: the caller hears an apology and is put through', async () => {
  const calls = fakeRegistry()
  const clock = fakeClock()
  const gateway = await testGateway(calls.registry, {
    admission: createAdmission({
      limits: { callsPerCaller: 2, startsPerCaller: 30 },
      clock,
      registry: calls.registry,
    }),
  })
  const answers = []
  for (let n = 1; n <= 6; n++) answers.push(await gateway.post('/twiml', ringing(callSidOf(n))))
  expect(answers.map(({ body }) => /<Connect|<Dial|<Hangup/.exec(body)?.[0])).toEqual([
    '<Connect',
    '<Connect',
    '<Dial',
    '<Dial',
    '<Dial',
    '<Hangup',
  ])
  for (const { status, body } of answers.slice(2)) {
    expect(status).toBe(200)
    expect(body).toContain('>We are sorry')
  }
  expect(calls.happened).toEqual([`open ${callSidOf(1)} ivr`, `open ${callSidOf(2)} ivr`])
  expect(gateway.logLines.at(-1)).toMatchObject({ code: 'caller_limit_reached', caller: '+1415•••0199' })
  const again = await gateway.post('/twiml', ringing(callSidOf(1)))
  expect(again.body).toBe(answers[0]!.body)
})

it('says nothing of a fallback to somebody we have called when there is no room', async () => {
  const calls = fakeRegistry()
  const gateway = await testGateway(calls.registry, {
    admission: {
      refuse: () => ({ code: 'calls_full', why: 'calls', reason: 'full', mayRing: true }),
    },
  })
  const answer = await gateway.post(
    '/twiml',
    ringing(callSidOf(1), { Direction: 'outbound-api', From: '+14155550101', To: CALLER }),
  )
  expect(answer.body).toContain('technical problem')
  expect(answer.body).not.toContain('<Dial')
})
