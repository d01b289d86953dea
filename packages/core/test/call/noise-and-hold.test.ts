import { describe, expect, it } from 'vitest'
import { hangUpTool, keepListeningTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { audio, greeter, openCall, slowTool, timesSaid } from './harness.ts'
import { answers, asksWhetherThere, isHeard, keepsListening, notes } from './listening-rig.ts'

const open = (changes = {}) => openCall(greeter({ tools: [hangUpTool(), keepListeningTool(), slowTool], ...changes }))
type Call = ReturnType<typeof open>

const noise = async (call: Call, ms?: number): Promise<void> => {
  await isHeard(call, ms)
  await keepsListening(call, 'noise')
}
type Line = Awaited<ReturnType<Call['goLive']>>

describe('noise', () => {
  it('is followed by silence: no word of the model, none of ours, no second connection', async () => {
    const call = open()
    const line = await call.goLive()
    await noise(call)
    const asked = call.commands('reply').length
    await call.clock.advance(15_000)
    expect(call.commands('reply')).toHaveLength(asked)
    expect(call.model.connections).toHaveLength(1)
    expect(timesSaid(line, 'oneMoment')).toBe(0)
    expect(call.call.state).toMatchObject({ turn: 'listening', phase: 'live' })
  })

  it('that goes on keeps nobody on the line: the questions and the goodbye come as in silence', async () => {
    const call = open({ patience: { silenceMs: 20_000, checkIns: 2 } })
    const line = await call.goLive()
    let passedMs = 0
    while (call.call.state.phase === 'live' && passedMs < 120_000) {
      const before = asksWhetherThere(call)
      await noise(call, 2_000)
      await call.clock.advance(1_000)
      passedMs += 3_000
      if (asksWhetherThere(call) > before) await answers(call, line)
    }
    expect(asksWhetherThere(call)).toBe(2)
    expect(passedMs).toBeLessThan(75_000)
    expect(call.call.state.departure).toEqual({ kind: 'hangUp' })
  })

  it('without a pause is talked into: the questions and the goodbye do not wait for its end', async () => {
    const call = open({ patience: { silenceMs: 10_000, checkIns: 1 } })
    await call.goLive()
    let bursts = 0
    call.model.latest.emit({ type: 'speechStarted' })
    // The next burst begins before the last one has been judged, and cuts off whatever is said.
    while (call.call.state.phase === 'live' && ++bursts < 40) {
      await call.clock.advance(2_000)
      call.model.latest.emit({ type: 'speechStopped' })
      call.model.latest.emit({ type: 'replyStarted' })
      call.model.latest.emit({ type: 'speechStarted' })
      call.model.latest.emit({
        type: 'toolCalled',
        toolCallId: `b${bursts}`,
        name: 'keep_listening',
        argumentsJson: '{}',
      })
      await settle()
      call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
      await settle()
    }
    expect(asksWhetherThere(call)).toBe(1)
    expect(call.call.state.departure).toEqual({ kind: 'hangUp' })
    expect(bursts).toBeLessThan(20)
    await call.clock.advance(20_000)
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('at the moment of the question does not swallow it', async () => {
    const call = open()
    await call.goLive()
    await call.clock.advance(19_500)
    await noise(call, 1_000)
    expect(asksWhetherThere(call)).toBe(1)
  })

  it('is no sign of life, and words are', async () => {
    const call = open()
    const line = await call.goLive()
    await call.clock.advance(20_000)
    await answers(call, line)
    expect(call.call.state.silences).toBe(1)
    await noise(call)
    expect(call.call.state.silences).toBe(1)
    await isHeard(call)
    await answers(call, line)
    expect(call.call.state.silences).toBe(0)
  })

  it('for a quarter of an hour uses up neither the patience with the model nor what the call may do', async () => {
    const call = open({ grant: { toolCalls: 5 }, patience: { silenceMs: 600_000 } })
    const line = await call.goLive()
    for (let burst = 0; burst < 40; burst++) await noise(call)
    expect(call.call.state).toMatchObject({ phase: 'live', silentReplies: 0, callerTurns: 0 })
    expect(notes(call).join()).not.toContain('without a word')
    await isHeard(call)
    await answers(call, line)
    expect(JSON.stringify(call.commands('toolOutput'))).not.toContain('error')
  })

  it('that cuts a sentence off has the rest of it said', async () => {
    const call = open()
    await call.goLive()
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.speak(audio(3_000), 'long')
    call.model.latest.emit({ type: 'speechStarted' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
    call.model.latest.emit({ type: 'speechStopped' })
    const asked = call.commands('reply').length
    await keepsListening(call, 'noise')
    expect(notes(call).at(-1)).toContain('Say the rest of it')
    expect(call.commands('reply')).toHaveLength(asked + 1)
  })

  it('that cuts the rest off as well is not answered with it again and again', async () => {
    const call = open()
    await call.goLive()
    for (let time = 0; time < 5; time++) {
      call.model.latest.emit({ type: 'replyStarted' })
      call.model.latest.speak(audio(3_000), `part-${time}`)
      call.model.latest.emit({ type: 'speechStarted' })
      call.model.latest.emit({ type: 'replyEnded', outcome: 'cancelled' })
      call.model.latest.emit({ type: 'speechStopped' })
      await keepsListening(call, 'noise')
    }
    expect(notes(call).filter((text) => text.includes('Say the rest of it'))).toHaveLength(1)
  })

  it('that cuts nothing off has nothing repeated', async () => {
    const call = open()
    await call.goLive()
    const asked = call.commands('reply').length
    await noise(call)
    expect(call.commands('reply')).toHaveLength(asked)
  })
})

describe('a caller who asks to wait', () => {
  const hold = async (call: Call, line: Line): Promise<void> => {
    await isHeard(call)
    await keepsListening(call, 'hold', 500)
    line.echoMarks()
    await settle()
  }

  it('is left in peace for two minutes, then asked once whether they are there', async () => {
    const call = open()
    const line = await call.goLive()
    await hold(call, line)
    await call.clock.advance(119_000)
    expect(asksWhetherThere(call)).toBe(0)
    await call.clock.advance(1_500)
    expect(asksWhetherThere(call)).toBe(1)
    expect(notes(call).at(-1)).toContain('asked you to wait')
  })

  it('is waited for through the talk beside the telephone, and that does not make it longer', async () => {
    const call = open()
    const line = await call.goLive()
    await hold(call, line)
    for (let burst = 0; burst < 11; burst++) {
      await call.clock.advance(9_000)
      await noise(call, 1_000)
    }
    expect(asksWhetherThere(call)).toBe(0)
    await keepsListening(call, 'hold')
    await call.clock.advance(11_000)
    expect(asksWhetherThere(call)).toBe(1)
  })

  it('is answered as soon as they are back, and silence counts as always from then on', async () => {
    const call = open()
    const line = await call.goLive()
    await hold(call, line)
    await call.clock.advance(30_000)
    await isHeard(call)
    await answers(call, line)
    expect(call.call.state.holding).toBe(false)
    await call.clock.advance(20_000)
    expect(asksWhetherThere(call)).toBe(1)
  })

  it('and does not come back hears goodbye in the end', async () => {
    const call = open({ patience: { silenceMs: 20_000, checkIns: 0 } })
    const line = await call.goLive()
    await hold(call, line)
    await call.clock.advance(120_000)
    expect(asksWhetherThere(call)).toBe(1)
    await answers(call, line)
    await call.clock.advance(20_000)
    expect(call.call.state.departure).toEqual({ kind: 'hangUp' })
  })
})
