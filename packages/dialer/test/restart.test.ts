import type { OutboundCall } from '@llc-phone/store'
import { describe, expect, it } from 'vitest'
import { createRig, LONDON, OURS, person, request } from './support/rig.ts'

const left = (changes: Partial<OutboundCall>): OutboundCall => ({
  callId: 'left',
  to: LONDON,
  from: OURS,
  mode: 'reminder',
  scenario: 'callback',
  requestedAt: new Date('2026-03-02T08:58:00Z'),
  dialledAt: new Date('2026-03-02T08:58:00Z'),
  state: 'dialling',
  ...changes,
})

const SINCE = new Date('2026-03-02T08:58:01Z')

const start = async (call: OutboundCall, prepare: (rig: ReturnType<typeof createRig>) => void = () => {}) => {
  const rig = createRig()
  rig.memory.leave(call)
  prepare(rig)
  const started = rig.dialer.start()
  await rig.advance(200)
  await started
  return rig
}

describe('what an earlier process has left', () => {
  it.each(['queued', 'warming'] as const)('%s: has failed, since nobody was called', async (state) => {
    const rig = await start(left({ state }))
    expect(rig.onlyCall()).toMatchObject({
      state: 'failed',
      problem: 'The gateway was restarted before the call was placed.',
    })
    expect(rig.net.placed).toEqual([])
  })

  it('dialling: the call that came about is found and hung up', async () => {
    const rig = await start(left({}), ({ net }) => (net.create(LONDON, OURS, SINCE).status = 'ringing'))
    expect(rig.onlyCall()).toMatchObject({
      state: 'ended',
      disposition: 'canceled',
      legId: rig.net.calls[0]!.legId,
    })
    expect(rig.net.ended).toEqual([rig.net.calls[0]!.legId])
  })

  it('dialling: a call that is over by now has ended as it did', async () => {
    const rig = await start(left({}), ({ net }) => (net.create(LONDON, OURS, SINCE).status = 'no_answer'))
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'no_answer' })
    expect(rig.net.ended).toEqual([])
  })

  it('dialling: has failed when the carrier knows of no such call, and is never placed again', async () => {
    const rig = await start(left({}), ({ net }) => net.create(person(1), OURS, SINCE))
    expect(rig.onlyCall().state).toBe('failed')
    expect(rig.net.placed).toEqual([])
  })

  it('dialling a moment ago: it may still come about', async () => {
    const just = new Date('2026-03-02T08:59:50Z')
    const rig = await start(left({ dialledAt: just }))
    expect(rig.onlyCall().state).toBe('dialling')
    rig.net.create(LONDON, OURS, just).status = 'ringing'
    await rig.advance(21_000, 500)
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'canceled' })
    expect(rig.net.ended).toHaveLength(1)
  })

  it('dialling: is unknown when several calls may be it, and none is touched', async () => {
    const rig = await start(left({}), ({ net }) => {
      net.create(LONDON, OURS, SINCE)
      net.create(LONDON, OURS, SINCE)
    })
    expect(rig.onlyCall().state).toBe('unknown')
    expect(rig.net.ended).toEqual([])
  })

  it('ringing: is hung up, since nobody would serve it', async () => {
    const rig = createRig()
    const { legId } = rig.net.create(LONDON, OURS, SINCE)
    rig.memory.leave(left({ state: 'ringing', legId }))
    await rig.dialer.start()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'canceled' })
    expect(rig.net.ended).toEqual([legId])
  })

  it('answered: is over as the carrier says; its cost stays unknown, and its reserve counts', async () => {
    const rig = createRig()
    const known = rig.net.create(LONDON, OURS, SINCE)
    known.status = 'completed'
    const answeredAt = new Date('2026-03-02T08:58:30Z')
    rig.memory.leave(left({ state: 'answered', legId: known.legId, answeredAt }))
    await rig.dialer.start()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'caller_hung_up' })
    expect(rig.onlyCall().costUsd).toBeUndefined()
    expect(rig.net.ended).toEqual([])
  })

  it('is ended later when the carrier does not answer at first, and calls are taken meanwhile', async () => {
    const rig = await start(left({}), ({ net }) => {
      net.problem.find = new Error('503')
      net.create(LONDON, OURS, SINCE).status = 'ringing'
    })
    expect(rig.onlyCall().state).toBe('dialling')
    expect((await rig.dial({ to: person(1) })).state).toBe('ringing')
    delete rig.net.problem.find
    await rig.advance(6_000)
    expect(rig.onlyCall()).toMatchObject({ state: 'ended' })
  })

  it('is left alone while its own process says that it is about it, and ended once that is silent', async () => {
    const rig = createRig()
    const { legId } = rig.net.create(LONDON, OURS, SINCE)
    rig.net.calls[0]!.status = 'answered'
    rig.memory.leave(left({ state: 'answered', legId, seenAt: rig.clock.date() }))
    await rig.dialer.start()
    await rig.advance(6_000)
    await rig.memory.ledger.keepAlive(['left'], rig.clock.date())
    rig.dialer.statusReported('left', { legId, status: 'answered' })
    await rig.advance(11_000)
    expect(rig.net.ended).toEqual([])
    expect(rig.onlyCall().state).toBe('answered')
    await rig.advance(6_000)
    expect(rig.net.ended).toEqual([legId])
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'drained' })
  })

  it('is kept alive while the call lasts, by one write for all calls', async () => {
    const rig = createRig({ callsPerSecond: 100 })
    const one = await rig.dial()
    await rig.dial({ to: person(1) })
    await rig.advance(30_000, 500)
    for (const { seenAt } of rig.memory.all())
      expect(rig.clock.date().getTime() - seenAt!.getTime()).toBeLessThanOrEqual(3_000)
    rig.dialer.statusReported(one.callId, { legId: one.legId!, status: 'busy' })
    await rig.advance(6_000, 500)
    const [first, second] = rig.memory.all()
    expect(second!.seenAt!.getTime() - first!.seenAt!.getTime()).toBeGreaterThan(3_000)
  })

  it('does not touch the calls of this process', async () => {
    const rig = createRig()
    const call = await rig.dial()
    await rig.dialer.start()
    expect(rig.onlyCall()).toMatchObject({ callId: call.callId, state: 'ringing' })
    expect(rig.net.ended).toEqual([])
  })
})

describe('a gateway that stops', () => {
  it('takes no more, fails the queue, hangs up what rings and leaves talks alone', async () => {
    const rig = createRig({ maxConcurrent: 2, callsPerSecond: 100 })
    const talk = await rig.dial()
    rig.connectMedia(0, talk.legId!)
    const ringing = await rig.dial({ to: person(1) })
    const queued = await rig.dial({ to: person(2) })
    expect(queued.state).toBe('queued')
    const stopped = rig.dialer.stop()
    await expect(rig.dialer.dial(request({ to: person(3) }))).rejects.toMatchObject({ code: 'draining' })
    await rig.advance(100)
    await stopped
    const [first, second, third] = rig.memory.all()
    expect(first!.state).toBe('ringing')
    expect(rig.sessionOf(talk.callId).state.phase).toBe('live')
    expect(second).toMatchObject({ state: 'ended', disposition: 'drained' })
    expect(third).toMatchObject({ state: 'failed', problem: expect.stringContaining('stopping') })
    expect(rig.net.ended).toEqual([ringing.legId])
    rig.sessionOf(talk.callId).end('drained')
    await rig.advance(100)
    expect(rig.memory.all()[0]).toMatchObject({ state: 'ended', disposition: 'drained' })
    expect(rig.model.open).toBe(0)
  })

  it('places nothing that is still warming', async () => {
    const rig = createRig({}, { warmMs: 3_000 })
    const answer = rig.dialer.dial(request())
    const failed = expect(answer).rejects.toMatchObject({ code: 'call_not_placed' })
    await rig.advance(500)
    await rig.dialer.stop()
    await failed
    expect(rig.net.placed).toEqual([])
    expect(rig.onlyCall().state).toBe('failed')
  })

  it('hangs up what comes about while it stops, and does not wait for ever for it', async () => {
    const rig = createRig()
    const gate = Promise.withResolvers<void>()
    rig.net.script.place = async ({ to, from }) => {
      await gate.promise
      return { legId: rig.net.create(to, from).legId }
    }
    const answer = rig.dialer.dial(request())
    await rig.advance(200)
    const stopped = rig.dialer.stop()
    await rig.advance(5_100)
    await stopped
    expect(rig.onlyCall().state).toBe('dialling')
    gate.resolve()
    expect(await answer).toMatchObject({ state: 'ended', disposition: 'drained' })
    await rig.advance(100)
    expect(rig.net.ended).toHaveLength(1)
  })
})
