import { describe, expect, it } from 'vitest'
import { createRig, quietPlan } from './support/rig.ts'

describe('a call whose callbacks are lost', () => {
  it.each([
    ['busy', 'busy'],
    ['no_answer', 'no_answer'],
    ['failed', 'failed'],
    ['canceled', 'canceled'],
    ['completed', 'never_connected'],
  ] as const)('that is over (%s) takes its session along within five seconds', async (status, disposition) => {
    const rig = createRig()
    await rig.dial()
    await rig.advance(5_700)
    rig.net.calls[0]!.status = status
    await rig.advance(5_000)
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition })
    expect(rig.model.open).toBe(0)
    expect(rig.net.ended).toEqual([])
  })

  it('that the carrier does not know has failed', async () => {
    const rig = createRig()
    await rig.dial()
    rig.net.calls.pop()
    await rig.advance(5_000)
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'failed' })
  })

  it('is asked for again when asking fails, and hung up when it has rung for too long', async () => {
    const rig = createRig()
    await rig.dial()
    rig.net.problem.status = new Error('503')
    await rig.advance(39_000, 500)
    expect(rig.onlyCall().state).toBe('ringing')
    await rig.advance(6_000, 500)
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'no_answer' })
    expect(rig.net.ended).toEqual([rig.onlyCall().legId])
    expect(rig.model.open).toBe(0)
  })

  it('that was answered and never heard is hung up too', async () => {
    const rig = createRig()
    await rig.dial()
    rig.net.calls[0]!.status = 'answered'
    await rig.advance(5_000)
    expect(rig.onlyCall().state).toBe('answered')
    await rig.advance(40_000, 500)
    expect(rig.onlyCall()).toMatchObject({ state: 'ended', disposition: 'never_connected' })
    expect(rig.net.ended).toEqual([rig.onlyCall().legId])
  })

  it('is not hung up twice when hanging up fails at first', async () => {
    const rig = createRig()
    const { callId } = await rig.dial()
    rig.net.problem.end = new Error('503')
    rig.sessionOf(callId).end('drained')
    await rig.advance(900)
    delete rig.net.problem.end
    await rig.advance(10_000)
    expect(rig.net.ended).toHaveLength(1)
    expect(rig.problems).toEqual([])
  })
})

describe('a call with media', () => {
  it('is left alone, however long it lasts', async () => {
    const rig = createRig()
    const { legId } = await rig.dial({ plan: quietPlan })
    rig.net.calls[0]!.status = 'answered'
    const { leg } = rig.connectMedia(0, legId!)
    for (let second = 0; second < 60; second++) {
      leg.audio('/w==', second * 1_000)
      await rig.advance(1_000, 500)
    }
    expect(rig.sessionOf(rig.onlyCall().callId).state.phase).toBe('live')
    expect(rig.net.ended).toEqual([])
  })
})
