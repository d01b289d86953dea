import { PlacingFailed, type LegStatus } from '@llc-phone/core'
import { scriptedLine } from '@llc-phone/core/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRig, LONDON, OURS, quietPlan, request, settle } from './support/rig.ts'

describe('what the carrier reports', () => {
  it.each([
    ['busy', 'busy'],
    ['no_answer', 'no_answer'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['completed', 'never_connected'],
  ] as const)('%s ends a call that nobody took as %s, and its session with it', async (status, disposition) => {
    const rig = createRig()
    const { callId, legId } = await rig.dial()
    rig.dialer.statusReported(callId, { legId: legId!, status })
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition, costUsd: 0.1, endedAt: expect.any(Date) })
    expect(rig.sessionOf(callId).state.phase).toBe('ended')
    expect(rig.model.open).toBe(0)
    expect(rig.net.ended).toEqual([])
  })

  it('why a call could not be put through is kept for whoever looks into it', async () => {
    const rig = createRig()
    const { callId, legId } = await rig.dial()
    rig.dialer.statusReported(callId, { legId: legId!, status: 'failed', reason: 'SIP 404' })
    await settle()
    expect(rig.onlyCall()).toMatchObject({
      state: 'ended',
      disposition: 'failed',
      problem: 'The call could not be put through (SIP 404).',
    })
  })

  it('tells a talk from a call that nobody took', async () => {
    const rig = createRig()
    const { callId, legId } = await rig.dial({ plan: quietPlan })
    rig.dialer.statusReported(callId, { legId: legId!, status: 'ringing' })
    await rig.advance(2_000)
    rig.dialer.statusReported(callId, { legId: legId!, status: 'answered', answeredBy: 'human' })
    rig.connectMedia(0, legId!)
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'answered', answeredAt: new Date('2026-03-02T09:00:02.200Z') })
    await rig.advance(61_000, 1_000)
    rig.dialer.statusReported(callId, { legId: legId!, status: 'completed' })
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'caller_hung_up', answeredBy: 'human' })
    // Two started minutes of the carrier beside the model.
    expect(rig.onlyCall().costUsd).toBeCloseTo(0.14, 10)
  })

  it('lets no talk end before it began when the wall clock is set back meanwhile', async () => {
    const rig = createRig()
    const { callId, legId } = await rig.dial({ plan: quietPlan })
    rig.dialer.statusReported(callId, { legId: legId!, status: 'answered', answeredBy: 'human' })
    rig.connectMedia(0, legId!)
    await rig.advance(10_000, 1_000)
    rig.clock.setWallClock(-3_600_000)
    rig.dialer.statusReported(callId, { legId: legId!, status: 'completed' })
    await settle()
    const { answeredAt, endedAt } = rig.onlyCall()
    expect(endedAt!.getTime()).toBeGreaterThanOrEqual(answeredAt!.getTime())
  })

  it('knows from the media alone that somebody answered', async () => {
    const rig = createRig()
    const { callId, legId } = await rig.dial()
    await rig.advance(1_000)
    rig.connectMedia(0, legId!)
    await rig.advance(1_000)
    rig.sessionOf(callId).end('caller_hung_up')
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', answeredAt: new Date('2026-03-02T09:00:01.200Z') })
    expect(rig.onlyCall().costUsd).toBeCloseTo(0.12, 10)
  })

  it('may come before the answer to the request, also if that is the end of the call', async () => {
    for (const status of ['queued', 'completed'] as const) {
      const rig = createRig()
      const gate = Promise.withResolvers<void>()
      rig.net.script.place = async ({ to, from }) => {
        const { legId } = rig.net.create(to, from)
        await gate.promise
        return { legId }
      }
      const answer = rig.dialer.dial(request())
      await rig.advance(200)
      const { legId } = rig.net.calls[0]!
      let isAnswered = false
      void answer.then(() => (isAnswered = true))
      rig.dialer.statusReported(rig.onlyCall().callId, { legId, status })
      await settle()
      expect(rig.onlyCall()).toMatchObject({ legId, state: status === 'completed' ? 'ended' : 'ringing' })
      expect(isAnswered, 'the carrier has more to say').toBe(false)
      gate.resolve()
      expect(await answer).toMatchObject({ legId, state: status === 'completed' ? 'ended' : 'ringing' })
      expect(rig.net.ended).toEqual([])
    }
  })

  it('may come before an answer that never comes', async () => {
    const rig = createRig()
    const gate = Promise.withResolvers<void>()
    rig.net.script.place = async () => {
      await gate.promise
      throw new PlacingFailed('unknown', 'No answer in time.')
    }
    const answer = rig.dialer.dial(request())
    await rig.advance(200)
    const { legId } = rig.net.create(LONDON, OURS)
    rig.dialer.statusReported(rig.onlyCall().callId, { legId, status: 'ringing' })
    gate.resolve()
    await settle()
    expect(await answer).toMatchObject({ legId, state: 'ringing' })
  })

  it('may never come: media that came and went before the answer to the request was a talk', async () => {
    const rig = createRig()
    const gate = Promise.withResolvers<void>()
    rig.net.script.place = async ({ to, from }) => {
      const { legId } = rig.net.create(to, from)
      await gate.promise
      return { legId }
    }
    const answer = rig.dialer.dial(request({ plan: quietPlan }))
    await rig.advance(200)
    const { legId } = rig.net.calls[0]!
    const { session } = rig.connectMedia(0, legId)
    await rig.advance(2_000)
    session.end('caller_hung_up')
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'caller_hung_up', legId })
    gate.resolve()
    expect(await answer).toMatchObject({ state: 'ended', legId })
    expect(rig.net.ended).toEqual([])
  })

  it('is not needed to know that somebody has answered', async () => {
    const rig = createRig()
    const { legId } = await rig.dial({ plan: quietPlan })
    rig.connectMedia(0, legId!)
    await rig.advance(4_100)
    expect(rig.onlyCall()).toMatchObject({ state: 'answered', answeredAt: new Date('2026-03-02T09:00:00.200Z') })
  })

  it('about another leg is noted as a problem, and nothing else', async () => {
    const rig = createRig()
    const { callId, legId } = await rig.dial()
    rig.dialer.statusReported(callId, { legId: 'leg-of-another', status: 'completed' })
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ringing', legId })
    expect(rig.problems).toHaveLength(1)
  })

  it('about calls nobody knows, or that are long over, is nothing', async () => {
    const rig = createRig()
    const { callId, legId } = await rig.dial()
    rig.dialer.statusReported('never-heard-of', { legId: 'leg-9', status: 'completed' })
    for (const status of ['busy', 'busy', 'completed', 'ringing', 'answered'] as const)
      rig.dialer.statusReported(callId, { legId: legId!, status })
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'busy' })
    expect(rig.problems).toEqual([])
    expect(rig.net.ended).toEqual([])
  })

  it('gives an unknown call its end', async () => {
    const rig = createRig()
    rig.net.script.place = async () => {
      throw new PlacingFailed('unknown', 'No answer in time.')
    }
    const { callId, state } = await rig.dial({}, 31_000)
    expect(state).toBe('unknown')
    const { legId } = rig.net.create(LONDON, OURS)
    rig.dialer.statusReported(callId, { legId, status: 'ringing' })
    await settle()
    // Nobody would serve it.
    expect(rig.net.ended).toEqual([legId])
    rig.dialer.statusReported(callId, { legId, status: 'canceled' })
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'canceled', legId })
  })

  it('in any order and any number leads to one end, no leak and no second call', async () => {
    const going: LegStatus[] = ['queued', 'ringing', 'answered']
    const over: LegStatus[] = ['busy', 'no_answer', 'failed', 'canceled', 'completed']
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...going, ...over), { maxLength: 8 }),
        fc.constantFrom(...over),
        async (reports, last) => {
          const rig = createRig({ maxConcurrent: 1 })
          const { callId, legId } = await rig.dial()
          for (const status of [...reports, last, ...reports]) {
            rig.dialer.statusReported(callId, { legId: legId!, status })
            await Promise.resolve()
          }
          await settle()
          const first = [...reports, last].find((status) => over.includes(status))!
          expect(rig.onlyCall()).toMatchObject({
            state: 'ended',
            disposition: first === 'completed' ? 'never_connected' : first,
          })
          expect(rig.model.open).toBe(0)
          expect(rig.net.placed).toHaveLength(1)
          expect(rig.dialer.waiting).toBe(0)
          await rig.advance(1_000, 500)
          expect((await rig.dial()).state).toBe('ringing')
        },
      ),
      { numRuns: 40 },
    )
  }, 30_000)
})

describe('the end of a session', () => {
  it('told twice is one end', async () => {
    const rig = createRig()
    const { callId } = await rig.dial()
    const session = rig.sessionOf(callId)
    session.end('operator_hung_up')
    rig.dialer.ended(session, 5)
    rig.dialer.ended(session)
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'operator_hung_up', costUsd: 0.1 })
    expect(rig.net.ended).toEqual([rig.onlyCall().legId])
  })

  it('without a known cost leaves the cost unknown: the reserve goes on counting', async () => {
    const rig = createRig({}, { costUsd: null })
    const { legId } = await rig.dial({ plan: quietPlan })
    rig.connectMedia(0, legId!)
    await rig.advance(1_000)
    rig.sessionOf(rig.onlyCall().callId).end('caller_hung_up')
    await settle()
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', answeredAt: expect.any(Date) })
    expect(rig.onlyCall().costUsd).toBeUndefined()
  })

  it('of an inbound call is none of ours', async () => {
    const rig = createRig()
    const { mode } = request().plan
    const { line } = scriptedLine(rig.clock)
    const call = rig.registry.open({ legId: 'leg-in', direction: 'inbound', otherParty: {}, dialled: OURS, mode, line })
    call.end('caller_hung_up')
    await settle()
    expect(rig.memory.all()).toEqual([])
    expect(rig.problems).toEqual([])
  })

  it('that nobody can note at first is noted in the end', async () => {
    const rig = createRig()
    const { callId, legId } = await rig.dial()
    rig.memory.fail(new Error('locked'))
    rig.dialer.statusReported(callId, { legId: legId!, status: 'busy' })
    await rig.advance(500)
    expect(rig.onlyCall().state).toBe('ringing')
    rig.memory.fail(undefined)
    await rig.advance(2_000)
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'busy' })
  })
})
