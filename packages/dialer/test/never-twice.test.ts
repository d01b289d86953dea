import { GatewayError, PlacingFailed } from '@llc-phone/core'
import { describe, expect, it } from 'vitest'
import { createRig, LONDON, OURS, person, request, settle } from './support/rig.ts'

const lost = async (): Promise<never> => {
  throw new PlacingFailed('unknown', 'No answer in time.')
}

describe('the same Idempotency-Key', () => {
  it('a thousand times at once is one call and one answer', async () => {
    const rig = createRig({}, { warmMs: 2_000 })
    const answers = Array.from({ length: 1_000 }, () => rig.dialer.dial(request({ idempotencyKey: 'k' })))
    await rig.advance(2_500)
    const calls = await Promise.all(answers)
    expect(new Set(calls.map(({ callId, state, legId }) => [callId, state, legId].join())).size).toBe(1)
    expect(rig.net.placed).toHaveLength(1)
    expect(rig.memory.all()).toHaveLength(1)
  })

  it('later gives the call as it is by then', async () => {
    const rig = createRig()
    const first = await rig.dial({ idempotencyKey: 'k' })
    rig.dialer.statusReported(first.callId, { legId: first.legId!, status: 'busy' })
    await rig.advance(1_000)
    expect(await rig.dial({ idempotencyKey: 'k' })).toMatchObject({ callId: first.callId, state: 'ended' })
    expect(rig.net.placed).toHaveLength(1)
  })

  it('with another request is a conflict, while the first is being placed and afterwards', async () => {
    const rig = createRig({}, { warmMs: 1_000 })
    const first = rig.dialer.dial(request({ idempotencyKey: 'k' }))
    await rig.advance(100)
    const other = request({ idempotencyKey: 'k', requestHash: 'other' })
    await expect(rig.dialer.dial(other)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    await rig.advance(1_000)
    await first
    await expect(rig.dialer.dial(other)).rejects.toMatchObject({ code: 'idempotency_conflict' })
    expect(rig.net.placed).toHaveLength(1)
  })

  it('gives the same refusal', async () => {
    const rig = createRig()
    await rig.list(LONDON)
    const both = [rig.dial({ idempotencyKey: 'k' }), rig.dial({ idempotencyKey: 'k' })]
    for (const answer of both) await expect(answer).rejects.toMatchObject({ gate: 'do_not_call' })
    await rig.doNotCall.remove(LONDON, 'a test')
    await expect(rig.dial({ idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'call_refused',
      gate: 'do_not_call',
      message: rig.onlyCall().problem,
    })
    expect(rig.memory.all()).toHaveLength(1)
  })

  it('gives the same failure', async () => {
    const rig = createRig()
    rig.model.refuses = new GatewayError('model_unauthorized', 'The key is wrong.')
    await expect(rig.dial({ idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'model_unauthorized' })
    await expect(rig.dial({ idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'model_unauthorized' })
    expect(rig.model.connections).toBe(1)
  })
})

describe('a carrier that is busy', () => {
  it('is asked again, later and later, for the same call with the same session', async () => {
    const rig = createRig()
    const times: number[] = []
    rig.net.script.place = async ({ to, from }, nth) => {
      times.push(rig.clock.now())
      if (nth < 4) throw new PlacingFailed('busy', 'Too many requests.')
      return { legId: rig.net.create(to, from).legId }
    }
    const call = await rig.dial({}, 10_000)
    expect(call.state).toBe('ringing')
    expect(times.map((atMs) => Math.round((atMs - times[0]!) / 1_000))).toEqual([0, 1, 3, 7])
    expect(new Set(rig.net.placed.map(({ callId }) => callId)).size).toBe(1)
    expect(rig.model.connections).toBe(1)
  })

  it('is not asked any more when the call has become too old', async () => {
    const rig = createRig({ queue: { max: 5, maxAgeMs: 10_000 } })
    rig.net.script.place = async () => {
      throw new PlacingFailed('busy', 'The carrier takes no more calls at the moment.')
    }
    await expect(rig.dial({}, 15_000)).rejects.toMatchObject({ code: 'call_not_placed' })
    expect(rig.onlyCall()).toMatchObject({ state: 'failed', problem: 'The carrier takes no more calls at the moment.' })
    expect(rig.net.placed.length).toBeGreaterThan(2)
    expect(rig.model.open).toBe(0)
  })

  it('is not asked again for somebody who has asked not to be called meanwhile, or for a call that was ended', async () => {
    for (const how of ['listed', 'ended'] as const) {
      const rig = createRig()
      rig.net.script.place = async () => {
        throw new PlacingFailed('busy', 'Too many requests.')
      }
      const answer = rig.dialer.dial(request())
      const failed = expect(answer).rejects.toMatchObject({
        code: how === 'listed' ? 'call_refused' : 'call_not_placed',
      })
      await rig.advance(300)
      if (how === 'listed') await rig.list(LONDON)
      else rig.sessionOf(rig.onlyCall().callId).hangUp('operator')
      await rig.advance(3_000)
      await failed
      expect(rig.net.placed).toHaveLength(1)
    }
  })
})

describe('a definite no', () => {
  it.each(['refused', 'unsent'] as const)('(%s) is not asked again and ends the session', async (kind) => {
    const rig = createRig()
    rig.net.script.place = async () => {
      throw new PlacingFailed(kind, 'The carrier refuses the call (code 21215).', { carrierCode: 21_215 })
    }
    await expect(rig.dial({}, 40_000)).rejects.toMatchObject({
      code: 'call_not_placed',
      message: 'The carrier refuses the call (code 21215).',
    })
    expect(rig.net.placed).toHaveLength(1)
    expect(rig.onlyCall()).toMatchObject({ state: 'failed', disposition: 'failed', costUsd: 0.1 })
    expect(rig.model.open).toBe(0)
  })
})

describe('an answer that was lost', () => {
  it('is looked up: the call that has come about meanwhile is ours', async () => {
    const rig = createRig()
    rig.net.script.place = async ({ to, from }) => {
      rig.net.create(to, from)
      return lost()
    }
    const call = await rig.dial({}, 1_000)
    expect(call).toMatchObject({ state: 'ringing', legId: rig.net.calls[0]!.legId })
    expect(rig.net.placed).toHaveLength(1)
  })

  it('may come about late', async () => {
    const rig = createRig()
    rig.net.script.place = lost
    const answer = rig.dialer.dial(request())
    await rig.advance(9_000)
    expect(rig.onlyCall().state).toBe('dialling')
    const { legId } = rig.net.create(LONDON, OURS)
    await rig.advance(7_000)
    expect(await answer).toMatchObject({ state: 'ringing', legId })
  })

  it('is not mistaken for an earlier call, nor for a known one', async () => {
    const rig = createRig({ callsPerSecond: 100 })
    const known = await rig.dial()
    rig.dialer.statusReported(known.callId, { legId: known.legId!, status: 'busy' })
    await rig.advance(100)
    rig.net.create(LONDON, OURS, new Date(rig.clock.date().getTime() - 60_000))
    rig.net.script.place = lost
    const call = await rig.dial({}, 31_000)
    expect(call).toMatchObject({ state: 'unknown' })
    expect(rig.net.ended).toEqual([])
  })

  it('is found beside a known call of a moment before', async () => {
    const rig = createRig({ callsPerSecond: 100 })
    const known = await rig.dial()
    rig.dialer.statusReported(known.callId, { legId: known.legId!, status: 'busy' })
    await rig.advance(100)
    rig.net.script.place = async ({ to, from }) => {
      rig.net.create(to, from)
      return lost()
    }
    expect(await rig.dial({}, 1_000)).toMatchObject({ state: 'ringing', legId: rig.net.calls[1]!.legId })
  })

  it('stays unknown after half a minute without a trace: nobody is dialled again, and a person is told', async () => {
    const rig = createRig({ maxConcurrent: 1 })
    rig.net.script.place = lost
    const call = await rig.dial({}, 31_000)
    expect(call).toMatchObject({ state: 'unknown', problem: expect.stringContaining('Look for it at the carrier') })
    expect(rig.sessionOf(call.callId).state).toMatchObject({ phase: 'ended', disposition: 'failed' })
    expect(rig.net.placed).toHaveLength(1)
    expect(rig.problems).toHaveLength(1)
    delete rig.net.script.place
    await expect(rig.dial()).rejects.toMatchObject({ gate: 'in_progress' })
    expect((await rig.dial({ to: person(1) }, 2_000)).state).toBe('ringing')
  })

  it.each([
    ['by then', true],
    ['with it', false],
  ])('keeps its reserve while it is unknown, and when it is found in the end (session over %s)', async (_, early) => {
    const rig = createRig({
      callsPerSecond: 100,
      spend: { perDayUsd: 1, reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'UTC' },
    })
    rig.net.script.place = lost
    const answer = rig.dialer.dial(request())
    await rig.advance(1_000)
    const { callId } = rig.onlyCall()
    if (early) rig.sessionOf(callId).end('operator_hung_up')
    await rig.advance(30_000)
    expect((await answer).state).toBe('unknown')
    rig.dialer.ended(rig.sessionOf(callId), 0.1)
    await settle()
    expect(rig.onlyCall().costUsd, 'what the model took is not all').toBeUndefined()
    await expect(rig.dial({ to: person(1) })).rejects.toMatchObject({ gate: 'spend' })
    const { legId } = rig.net.create(LONDON, OURS)
    for (const status of ['answered', 'completed'] as const) {
      rig.dialer.statusReported(callId, { legId, status })
      await settle()
    }
    const [found] = rig.memory.all()
    expect(found).toMatchObject({ state: 'ended', answeredAt: expect.any(Date) })
    expect(found!.costUsd).toBeUndefined()
    rig.dialer.ended(rig.sessionOf(callId), 0.1)
    await settle()
    expect(rig.memory.all()[0]!.costUsd, "with the carrier's part").toBeCloseTo(0.12, 10)
  })

  it('stays unknown when several calls may be it, and none of them is touched', async () => {
    const rig = createRig()
    rig.net.script.place = async ({ to, from }) => {
      rig.net.create(to, from)
      rig.net.create(to, from)
      return lost()
    }
    const call = await rig.dial({}, 31_000)
    expect(call.state).toBe('unknown')
    for (const { legId } of rig.net.calls) expect(call.problem).toContain(legId)
    expect(rig.net.ended).toEqual([])
  })

  it('is settled by a status callback, even among several', async () => {
    const rig = createRig()
    rig.net.script.place = async ({ to, from }) => {
      rig.net.create(to, from)
      rig.net.create(to, from)
      return lost()
    }
    const answer = rig.dialer.dial(request())
    await rig.advance(3_000)
    const { legId } = rig.net.calls[1]!
    rig.dialer.statusReported(rig.onlyCall().callId, { legId, status: 'ringing' })
    await settle()
    expect(await answer).toMatchObject({ state: 'ringing', legId })
  })

  it('is settled by the start of its media', async () => {
    const rig = createRig()
    rig.net.script.place = lost
    const answer = rig.dialer.dial(request())
    await rig.advance(3_000)
    rig.connectMedia(0, 'leg-of-the-audio')
    await rig.advance(300)
    expect(await answer).toMatchObject({ state: 'ringing', legId: 'leg-of-the-audio' })
    expect(rig.net.ended).toEqual([])
  })

  it('is looked up although looking fails at first', async () => {
    const rig = createRig()
    rig.net.problem.find = new Error('503')
    rig.net.script.place = async ({ to, from }) => {
      rig.net.create(to, from)
      return lost()
    }
    const answer = rig.dialer.dial(request())
    await rig.advance(5_000)
    delete rig.net.problem.find
    await rig.advance(5_000)
    expect((await answer).state).toBe('ringing')
  })

  it('of any other kind of error counts as lost', async () => {
    const rig = createRig()
    rig.net.script.place = async ({ to, from }) => {
      rig.net.create(to, from)
      throw new TypeError('not what was agreed')
    }
    expect((await rig.dial({}, 1_000)).state).toBe('ringing')
    expect(rig.net.placed).toHaveLength(1)
  })

  it('of a call that was ended meanwhile: it is found and hung up', async () => {
    const rig = createRig()
    rig.net.script.place = lost
    const answer = rig.dialer.dial(request())
    await rig.advance(1_000)
    rig.sessionOf(rig.onlyCall().callId).end('operator_hung_up')
    const { legId } = rig.net.create(LONDON, OURS)
    await rig.advance(5_000)
    expect(await answer).toMatchObject({ state: 'ended', disposition: 'operator_hung_up', legId })
    expect(rig.net.ended).toContain(legId)
  })

  it('a thousand times: nobody is dialled twice, and every call is found', async () => {
    for (let gateway = 0; gateway < 40; gateway++) {
      const spend = { reserveUsd: 1, carrierUsdPerMinute: 0.02, timeZone: 'UTC' }
      const rig = createRig({ callsPerSecond: 100, maxConcurrent: 100, spend })
      rig.net.script.place = async ({ to, from }) => {
        rig.net.create(to, from)
        return lost()
      }
      const answers = Array.from({ length: 25 }, (_, nth) => rig.dialer.dial(request({ to: person(nth) })))
      await rig.advance(4_000, 500)
      const calls = await Promise.all(answers)
      expect(calls.every(({ state }) => state === 'ringing')).toBe(true)
      expect(rig.net.placed).toHaveLength(25)
      expect(new Set(rig.net.placed.map(({ to }) => to)).size).toBe(25)
      expect(new Set(calls.map(({ legId }) => legId)).size).toBe(25)
    }
  })
})
