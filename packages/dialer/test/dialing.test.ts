import { CallRefused, GatewayError, PlacingFailed, e164, type Gate } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { createRig, LONDON, OURS, person, plan, request, settle } from './support/rig.ts'

const refusedBy = (gate: Gate) => (error: unknown) => error instanceof CallRefused && error.gate === gate

describe('a call', () => {
  it('is placed only when its model is ready, and its record says so before the carrier is asked', async () => {
    const rig = createRig({}, { warmMs: 700 })
    const answer = rig.dialer.dial(request({ calleeName: 'Ada' }))
    await rig.advance(600)
    expect(rig.net.placed).toEqual([])
    expect(rig.onlyCall().state).toBe('warming')
    rig.net.script.place = async ({ to, from }) => {
      expect(rig.onlyCall().state).toBe('dialling')
      return { legId: rig.net.create(to, from).legId }
    }
    await rig.advance(200)
    const call = await answer
    expect(call).toMatchObject({
      state: 'ringing',
      to: LONDON,
      from: OURS,
      mode: 'reminder',
      legId: rig.net.calls[0]!.legId,
    })
    expect(rig.memory.writes).toEqual(['queued', 'warming', 'dialling', 'ringing'])
    expect(rig.sessionOf(call.callId).facts).toMatchObject({
      legId: call.legId,
      otherParty: { number: LONDON, name: 'Ada' },
    })
  })

  it('is told how long to ring, how long to last and what to listen for', async () => {
    const rig = createRig({ callsPerSecond: 10 })
    await rig.dial()
    await rig.dial({ to: person(1), plan: { ...plan, machine: { action: 'leaveMessage' } } })
    expect(rig.net.placed[0]).toMatchObject({ ringSeconds: 25, timeLimitSeconds: 1_860, detection: 'start' })
    expect(rig.net.placed[1]).toMatchObject({ detection: 'messageEnd' })
    await rig.dial({ to: person(2), extension: '22' })
    expect(rig.net.placed[2], 'a switchboard answers first').toMatchObject({ extension: '22', detection: 'off' })
    const silent = createRig({ detectMachines: false, maxCallSeconds: 300 })
    await silent.dial()
    expect(silent.net.placed[0]).toMatchObject({ timeLimitSeconds: 300, detection: 'off' })
  })

  it('is placed all the same when the model is late', async () => {
    const rig = createRig({}, { warmMs: 60_000 })
    const answer = rig.dialer.dial(request())
    await rig.advance(9_900)
    expect(rig.net.placed).toHaveLength(0)
    await rig.advance(300)
    expect((await answer).state).toBe('ringing')
  })

  it('is not placed when the model is late because it is out', async () => {
    const rig = createRig({}, { warmMs: 60_000 })
    const answer = expect(rig.dialer.dial(request())).rejects.toMatchObject({ code: 'model_outage' })
    await rig.advance(9_000)
    rig.model.isOut = true
    await rig.advance(1_200)
    await answer
    expect([rig.net.placed, rig.model.open]).toEqual([[], 0])
  })

  it('waits in the queue while the model is out, and is placed when it is back', async () => {
    const rig = createRig()
    rig.model.isOut = true
    expect(await rig.dial()).toMatchObject({ state: 'queued' })
    await rig.advance(10_000)
    expect([rig.net.placed, rig.model.connections]).toEqual([[], 0])
    rig.model.isOut = false
    await rig.advance(1_500)
    expect(rig.net.placed).toHaveLength(1)
  })

  it('is not placed when the model refuses it, and fails with the reason of the model', async () => {
    const rig = createRig()
    rig.model.refuses = new GatewayError('model_unauthorized', 'The key is wrong.')
    await expect(rig.dial({}, 5_000)).rejects.toMatchObject({ code: 'model_unauthorized' })
    expect(rig.net.placed).toEqual([])
    expect(rig.onlyCall()).toMatchObject({ state: 'failed', problem: 'The key is wrong.', costUsd: 0.1 })
    expect(rig.model.open).toBe(0)
  })

  it('is not placed when it is ended while it warms', async () => {
    const rig = createRig({}, { warmMs: 1_000 })
    const answer = rig.dialer.dial(request())
    const failed = expect(answer).rejects.toMatchObject({ code: 'call_not_placed' })
    await rig.advance(500)
    rig.sessionOf(rig.onlyCall().callId).hangUp('operator')
    await rig.advance(1_000)
    await failed
    expect(rig.net.placed).toEqual([])
    expect(rig.onlyCall()).toMatchObject({ state: 'failed', disposition: 'operator_hung_up' })
  })

  it('is not placed when somebody asks not to be called while it warms', async () => {
    const rig = createRig({}, { warmMs: 1_000 })
    const answer = rig.dialer.dial(request())
    const refused = expect(answer).rejects.toSatisfy(refusedBy('do_not_call'))
    await rig.advance(500)
    await rig.list(LONDON)
    await rig.advance(1_000)
    await refused
    expect(rig.net.placed).toEqual([])
    expect(rig.onlyCall()).toMatchObject({ state: 'refused', gate: 'do_not_call' })
    expect(rig.model.open).toBe(0)
  })

  it('is not placed when the hours close, or its consent is revoked, while it warms', async () => {
    const evening = createRig({ callingHours: { from: '08:00', to: '09:01' } }, { warmMs: 8_000 })
    await evening.advance(55_000)
    const late = expect(evening.dialer.dial(request())).rejects.toSatisfy(refusedBy('calling_hours'))
    await evening.advance(9_000)
    await late
    const rig = createRig({}, { warmMs: 1_000 })
    const consent = { purpose: 'informational' as const, source: 'form', givenAt: new Date(0) }
    await rig.contacts.giveConsent(LONDON, consent)
    const answer = rig.dialer.dial(request({ plan: { ...plan, consent: 'informational' } }))
    const refused = expect(answer).rejects.toSatisfy(refusedBy('consent'))
    await rig.advance(500)
    await rig.contacts.revokeConsent(LONDON)
    await rig.advance(1_000)
    await refused
    expect([...evening.net.placed, ...rig.net.placed]).toEqual([])
  })

  it('is hung up when it was ended while the carrier was being asked', async () => {
    const rig = createRig()
    const gate = Promise.withResolvers<void>()
    rig.net.script.place = async ({ to, from }) => {
      await gate.promise
      return { legId: rig.net.create(to, from).legId }
    }
    const answer = rig.dialer.dial(request())
    await rig.advance(200)
    rig.sessionOf(rig.onlyCall().callId).end('operator_hung_up')
    await settle()
    expect(rig.onlyCall().state).toBe('dialling')
    gate.resolve()
    const call = await answer
    await settle()
    expect(rig.net.ended).toEqual([rig.net.calls[0]!.legId])
    expect(call).toMatchObject({ state: 'ended', disposition: 'operator_hung_up', costUsd: 0.1 })
  })

  it('can be taken back while it waits; nobody is called, and nothing of it is left', async () => {
    const rig = createRig({ maxConcurrent: 1, callsPerSecond: 100 })
    const first = await rig.dial()
    const waiting = await rig.dial({ to: person(1) })
    expect(await rig.dialer.cancel(waiting.callId)).toBe(true)
    expect(await rig.dialer.cancel(waiting.callId), 'said again').toBe(false)
    expect(await rig.dialer.cancel(first.callId), 'it has a session to be hung up').toBe(false)
    await settle()
    expect(rig.memory.all()[1]).toMatchObject({ state: 'failed', problem: expect.stringContaining('cancelled') })
    rig.dialer.statusReported(first.callId, { legId: first.legId!, status: 'no_answer' })
    await rig.advance(300)
    expect(rig.net.calls).toHaveLength(1)
    expect(rig.model.open).toBe(0)
    expect((await rig.dial({ to: person(2) })).state, 'its slot is free').toBe('ringing')
  })

  it('leaves the line when it is taken back: a line of which all were is empty', async () => {
    const rig = createRig({ maxConcurrent: 1, callsPerSecond: 100, queue: { max: 2, maxAgeMs: 60_000 } })
    const first = await rig.dial()
    for (let nth = 1; nth <= 6; nth++) {
      const { callId } = await rig.dial({ to: person(nth) })
      expect(rig.dialer.waiting).toBe(1)
      await rig.dialer.cancel(callId)
      expect(rig.dialer.waiting).toBe(0)
    }
    const next = await rig.dial({ to: person(7) })
    expect(next.state).toBe('queued')
    rig.dialer.statusReported(first.callId, { legId: first.legId!, status: 'no_answer' })
    await rig.advance(300)
    expect(rig.net.placed.map(({ to }) => to)).toEqual([LONDON, person(7)])
    await rig.dialer.stop()
  })

  it('whose gates are still being looked at is taken back without a place in the line', async () => {
    const rig = createRig({ maxConcurrent: 1, callsPerSecond: 100 })
    await rig.dial()
    const answer = rig.dialer.dial(request({ to: person(1) }))
    const refused = expect(answer).rejects.toMatchObject({ code: 'call_not_placed' })
    while (rig.memory.all().length < 2) await Promise.resolve()
    await Promise.resolve()
    expect(await rig.dialer.cancel(rig.memory.all()[1]!.callId)).toBe(true)
    await refused
    expect(rig.dialer.waiting).toBe(0)
    expect(rig.memory.all()[1]!.state).toBe('failed')
  })

  it('whose turn is about to come is taken back from whoever waits for the answer', async () => {
    const rig = createRig({ callsPerSecond: 1 })
    await rig.dial()
    const answer = rig.dialer.dial(request({ to: person(1) }))
    const refused = expect(answer).rejects.toMatchObject({ code: 'call_not_placed' })
    await settle()
    expect(await rig.dialer.cancel(rig.memory.all()[1]!.callId)).toBe(true)
    await rig.advance(1_000)
    await refused
    expect(rig.net.calls).toHaveLength(1)
  })

  it.each([0, 1, 2, 3, 4, 5])('is not placed when it is taken back just as its turn comes (%i)', async (turns) => {
    const rig = createRig({ maxConcurrent: 1, callsPerSecond: 100 })
    const first = await rig.dial()
    const waiting = await rig.dial({ to: person(1) })
    rig.dialer.statusReported(first.callId, { legId: first.legId!, status: 'busy' })
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve))
    const taken = await rig.dialer.cancel(waiting.callId)
    await rig.advance(1_000)
    expect(rig.net.calls).toHaveLength(taken ? 1 : 2)
    expect(rig.model.open).toBe(taken ? 0 : 1)
    expect(rig.memory.all()[1]!.state).toBe(taken ? 'failed' : 'ringing')
  })

  it('keeps its slot until it is over, whoever ends it', async () => {
    const rig = createRig({ maxConcurrent: 1, callsPerSecond: 100 })
    const first = await rig.dial()
    const second = await rig.dial({ to: person(1) })
    expect([first.state, second.state]).toEqual(['ringing', 'queued'])
    expect(rig.dialer.waiting).toBe(1)
    rig.dialer.statusReported(first.callId, { legId: first.legId!, status: 'no_answer' })
    await rig.advance(300)
    expect(rig.memory.all().map(({ state }) => state)).toEqual(['ended', 'ringing'])
    expect(rig.dialer.waiting).toBe(0)
  })

  it.each(['reserve', 'place', 'warm'] as const)('gives its slot back when it fails at: %s', async (stage) => {
    const rig = createRig({ maxConcurrent: 1, callsPerSecond: 100 })
    if (stage === 'reserve') await rig.list(LONDON)
    if (stage === 'warm') rig.model.refuses = new GatewayError('model_refused', 'No.')
    if (stage === 'place')
      rig.net.script.place = async () => {
        throw new PlacingFailed('refused', 'The carrier refuses the call.')
      }
    await expect(rig.dial()).rejects.toBeInstanceOf(GatewayError)
    rig.model.refuses = undefined
    delete rig.net.script.place
    expect((await rig.dial({ to: person(1) })).state).toBe('ringing')
    expect(rig.model.open).toBe(1)
  })
})

describe('the gates', () => {
  it.each([
    ['destination', { to: e164('+18765550100') }],
    ['destination', { to: OURS }],
    ['do_not_call', { to: person(9) }],
    ['consent', { plan: { ...plan, consent: 'informational' as const } }],
    ['calling_hours', { to: e164('+12125550123') }],
  ] as const)('%s is closed: nothing is prepared, and the record says why', async (gate, change) => {
    const rig = createRig()
    await rig.list(person(9))
    await expect(rig.dial(change)).rejects.toSatisfy(refusedBy(gate))
    expect(rig.onlyCall()).toMatchObject({ state: 'refused', gate, problem: expect.stringMatching(/\.$/) })
    expect(rig.net.placed).toEqual([])
    expect(rig.model.connections).toBe(0)
  })

  it('open when the contact has consented and is where it is day', async () => {
    const rig = createRig()
    const to = e164('+12125550123')
    await rig.contacts.giveConsent(to, { purpose: 'marketing', source: 'form', givenAt: new Date(0) })
    await rig.contacts.setTimeZone(to, 'Europe/Paris')
    expect((await rig.dial({ to, plan: { ...plan, consent: 'informational' } })).state).toBe('ringing')
  })

  it('say until when they are closed', async () => {
    const rig = createRig()
    await expect(rig.dial({ to: e164('+12125550123') })).rejects.toMatchObject({
      until: new Date('2026-03-02T18:00:00Z'),
    })
    expect(rig.onlyCall().until).toEqual(new Date('2026-03-02T18:00:00Z'))
  })

  it('count calls to the number, and name the moment the next one is free', async () => {
    const rig = createRig({ frequency: [{ calls: 2, withinMs: 3_600_000 }] })
    for (const status of ['busy', 'no_answer'] as const) {
      const { callId, legId } = await rig.dial()
      rig.dialer.statusReported(callId, { legId: legId!, status })
      await rig.advance(1_000)
    }
    await expect(rig.dial()).rejects.toMatchObject({ gate: 'frequency', until: new Date('2026-03-02T10:00:00Z') })
  })

  it('do not count calls that were never placed', async () => {
    const rig = createRig({ frequency: [{ calls: 1, withinMs: 3_600_000 }] })
    rig.net.script.place = async () => {
      throw new PlacingFailed('unsent', 'No connection.')
    }
    await expect(rig.dial()).rejects.toMatchObject({ code: 'call_not_placed' })
    delete rig.net.script.place
    expect((await rig.dial({}, 1_500)).state).toBe('ringing')
  })

  it('allow one call at a time to a number', async () => {
    const rig = createRig({ callsPerSecond: 100 })
    await rig.dial()
    await expect(rig.dial()).rejects.toSatisfy(refusedBy('in_progress'))
  })

  it('stop at one call over what may be spent on a day', async () => {
    const rig = createRig({
      callsPerSecond: 100,
      spend: { perDayUsd: 2, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'UTC' },
    })
    await rig.dial({ to: person(1) })
    await rig.dial({ to: person(2) })
    await expect(rig.dial({ to: person(3) })).rejects.toMatchObject({
      gate: 'spend',
      until: new Date('2026-03-03T00:00:00Z'),
    })
    const [first] = rig.memory.all()
    rig.dialer.statusReported(first!.callId, { legId: first!.legId!, status: 'busy' })
    expect((await rig.dial({ to: person(3) })).state).toBe('ringing')
  })

  it('count the day where the policy says it is', async () => {
    const rig = createRig({ spend: { perDayUsd: 0, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'Asia/Tokyo' } })
    await expect(rig.dial()).rejects.toMatchObject({ gate: 'spend', until: new Date('2026-03-02T15:00:00Z') })
  })

  it('are passed again by a call that has waited', async () => {
    const rig = createRig({ maxConcurrent: 1 })
    const first = await rig.dial()
    expect((await rig.dial({ to: person(1) })).state).toBe('queued')
    await rig.list(person(1))
    rig.dialer.statusReported(first.callId, { legId: first.legId!, status: 'canceled' })
    await rig.advance(2_000)
    expect(rig.memory.all()[1]).toMatchObject({ state: 'refused', gate: 'do_not_call' })
    expect(rig.net.placed).toHaveLength(1)
  })

  it('are passed again in full: consent may have been revoked meanwhile', async () => {
    const rig = createRig({ maxConcurrent: 1 })
    const first = await rig.dial()
    const to = person(1)
    const consent = { purpose: 'informational' as const, source: 'form', givenAt: new Date(0) }
    await rig.contacts.giveConsent(to, consent)
    expect((await rig.dial({ to, plan: { ...plan, consent: 'informational' } })).state).toBe('queued')
    await rig.contacts.revokeConsent(to)
    rig.dialer.statusReported(first.callId, { legId: first.legId!, status: 'canceled' })
    await rig.advance(2_000)
    expect(rig.memory.all()[1]).toMatchObject({ state: 'refused', gate: 'consent' })
  })

  it('close on a call that has waited for too long, which nobody is left waiting for', async () => {
    const rig = createRig({ maxConcurrent: 1, queue: { max: 5, maxAgeMs: 10_000 } })
    await rig.dial()
    expect((await rig.dial({ to: person(1) })).state).toBe('queued')
    await rig.advance(10_500)
    expect(rig.memory.all()[1]).toMatchObject({ state: 'refused', gate: 'queue_age' })
  })

  it('are closed when they cannot be asked', async () => {
    const rig = createRig()
    rig.memory.fail(new GatewayError('database_failed', 'No disk.'))
    await expect(rig.dial()).rejects.toMatchObject({ code: 'database_failed' })
    expect(rig.net.placed).toEqual([])
  })
})

describe('a database that fails', () => {
  it('in the moment before the carrier is asked: nobody is called, and the answer does not wait for it', async () => {
    const rig = createRig({}, { warmMs: 1_000 })
    const answer = rig.dialer.dial(request())
    const failed = expect(answer).rejects.toMatchObject({ code: 'database_failed' })
    await rig.advance(500)
    rig.memory.fail(new GatewayError('database_failed', 'No disk.'))
    await rig.advance(2_000)
    await failed
    expect(rig.net.placed).toEqual([])
    rig.memory.fail(undefined)
    await rig.advance(5_000)
    expect(rig.onlyCall().state).toBe('failed')
    expect(rig.model.open).toBe(0)
  })
})

describe('the pace', () => {
  it('never asks the carrier for more calls a second than it takes, however long models take', async () => {
    const rig = createRig({ callsPerSecond: 2 })
    const times: number[] = []
    rig.net.script.place = async ({ to, from }) => {
      times.push(rig.clock.now())
      return { legId: rig.net.create(to, from).legId }
    }
    // Each begins half a second after the one before, and all are ready in the same moment.
    rig.model.warmMs = 2_100
    const answers = [1, 2, 3, 4, 5].map((nth) => rig.dialer.dial(request({ to: person(nth) })))
    for (const warmMs of [1_600, 1_100, 600, 100]) {
      await rig.advance(100)
      rig.model.warmMs = warmMs
      await rig.advance(400)
    }
    await rig.advance(5_000)
    await Promise.all(answers)
    expect(times).toHaveLength(5)
    for (const [index, atMs] of times.entries())
      if (index > 0) expect(atMs - times[index - 1]!).toBeGreaterThanOrEqual(499)
  })

  it('answers at once that a call is queued, and that the queue is full without using the key up', async () => {
    const rig = createRig({ maxConcurrent: 1, queue: { max: 1, maxAgeMs: 60_000 } })
    const first = await rig.dial()
    expect((await rig.dial({ to: person(1) })).state).toBe('queued')
    await expect(rig.dial({ to: person(2), idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'queue_full' })
    expect(rig.memory.all()).toHaveLength(2)
    rig.dialer.statusReported(first.callId, { legId: first.legId!, status: 'busy' })
    await rig.advance(500)
    expect((await rig.dial({ to: person(2), idempotencyKey: 'k' })).state).toBe('queued')
  })
})
