import { describe, expect, it } from 'vitest'
import { hangUpTool, keepListeningTool } from '../../src/mode/route-tools.ts'
import { settle } from '../../src/testing/index.ts'
import { caller, greeter, openCall, prepareCall } from './harness.ts'
import { answers, asksWhetherThere, isHeard, keepsListening, notes } from './listening-rig.ts'

const open = (changes = {}) => openCall(greeter({ tools: [hangUpTool(), keepListeningTool()], ...changes }))
type Call = ReturnType<typeof open>

let toolCalls = 0

describe('a model that keeps listening where it should speak', () => {
  const silently = async (call: Call, argumentsJson: string): Promise<void> => {
    call.model.latest.emit({ type: 'replyStarted' })
    call.model.latest.emit({
      type: 'toolCalled',
      toolCallId: `t${++toolCalls}`,
      name: 'keep_listening',
      argumentsJson,
    })
    // As on the wire: both are read before the tool has been run.
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await call.clock.advance(100)
  }

  it('greets nobody for ever: the caller is handed on', async () => {
    const call = open()
    await call.configure()
    call.connectMedia()
    let replies = 0
    while (call.call.state.phase === 'live' && replies < 40) {
      // oxlint-disable-next-line no-await-in-loop -- one after another
      await silently(call, '{}')
      replies++
    }
    expect(call.call.state.departure).toMatchObject({ kind: 'fallback' })
    expect(replies).toBeLessThan(12)
  })

  it('and has no reason that there is: it is not asked again and again for a better one', async () => {
    const call = open()
    await call.goLive()
    await isHeard(call)
    const asked = call.commands('reply').length
    await silently(call, '{"for":"applause"}')
    expect(JSON.stringify(call.commands('toolOutput'))).toContain('error')
    expect(call.commands('reply')).toHaveLength(asked)
    expect(call.call.state).toMatchObject({ phase: 'live', turn: 'listening' })
  })

  it('with each question whether somebody is there waits two minutes for nobody', async () => {
    const call = open({ patience: { silenceMs: 20_000, checkIns: 2 } })
    const line = await call.goLive()
    await isHeard(call)
    await keepsListening(call, 'hold', 500)
    line.echoMarks()
    await settle()
    let passedMs = 0
    while (call.call.state.phase === 'live' && passedMs < 600_000) {
      const before = asksWhetherThere(call)
      await call.clock.advance(1_000)
      passedMs += 1_000
      if (asksWhetherThere(call) === before || call.call.state.phase !== 'live') continue
      await keepsListening(call, 'hold', 500)
      line.echoMarks()
      await settle()
    }
    expect(call.call.state.departure).toEqual({ kind: 'hangUp' })
    expect(passedMs).toBeLessThan(200_000)
  })
})

describe('a caller who has asked to wait and comes back with keys', () => {
  it('is there again: silence counts as always from then on', async () => {
    const call = open()
    const line = await call.goLive()
    await isHeard(call)
    await keepsListening(call, 'hold', 500)
    line.echoMarks()
    await settle()
    await call.clock.advance(30_000)
    line.press('4')
    line.press('#')
    await answers(call, line)
    await call.clock.advance(20_000)
    expect(asksWhetherThere(call)).toBe(1)
    expect(notes(call).at(-1)).not.toContain('asked you to wait')
  })

  it('and asks to wait again after a question is waited for again', async () => {
    const call = open()
    const line = await call.goLive()
    await call.clock.advance(20_000)
    await answers(call, line)
    await isHeard(call)
    await keepsListening(call, 'hold')
    await call.clock.advance(119_000)
    expect(asksWhetherThere(call)).toBe(1)
    await call.clock.advance(1_500)
    expect(asksWhetherThere(call)).toBe(2)
  })
})

describe('a turn of a person', () => {
  it('stays one, however often the model calls the silence after it noise', async () => {
    const call = open()
    const line = await call.goLive()
    await isHeard(call)
    await answers(call, line)
    expect(call.call.state.callerTurns).toBe(1)
    await call.clock.advance(20_000)
    expect(asksWhetherThere(call)).toBe(1)
    await keepsListening(call, 'noise')
    expect(call.call.state.callerTurns).toBe(1)
  })

  it('stays one, though the model calls what came after it noise twice', async () => {
    const call = open()
    const line = await call.goLive()
    await isHeard(call)
    await answers(call, line)
    await isHeard(call)
    call.model.latest.emit({ type: 'replyStarted' })
    for (const toolCallId of ['one', 'two'])
      call.model.latest.emit({ type: 'toolCalled', toolCallId, name: 'keep_listening', argumentsJson: '{}' })
    call.model.latest.emit({ type: 'replyEnded', outcome: 'completed' })
    await settle()
    expect(call.call.state.callerTurns).toBe(1)
  })
})

it('waits for nobody shorter because they have asked to wait', async () => {
  const call = open({ patience: { silenceMs: 300_000 } })
  const line = await call.goLive()
  await isHeard(call)
  await keepsListening(call, 'hold', 500)
  line.echoMarks()
  await settle()
  await call.clock.advance(299_000)
  expect(asksWhetherThere(call)).toBe(0)
  await call.clock.advance(1_500)
  expect(asksWhetherThere(call)).toBe(1)
})

describe('a recording that pauses between its sentences', () => {
  const recorded = async () => {
    const tools = [hangUpTool(), keepListeningTool({ forRecordings: 'for "tone": a recording talks.' })]
    const call = prepareCall(caller({ tools }), { machine: { action: 'hangUp' } })
    await call.configure()
    call.call.bind('CA1')
    call.connectMedia()
    return call
  }
  it('has no turns of a person: it is left without a word', async () => {
    const call = await recorded()
    for (let sentence = 0; sentence < 4; sentence++) {
      await isHeard(call)
      await keepsListening(call, 'tone')
    }
    call.model.latest.emit({ type: 'toolCalled', toolCallId: 'h', name: 'hang_up', argumentsJson: '{"silent":true}' })
    await settle()
    expect(call.hungUp).toEqual(['CA1'])
  })

  it('is not taken for one that is talking with us', async () => {
    const call = await recorded()
    for (let sentence = 0; sentence < 3; sentence++) {
      await isHeard(call)
      await keepsListening(call, 'noise', 700)
    }
    call.model.latest.emit({ type: 'toolCalled', toolCallId: 'h', name: 'hang_up', argumentsJson: '{"silent":true}' })
    await settle()
    expect(call.hungUp).toEqual([])
    expect(JSON.stringify(call.commands('toolOutput'))).toContain('with a goodbye')
  })
})
